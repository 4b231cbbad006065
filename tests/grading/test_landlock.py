"""Landlock: where there is no bubblewrap, a worker still reaches nothing outside its folder."""

import os
import platform
import select
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlcourse.grading.sandbox import choice, landlock, seccomp
from dlcourse.grading.sandbox.choice import Sandbox, find_sandbox
from dlcourse.grading.sandbox.limits import Limits
from dlcourse.grading.sandbox.processes import descendants
from dlcourse.grading.sandbox.syscalls import ARCHITECTURES
from dlcourse.grading.sandbox.warm import Warm
from tests.grading.desk import RIGHT, cell, check, say, text
from tests.grading.test_attacks import ANSWERS, HOGS, SCORES, WRONG
from tests.grading.test_isolation import TRACES

FOLDERS = Path(tempfile.gettempdir())
"""Where workers have theirs."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox of a machine without bubblewrap."""
    if landlock.version() < landlock.OLDEST:
        pytest.skip(f"Landlock {landlock.version()}: its kernel is too old for this")
    if platform.machine() not in ARCHITECTURES:
        pytest.skip(f"{platform.machine()}: its system calls have not been listed")
    find_sandbox.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice.bubblewrap, "program", lambda: None)
        yield find_sandbox()
    find_sandbox.cache_clear()


@pytest.fixture
def sees(sit):
    """Run code as a student's cell, and return what it prints."""

    def sees(code: str) -> str:
        nb = sit(cell(code), cell(RIGHT), check())
        assert "right in all" in text(nb.cells[2])
        return text(nb.cells[0]).strip()

    return sees


def test_it_is_chosen_and_says_what_it_covers(sandbox):
    assert sandbox.name == "landlock"
    assert "refused" in sandbox.covers


@pytest.mark.parametrize("trace", sorted({*TRACES} - {"shared memory", "folder"}))
def test_nothing_of_one_submission_is_seen_by_the_next(sit, trace):
    leave, look, expected = TRACES[trace]
    first = sit(cell("import random; print(round(random.random(), 6))"), check())
    drawn = f"import os, random, torch; drawn = {text(first.cells[0])}"
    sit(cell(leave), check())
    nb = sit(cell(drawn), cell(look), check())
    assert text(nb.cells[1]).strip() == expected


def test_folders_are_private_and_removed(sees):
    first, second = (sees("import os; print(os.getcwd())") for _ in range(2))
    assert first != second
    assert not os.path.exists(first)


def test_folders_that_resist_are_removed(sit):
    sit(cell("1"), check())
    before = {*FOLDERS.glob("dlcourse-*/*")}
    closed = "os.mkdir('a', 0o300); os.mkdir('a/b', 0); os.symlink('/', 'a/c')"
    deep = "for _ in range(2000): os.mkdir('d'); os.chdir('d')"
    sit(cell(f"import os; {closed}\n{deep}"), cell(RIGHT), check())
    end = time.monotonic() + 60  # two thousand folders take a while on a busy machine
    while {*FOLDERS.glob("dlcourse-*/*")} != before and time.monotonic() < end:
        time.sleep(0.1)
    assert {*FOLDERS.glob("dlcourse-*/*")} == before


REFUSED = {
    "the list of passwords": "open('/etc/passwd')",
    "a folder": "os.listdir('/tmp')",
    "the root": "os.listdir('/')",
    "processes": "os.listdir('/proc')",
    "its own process": "open('/proc/self/environ')",
    "its parent's": "os.readlink(f'/proc/{os.getppid()}/exe')",
    "shared memory": "open('/dev/shm/x', 'w')",
    "a file outside": "open('/tmp/x', 'w')",
    "a file of Python's": "open(os.__file__, 'a')",
    "cutting a file": "os.truncate(os.__file__, 0)",
    "a socket over IP": "socket.create_connection(('1.1.1.1', 53), 1)",
    "a socket to itself": "socket.create_connection(('127.0.0.1', 22), 1)",
    "a name": "socket.getaddrinfo('example.org', 80)",
    "a Unix socket": "socket.socket(socket.AF_UNIX)",
    "a pair for datagrams": "socket.socketpair(type=socket.SOCK_DGRAM)",
    "its parent's end": "os.kill(os.getppid(), signal.SIGKILL)",
    "everybody's end": "os.kill(-1, signal.SIGKILL)",
    "another's group": "os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)",
    "its parent's limits": (
        "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))"
    ),
    "its parent's turn": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "a way around memory's limit": "os.memfd_create('x')",
    "its own limits": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
}


@pytest.mark.parametrize("wish", REFUSED)
def test_refused(sees, wish):
    code = f"""
import os, resource, signal, socket
try: print({REFUSED[wish]})
except (OSError, ValueError) as error: print("refused")
"""
    assert sees(code) == "refused"


CALLS = {
    "unshare": "unshare(0x10000000)",
    "clone": "syscall(56 if x86 else 220, 0x10000011, 0, 0, 0, 0)",
    "clone3": "syscall(435, 0, 0)",
    "mount": "mount(b'x', b'/tmp', b'tmpfs', 0, None)",
    "setns": "setns(0, 0)",
    "ptrace": "ptrace(16, os.getppid(), 0, 0)",
    "process_vm_readv": "process_vm_readv(os.getppid(), 0, 0, 0, 0, 0)",
    "bpf": "syscall(321 if x86 else 280, 0, 0, 0)",
    "keyctl": "syscall(250 if x86 else 219, 0, -3, 0)",
    "io_uring_setup": "syscall(425, 1, 0)",
    "pidfd_getfd": "syscall(438, os.pidfd_open(os.getppid()), 0, 0)",
    "shmget": "shmget(1, 4096, 0o1666)",
    "a call without a name": "syscall(1000)",
    "a call of another kind": "syscall(0x40000000 + 41, 2, 1, 0)",
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_to_the_kernel_that_are_refused(sees, name):
    code = f"""
import ctypes, errno, os, platform
x86 = platform.machine() == "x86_64"
libc = ctypes.CDLL(None, use_errno=True)
print(libc.{CALLS[name]}, errno.errorcode[ctypes.get_errno()])
"""
    assert sees(code) in ("-1 EPERM", "-1 ENOSYS")


def test_what_honest_code_needs(sees):
    code = """
import asyncio, os, pathlib, shutil, signal, socket, subprocess, sys, threading
pathlib.Path("a").write_text("1"); shutil.copy2("a", "b")
left, right = socket.socketpair(); left.send(b"2"); print(right.recv(1))
print(subprocess.run([sys.executable, "-c", "print(3)"], capture_output=True).stdout)
child = subprocess.Popen(["sleep", "60"]); child.kill(); print(child.wait())
asyncio.run(asyncio.sleep(0)); threading.Thread(target=print, args=(4,)).start()
signal.signal(signal.SIGALRM, lambda *a: None); signal.raise_signal(signal.SIGALRM)
"""
    assert sees(code) == "b'2'\nb'3\\n'\n-9\n4"


def test_the_course_folder_cannot_be_read(sees, root, tmp_path):
    (tmp_path / "secret").write_text("42")
    places = [root / "solutions", root / "pyproject.toml", tmp_path / "secret"]
    look = (
        "    try: os.open(place, os.O_RDONLY); print(place)\n    except OSError: pass"
    )
    assert sees(f"import os\nfor place in {[*map(str, places)]}:\n{look}") == ""


def test_a_server_of_the_machine_is_out_of_reach(sees):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0dlcourse-test")
        server.listen()
        code = "import socket; socket.socket(1).connect('\\0dlcourse-test')"
        assert sees(f"try: {code}\nexcept OSError: print('refused')") == "refused"


def test_a_sibling_is_out_of_reach(sandbox, sit):
    """Two workers run as one user, and neither can end the other."""
    process = Warm(sandbox)
    try:
        worker = process.fork("convolution", Limits(), 0)
        before = {*descendants(process.process.pid)}
        code = f"""
import os, signal
for number in {sorted(before)}:
    try: os.kill(number, signal.SIGKILL); print("killed")
    except PermissionError: pass
"""
        assert text(sit(cell(code), check()).cells[0]) == ""
        assert before <= {*descendants(process.process.pid)}
        worker.end()
    finally:
        process.close()


ATTACKS = {
    **{
        name: SCORES[name]
        for name in (
            *("input transformer", "games with sys.modules", "the grader's settings"),
            *("network", "8 GiB", "500 threads", "forks", "1 GiB file", "daemon"),
            "200 MB of output",
        )
    },
    **HOGS,
    "many files": """
import time
for number in range(20): open(str(number), "wb").write(bytes(10 * 2**20))
time.sleep(60)
""",
    "threads that fork": """
import os, threading, time
def more():
    while True:
        try: os.fork() or time.sleep(60)
        except OSError: pass
for _ in range(4): threading.Thread(target=more, daemon=True).start()
time.sleep(2)
""",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_from_a_cell(sit, attack):
    nb = sit(cell(ATTACKS[attack]), cell(WRONG), check())
    assert say(nb)[2]
    assert "right in all" in text(sit(cell(RIGHT), check()).cells[1])


@pytest.mark.parametrize("attack", ["end of Python", "death of all others"])
def test_an_attack_from_the_function(sit, attack):
    assert say(sit(cell(ANSWERS[attack]), check()))[1]
    assert "right in all" in text(sit(cell(RIGHT), check()).cells[1])


def test_an_endless_call_ends_alone(sit):
    nb = sit(cell("def output_size(**a):\n    while True: pass"), check())
    assert say(nb)[1].startswith("it ran longer than 2 seconds.")


def test_nothing_is_left_running(sit):
    mark = "9" * 7
    leave = f"!(setsid sleep {mark} &) ; setsid setsid sleep {mark} &"
    sit(cell(leave), cell(RIGHT), check())
    found = subprocess.run(["pgrep", "-f", f"sleep {mark}"], capture_output=True)
    assert found.stdout == b""


def test_nothing_is_left_when_the_grader_ends(sandbox):
    before = {*FOLDERS.glob("dlcourse-*")}
    process = Warm(sandbox)
    worker = process.fork("convolution", Limits(), 0)
    own = {process.process.pid, *descendants(process.process.pid)}
    process.close()  # the line breaks, as when the grader is killed
    assert not [number for number in own if os.path.exists(f"/proc/{number}")]
    assert {*FOLDERS.glob("dlcourse-*")} == before
    worker.end()


def test_no_worker_outlives_the_process_that_forked_it(sandbox):
    process = Warm(sandbox)
    worker = process.fork("convolution", Limits(), 0)
    process.process.kill()
    assert select.select([worker.handles[0]], [], [], 5)[0]
    worker.end()
    process.close()


def test_the_filter_is_no_longer_than_a_filter_may_be():
    assert len(list(seccomp._steps())) < 4096
    assert all(max(yes, no) < 256 for _, yes, no, _ in seccomp._steps())
