"""Grading: the instructor's side, from the released exercise to the marks.

nbgrader keeps the gradebook, the feedback and its own commands. What stands here is
named in ``nbgrader_config.py``, so ``nbgrader autograde`` and formgrader use it too.

submission  read what a student handed in, whatever it is
released    what the gradebook knows of each cell of an exercise
restore     give a submission back the cells and the metadata that count
execute     run the student's cells and let the checks speak
verdicts    what a check cell may say, and what it is worth
secret      hidden cases: a seed for every student that only the course can know
course      a course folder, and nbgrader's steps on it
reference   the reference solution has to pass its own checks
remarks     why a submission lost points, in a few words
sheet       the marks of a class, and grades.csv
table       the same in the terminal
road        all of it in order, for one assignment
errors      what grading refuses to do, each in a sentence
"""
