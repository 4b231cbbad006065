"""Many: a class graded by a Dask cluster into a PostgreSQL gradebook, on this machine."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dlcourse.grading.errors import GradingError
from dlcourse.grading.pool import cluster
from dlcourse.grading.road import grade_class
from tests.grading.classroom import ASSIGNMENT, fill, make_classroom

SIZE = 20
PATIENCE = 60
"""Seconds in which a server starts, on a machine with much else to do."""


def find_postgres() -> Path | None:
    """Folder of PostgreSQL's programs, which Debian keeps off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += map(Path, sorted(glob.glob("/usr/lib/postgresql/*/bin")))
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@pytest.fixture(scope="module")
def gradebook() -> Iterator[str]:
    """URL of an empty database; its server listens on a socket in its own folder alone."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("no PostgreSQL: install it (apt install postgresql)")
    folder = Path(tempfile.mkdtemp())
    # The server refuses to run as root.
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data, quiet = folder / "data", {"user": user, "cwd": folder, "check": True}

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(command, stdout=subprocess.DEVNULL, **quiet)

    run("initdb", "-D", str(data), "-U", "grader", "--auth=trust", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    log = str(folder / "log")
    run("pg_ctl", "-D", str(data), "-w", "-l", log, "-o", options, "start")
    yield f"postgresql+psycopg2://grader@/postgres?host={folder}"
    run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    shutil.rmtree(folder)


@contextmanager
def process(module: str, *options: str) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *options]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = subprocess.Popen(command, **quiet)
    try:
        yield started
    finally:
        started.terminate()
        started.wait()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory) -> Iterator[Path]:
    """File with the address of a scheduler that has no worker yet."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    local = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
    with process("dask_scheduler", "--port", "0", *local):
        end = time.monotonic() + PATIENCE
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.1)
        yield file


def address(file: Path) -> str:
    return json.loads(file.read_text())["address"]


def test_a_cluster_grades_into_postgresql(
    tmp_path, root, sandbox, gradebook, scheduler
):
    url = f"\nc.CourseDirectory.db_url = {gradebook!r}\n"
    course = make_classroom(tmp_path / "course", root, settings=url)
    worth = fill(course, SIZE)
    options = ("--no-dashboard", "--no-nanny", "--nthreads", "2")
    with (
        process("dask_worker", "--scheduler-file", str(scheduler), *options),
        _joined(scheduler) as pool,
    ):
        sheet = grade_class(course, ASSIGNMENT, pool=pool)
    assert {row.student: row.total for row in sheet.rows} == worth
    assert not list(course.root.glob("*.db"))


@contextmanager
def _joined(scheduler: Path):
    """Wait until the worker has joined."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with cluster(address(scheduler)) as pool:
                assert pool.width == 2
                yield pool
            return
        except GradingError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def test_a_scheduler_without_workers(scheduler):
    with (
        pytest.raises(GradingError, match="has no worker: start some with"),
        cluster(address(scheduler)),
    ):
        pass


def test_no_scheduler():
    with (
        pytest.raises(GradingError, match="no Dask scheduler answers at tcp://127"),
        cluster("tcp://127.0.0.1:9"),
    ):
        pass
