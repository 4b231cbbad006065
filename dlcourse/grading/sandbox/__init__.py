"""Sandbox: where the student's code runs, and what it can reach from there.

A warm Python imports torch once and runs no student's code. For each submission it forks
a worker, and the worker is walled in before it runs a line, so that nothing of one
submission is seen by the next. There are two kinds of wall, and the first that works on a
machine is taken; where neither does, grading refuses.

bubblewrap: the warm Python starts in namespaces of its own, with the Python environment
read-only, no course folder, no network, no other process, nobody's rights; each worker
gets namespaces that are new again.

Landlock: where namespaces are not to be had. Each worker forbids itself, for good, every
file but the Python environment and a folder of its own, every new socket, and the calls
that reach other processes. A keeper above it counts its processes and ends all of them.
What it does not hide is that something exists: a worker may ask whether there is a file
of a certain name or a process of a certain number, and how large the file is.

shown       what of the machine a worker gets to see
limits      how much a worker may use
rights      who a process is to the kernel, and how it gives that up
namespaces  the calls to the kernel that make a worker's own world
bubblewrap  the outer wall around those worlds
landlock    rules on files, network and signals
syscalls    the calls that Landlock has no rules for, and why they are refused
seccomp     the filter that refuses them
processes   who comes of whom, and how much memory they use
keeper      the process above a worker: counts, answers, ends
walls       both kinds with the same methods
choice      which sandbox this machine offers, tried once
zygote      the warm process inside, which forks the workers
hold        the grader's hold on one worker
warm        the grader's end of the warm process
"""
