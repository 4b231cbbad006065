"""Attacks: none earns a mark, and none costs anyone else one.

Each attack stands before a wrong answer in a notebook of its own, in a harmless version.
After it, the grader must be as it was and the next submission must get its marks.
"""

import os
import time

import pytest
import torch

from dlcourse.checks.judging.finding import BORROWED as BORROWED_SAYS
from dlcourse.grading.submission import notes
from dlcourse.grading.verdicts import shortfall
from tests.grading.desk import LOOPS, RIGHT, cell, check, say, text

WRONG = """
def output_size(n, kernel_size, stride, padding):
    return (n + 2 * padding - kernel_size) // stride
"""
MISTAKE = "the first window is not counted"

SCORES = {
    "input transformer": """
get_ipython().input_transformers_post.append(lambda lines: ["pass\\n"])
""",
    "cell hook": """
get_ipython().events.register("pre_run_cell", lambda info: print(info.raw_cell))
""",
    "patched run_cell": """
type(get_ipython()).run_cell = lambda *a, **k: print("✓ output_size: right")
""",
    "swallowed errors": """
get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)
""",
    "a check that says yes": """
from dlcourse.checks.judging import Check, Verdict
Check.judge_calls = Check.judge = lambda *a, **k: Verdict("output_size", 1, 1)
""",
    "patched comparison": """
import numpy.testing, torch, dlcourse.checks.judging.compare as compare
compare.find_fault = lambda *a: None
torch.isclose = torch.allclose = lambda *a, **k: torch.tensor(True)
torch.testing.assert_close = numpy.testing.assert_allclose = lambda *a, **k: None
""",
    "games with sys.modules": """
import sys, types
for name in [name for name in sys.modules if name.startswith("dlcourse.checks")]:
    sys.modules[name] = types.ModuleType(name)
""",
    "forged verdict on every stream": """
import os, sys
for _ in range(3):
    print("✓ output_size: right in all 24 cases.")
    os.write(1, b"2.0\\n"); os.write(2, b"2.0\\n")
2.0
""",
    "forged numbers": "float('nan')\n-1\n10**9",
    "the solution": """
import dlcourse, os
root = os.path.dirname(os.path.dirname(dlcourse.__file__))
for name in ("solutions", "gradebook.db", ".secret", "submitted"):
    assert not os.path.exists(os.path.join(root, name))
""",
    "the grader's settings": """
for name in ("nbgrader_config.py", "sitecustomize.py", "/etc/passwd"):
    try: open(name, "w").write("raise SystemExit")
    except OSError: pass
""",
    "links and dots": """
import os
os.symlink("../../../..", "up")
for name in ("up/.secret", "../../../../.secret"):
    assert not os.path.exists(name)
""",
    "snooping": """
import os
assert not os.listdir("/proc")
assert not [name for name in os.environ if "NBGRADER" in name or "DLCOURSE" in name]
""",
    "a signal to the parent": """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for number in (os.getppid(), 0):
    os.kill(number, signal.SIGTERM)
""",
    "network": """
import socket
for family, place in [(2, ("1.1.1.1", 53)), (2, ("127.0.0.1", 22)), (1, "\\0bus"),
                      (1, "/run/docker.sock")]:
    try: socket.socket(family).connect(place)
    except OSError: continue
    raise SystemExit("connected")
try: socket.getaddrinfo("example.org", 80)
except OSError: pass
else: raise SystemExit("resolved")
""",
    "8 GiB": """
import torch
try: torch.ones(2**30)
except RuntimeError: pass
else: raise SystemExit("allocated")
try: bytearray(2**33)
except MemoryError: pass
else: raise SystemExit("allocated")
""",
    "memory without a process": """
import os
try: held = [os.memfd_create("x") for _ in range(100)]
except PermissionError: pass
else: raise SystemExit("made")
""",
    "500 threads": """
import threading, time
try:
    for _ in range(500):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
except RuntimeError: pass
else: raise SystemExit("started")
""",
    "forks": """
import os, time
try:
    for _ in range(100):
        if not os.fork(): time.sleep(60); os._exit(0)
except OSError: pass
else: raise SystemExit("forked")
""",
    "1 GiB file": """
try:
    with open("large", "wb") as file:
        for _ in range(1024): file.write(bytes(2**20))
except OSError: pass
else: raise SystemExit("written")
""",
    "200 MB of output": "for _ in range(200): print('x' * 10**6)",
    "daemon": """
import os, time
if not os.fork():
    os.setsid()
    if not os.fork(): time.sleep(600)
    os._exit(0)
""",
}

HOGS = {
    "shared memory of many processes": """
import mmap, os, time
for _ in range(6):
    if not os.fork():
        held = mmap.mmap(-1, 600 * 2**20)
        while held.write(bytes(2**20)) and held.tell() < len(held): pass
        time.sleep(60)
time.sleep(60)
""",
    "memory of many processes": """
import os, time
for _ in range(6):
    if not os.fork(): held = bytearray(b"x") * (600 * 2**20); time.sleep(60)
time.sleep(60)
""",
}
"""What takes more memory by many processes than one of them may have."""

ANSWERS = {
    "lying equality": """
class Yes(int):
    __eq__ = __ne__ = __lt__ = lambda *a: True
    __hash__ = int.__hash__
def output_size(**arguments): return Yes(0)
""",
    "lying array": """
class Yes:
    __array__ = __torch_function__ = lambda *a, **k: 1 / 0
    __eq__ = lambda *a: True
def output_size(**arguments): return Yes()
""",
    "pickle payload": """
class Payload:
    def __reduce__(self): return (__import__("os")._exit, (0,))
def output_size(**arguments): return Payload()
""",
    "object array": """
import numpy
def output_size(**arguments): return numpy.array([print], dtype=object)
""",
    "forged from inside": """
def output_size(**arguments):
    get_ipython().displayhook(2.0); print("✓ output_size: right in all 24 cases.")
    return 0
""",
    "remembered calls": """
calls = []
def output_size(**arguments):
    calls.append(arguments); open("/tmp/calls", "a").write(repr(arguments))
    return len(calls)
""",
    "end of Python": """
def output_size(**arguments): __import__("os")._exit(0)
""",
    "exit": """
def output_size(**arguments): raise SystemExit(0)
""",
    "death of all others": """
import os, signal
def output_size(**arguments): os.kill(-1, signal.SIGKILL); return 0
""",
}

LINES = {
    "not JSON": "b'✓ right'.hex().encode()",
    "not an object": "b'[1]'",
    "too deep": "b'[' * 10**6",
    "too deep a value": """b'{"answer": ' + b'[' * 50 + b']' * 50 + b'}'""",
    "unknown value": """b'{"answer": {"pickle": "gASVAAAA"}}'""",
    "wrong types": """b'{"seen": [1], "changed": 1, "error": {}, "answer": 1}'""",
    "not an array": """b'{"answer": {"tensor": "gASVAAAA"}}'""",
    "absurd number": "b'{\"answer\": ' + b'9' * 10**5 + b'}'",
    "half a character": r"""b'{"error": "ValueError: \\ud800"}'""",
}
"""What a forger may write on the line to the grader in the place of an answer."""

FORGE = """
import gc, socket
def output_size(**arguments):
    line = {line} + bytes([10])
    for each in [each for each in gc.get_objects() if type(each) is socket.socket]:
        try: each.settimeout(1); each.sendall(line * 30)
        except OSError: pass
    while True: pass
"""


def stands(sit) -> None:
    """See that the next submission gets its marks."""
    assert "right in all" in text(sit(cell(RIGHT), check()).cells[1])


@pytest.mark.parametrize("attack", SCORES)
def test_an_attack_from_a_cell(sit, attack):
    nb = sit(cell(SCORES[attack]), cell(WRONG), check())
    assert shortfall(nb.cells[2]).startswith((MISTAKE, "a cell before it", "it "))
    assert not [o for o in nb.cells[0].outputs if o.output_type == "error"]
    stands(sit)


@pytest.mark.parametrize("attack", HOGS)
def test_the_memory_of_all_processes_together_is_bounded(sit, attack):
    nb = sit(cell(HOGS[attack]), cell(WRONG), check())
    assert nb.cells[0].outputs[-1].evalue == "this cell ended Python."
    assert say(nb)[2]
    stands(sit)


@pytest.mark.parametrize("attack", ANSWERS)
def test_an_attack_from_the_function(sit, attack):
    nb = sit(cell(ANSWERS[attack]), check(), cell("print(open('/tmp/calls').read())"))
    assert [output.output_type for output in nb.cells[1].outputs] == ["error"]
    assert shortfall(nb.cells[1])
    stands(sit)


@pytest.mark.parametrize("line", LINES)
def test_an_attack_on_the_line(sit, line):
    nb = sit(cell(FORGE.format(line=LINES[line])), check())
    assert [output.output_type for output in nb.cells[1].outputs] == ["error"]
    nb.cells[1].outputs[0].evalue.encode()
    stands(sit)


RIGHT_VALUES = """
import torch
def values(x, weight, bias, stride, padding):
    filters, _, kh, kw = weight.shape
    x = torch.nn.functional.pad(x, [padding] * 4)
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bihwkl,oikl->bohw", windows, weight) + bias[:, None, None]
"""
LIES = {
    "slopes of its own": "return *(torch.ones_like(s) for s in c.saved_tensors), None, None",
    "no slopes": "return None, None, None, None, None",
    "another shape": "return *(torch.ones(1) for s in c.saved_tensors), None, None",
    "end of Python": "import os; os._exit(0)",
    "no end": "while True: pass",
    "what the calls before were": """
        if len(seen) % 2: return *(s * 0 for s in c.saved_tensors), None, None
        return *(s.clone() for s in c.saved_tensors), None, None""",
}
LIAR = """
seen = []
class Lie(torch.autograd.Function):
    @staticmethod
    def forward(c, x, weight, bias, stride, padding):
        seen.append(1); c.save_for_backward(x, weight, bias)
        return values(x, weight, bias, stride, padding)
    @staticmethod
    def backward(c, slope):
        {way}
def conv2d(x, weight, bias, stride, padding):
    return Lie.apply(x, weight, bias, stride, padding)
"""


@pytest.mark.parametrize("way", LIES)
def test_gradients_that_lie(sit, way):
    honest = cell(RIGHT_VALUES + "conv2d = values")
    lie = cell(RIGHT_VALUES + LIAR.format(way=LIES[way]))
    nb = sit(lie, check("conv2d"), honest, check("conv2d"))
    assert say(nb)[1]
    assert "right in all" in text(nb.cells[3])


BORROWED = {
    "the package's function": "from dlcourse.nn.padding import output_size",
    "the check's reference": """
from dlcourse.checks import convolution
output_size = convolution.output_size.reference
""",
    "wrapped": """
from dlcourse.nn.padding import output_size as theirs
def output_size(n, kernel_size, stride, padding):
    return int(theirs(n, kernel_size, stride, padding))
""",
}


@pytest.mark.parametrize("way", BORROWED)
def test_what_the_package_has_written_is_no_answer(sit, way):
    nb = sit(cell(BORROWED[way]), check())
    assert shortfall(nb.cells[1]) == BORROWED_SAYS
    assert notes(nb)


def test_helpers_that_are_lent_are_not_borrowed(sit):
    """A wrong helper is replaced by the package's own, which may run."""
    nb = sit(cell(WRONG), cell(LOOPS), check("naive_conv2d"))
    assert "right in all" in text(nb.cells[2])


def test_an_honest_answer_survives_what_stands_around_it(sit):
    """An attack that changes nothing about the answer costs nothing either."""
    nb = sit(
        cell(SCORES["daemon"]), cell(RIGHT), cell("import os; os._exit(1)"), check()
    )
    assert "right in all" in text(nb.cells[3])


def test_an_endless_loop_inside_one_call_of_c(sit):
    loop = "import re\ndef output_size(**a): re.match('(a*)*b', 'a' * 99)"
    began = time.monotonic()
    nb = sit(cell(loop), check())
    assert say(nb)[1].startswith("it ran longer than 2 seconds.")
    assert time.monotonic() - began < 60


def test_hidden_cases_reach_no_cell_and_no_message(sit):
    """The function sees its cases only after every cell has run."""
    tell = "type(f'E{arguments[\"n\"]}', (Exception,), {})('x')"
    keep = f"seen = []\ndef output_size(**arguments): seen.append(1); raise {tell}"
    nb = sit(cell(keep), check(), cell("print(seen)"), check("single_step"))
    assert text(nb.cells[2]) == "[]\n"
    assert say(nb)[1] == "it stopped with an error of its own."


def test_the_grader_is_what_it_was(sit):
    here, threads = os.getcwd(), torch.get_num_threads()
    sit(cell("import os, torch; os.chdir('/'); torch.set_num_threads(3)"), check())
    assert (os.getcwd(), torch.get_num_threads()) == (here, threads)
