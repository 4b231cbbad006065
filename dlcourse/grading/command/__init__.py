"""Command: ``dlcourse`` in a terminal.

app       the commands and what they take
grade     a class, with its progress and a summary of each task
key       the reference solution, proven on hidden cases
release   a zip that a student can open
check     a notebook's visible checks, for its student
progress  how far a folder's notebooks are, for the same student
doctor    what this machine offers

Exit codes: 0 all is well; 1 somebody's work needs a person, or has mistakes; 2 nothing
was done, and one sentence says why.
"""
