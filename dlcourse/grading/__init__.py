"""Grading: the instructor's side, from the released exercise to the marks.

nbgrader keeps the gradebook, the feedback and its own commands. What stands here is
named in ``nbgrader_config.py``, so ``nbgrader autograde`` and formgrader use it too.

submission  read what a student handed in, whatever it is
released    what the gradebook knows of each cell of an exercise
restore     give a submission back the cells and the metadata that count
links       keep what a submission links to out of the folders made of it
harmless    take out what could act on those who look at it
execute     run the student's cells apart, and put the checks to what they define
hidden      which check stands behind a check cell
scan        read an answer's text for what its check forbids, from outside
sandbox     where the student's code runs, and what it can reach from there
worker      what runs beside it, in a process of its own
sitting     one submission before the examiner
verdicts    what a check cell may say, and what it is worth
secret      hidden cases: a seed for every student that only the course can know
course      a course folder, and nbgrader's steps on it
reference   the reference solution has to pass its own checks
remarks     why a submission lost points, in a few words
sheet       the marks of a class, and grades.csv
export      the marks as Canvas and Moodle import them
table       the same as tables
show        a class graded in the terminal, with its progress
pool        sittings side by side, on this machine or on many
ahead       a class's sittings, done before the writer of the gradebook needs them
again       some checks put anew, the others' marks kept
stamp       the code and the torch that a verdict depends on
road        all of it in order, for one assignment
command     dlcourse in a terminal
errors      what grading refuses to do, each in a sentence
"""
