"""Worker: what runs beside the student's code, in a process of its own.

Nothing here knows a seed, a right answer or a mark. The grader asks in frames and gets
frames back, and believes none of them.

frames  one JSON object a line over a socket, with limits on length and time
values  plain data as JSON: numbers, text, lists, tensors, and nothing that runs
record  what the student's cells print and draw, up to a limit
shell   IPython, as a notebook has it, keeping what its cells show
calls   one case put to the student's function
serve   the loop that answers the grader
"""
