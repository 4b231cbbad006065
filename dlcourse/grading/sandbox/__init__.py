"""Sandbox: where the student's code runs, and what it can reach from there.

Two walls. bubblewrap starts one Python in namespaces of its own: the Python environment
read-only, no course folder, no network, no other process, nobody's rights. That Python
imports torch once and runs no student's code. For each submission it forks a worker into
namespaces that are new again, so that nothing of one is seen by the next.

limits      how much a worker may use
namespaces  the calls to the kernel that make a worker's own world
bubblewrap  the outer wall
choice      which sandbox this machine offers, tried once
zygote      the warm process inside, which forks the workers
warm        the grader's end of it
"""
