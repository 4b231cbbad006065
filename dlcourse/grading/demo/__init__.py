"""Demo: the whole road, on a class made on the spot.

edits     what a student does to a notebook
students  the class: who hands in what
make      a course folder with the class's submissions

``python -m dlcourse.grading.demo`` runs it.
"""
