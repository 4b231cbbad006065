"""Checks: what an answer must satisfy, one module a page, one check a task.

    from dlcourse.checks import convolution as check
    check.conv2d(conv2d)

draws fresh cases, compares the function with the reference and names the mistake. The same check
judges the package, the reference solution and a student's notebook, here and in grading.
"""
