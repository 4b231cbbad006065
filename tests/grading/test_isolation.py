"""Isolation: what one submission leaves is not there for the next, and nothing is there to find."""

import subprocess

import pytest

from dlcourse.grading.errors import GradingError
from dlcourse.grading.sandbox import choice
from dlcourse.grading.sandbox.choice import find_sandbox
from dlcourse.grading.sandbox.shown import ENVIRONMENT
from dlcourse.grading.sandbox.warm import Warm
from tests.grading.desk import RIGHT, cell, check, text

TRACES = {
    "names": ("mine = 1", "print('mine' in globals())", "False"),
    "modules": (
        "import torch; torch.mine = 1",
        "print(hasattr(torch, 'mine'))",
        "False",
    ),
    "environment": (
        "import os; os.environ['X'] = '1'",
        "print('X' in os.environ)",
        "False",
    ),
    "files": ("open('x', 'w').write('1')", "print(os.listdir())", "[]"),
    "shared memory": ("open('/dev/shm/x', 'w')", "print(os.listdir('/dev/shm'))", "[]"),
    "folder": ("import os; os.chdir('/')", "print(os.getcwd())", "/scratch"),
    "threads": (
        "import threading; threading.Thread(target=input, daemon=True).start()",
        "import threading; print(threading.active_count())",
        "1",
    ),
    "random numbers": (
        "import random, torch; random.random(); torch.rand(9)",
        "print(round(random.random(), 6) == drawn)",
        "True",
    ),
}


@pytest.mark.parametrize("trace", TRACES)
def test_nothing_of_one_submission_is_seen_by_the_next(sit, trace):
    leave, look, expected = TRACES[trace]
    first = sit(cell("import random; print(round(random.random(), 6))"), check())
    drawn = f"import os, random, torch; drawn = {text(first.cells[0])}"
    sit(cell(leave), check())
    nb = sit(cell(drawn), cell(look), check())
    assert text(nb.cells[1]).strip() == expected


FACTS = {
    "import os; print(os.getpid())": "1",
    "print(sorted({*os.environ} - {'PWD', 'TORCHINDUCTOR_CACHE_DIR'}))": str(
        sorted({*ENVIRONMENT, "TMPDIR"})
    ),
    "print(os.listdir('/proc'))": "[]",
    "print([*map(lambda place: os.access(place, os.W_OK), ('/', '/dev', '/usr'))])": (
        "[False, False, False]"
    ),
    "import socket; print(len(socket.if_nameindex()))": "1",
    "print(socket.gethostname())": "worker",
    "import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))": "-1",
    "print(ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, None))": "-1",
}


def test_the_world_of_a_worker(sit):
    cells = [cell(fact) for fact in FACTS]
    nb = sit(*cells, cell(RIGHT), check())
    assert [text(each).strip() for each in nb.cells[: len(FACTS)]] == [*FACTS.values()]


def test_the_course_folder_is_not_there(sit, root, tmp_path):
    places = [str(root / name) for name in ("solutions", ".git", "nbgrader_config.py")]
    look = f"import os; print([*map(os.path.exists, {[*places, str(tmp_path)]})])"
    nb = sit(cell(look), check())
    assert text(nb.cells[0]) == "[False, False, False, False]\n"


def test_neither_bubblewrap_nor_landlock(monkeypatch):
    find_sandbox.cache_clear()
    monkeypatch.setattr(choice.bubblewrap, "program", lambda: None)
    monkeypatch.setattr(choice.landlock, "version", lambda: 0)
    with pytest.raises(GradingError, match="offers no sandbox: install bubblewrap"):
        find_sandbox()


def test_a_bubblewrap_that_does_not_work(monkeypatch):
    find_sandbox.cache_clear()
    monkeypatch.setattr(choice.bubblewrap, "program", lambda: "bwrap")
    monkeypatch.setattr(choice.bubblewrap, "command", lambda program: ["/bin/false"])
    monkeypatch.setattr(choice.landlock, "version", lambda: 0)
    with pytest.raises(GradingError, match="the sandbox does not work here"):
        find_sandbox()


def test_a_zygote_that_cannot_start_says_why(monkeypatch, sandbox):
    monkeypatch.setattr(choice, "PYTHON", ("/usr/bin/env", "sh", "-c", "echo no >&2"))
    with pytest.raises(GradingError, match="the sandbox made no worker: no"):
        Warm(sandbox)


@pytest.fixture(autouse=True)
def _found_anew():
    yield
    find_sandbox.cache_clear()


def test_nothing_is_left_running(sit):
    mark = "8" * 7
    sit(cell(f"!(setsid sleep {mark} &)"), cell(RIGHT), check())
    found = subprocess.run(["pgrep", "-f", f"sleep {mark}"], capture_output=True)
    assert found.stdout == b""
