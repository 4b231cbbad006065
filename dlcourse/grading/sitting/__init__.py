"""Sitting: one submission before the examiner.

All cells run first, in the sandbox, and a copy of the notebook is kept at every check.
Only then are the checks put, each to its copy. So when the student's code meets the
hidden cases, nothing it does can show in a cell any more, or spoil the next check.

clock      how long the cells, a check and the whole may take
rehearsal  run the cells; keep the copies; go on without a cell that ends Python
outcome    read a worker's word on one call, believing nothing
examinee   the student's function, as a check calls it
outputs    what the cells showed, as outputs of a notebook
examine    what every cell comes to
job        all that a sitting depends on, as plain data
store      the sittings of a run, kept so that it can be resumed
"""
