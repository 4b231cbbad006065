"""Formgrader: nbgrader's own pages show the class that our executor has graded."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from jupyter_server.serverapp import list_running_servers
from playwright.sync_api import Page, sync_playwright

from dlcourse.grading.course import Course
from dlcourse.grading.road import grade_class
from tests.book.chromium import CHROMIUM, QUIET
from tests.grading.classroom import ASSIGNMENT, HONEST, make_classroom, write

PATIENCE = 60
"""Seconds in which a server starts, on a machine with much else to do."""

SETTINGS = {
    "ServerApp.token": "secret",
    "ServerApp.open_browser": "False",
    "ServerApp.allow_root": "True",
    "ServerApp.port": "0",
    "ServerApp.jpserver_extensions": "{'nbgrader.server_extensions.formgrader': True}",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory, root, sandbox) -> Course:
    """A course with a class of three, graded."""
    course = make_classroom(tmp_path_factory.mktemp("course"), root)
    for name, (change, _) in HONEST.items():
        write(course, name, change)
    grade_class(course, ASSIGNMENT)
    return course


@pytest.fixture(scope="module")
def server(course, tmp_path_factory) -> Iterator[str]:
    """Address of a Jupyter server in the course folder."""
    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *options],
            cwd=course.root,
            stdout=file,
            stderr=file,
        )
    try:
        yield _address(process)
    finally:
        process.terminate()
        process.wait()


def _address(process: subprocess.Popen) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for running in list_running_servers():
            if running["pid"] == process.pid:
                return running["url"]
        time.sleep(0.2)
    raise TimeoutError("the Jupyter server has not started")


@pytest.fixture
def page(server) -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("no Chromium: install it, or name its path in DLCOURSE_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser.new_page()
        browser.close()


def test_the_class_is_shown_with_its_scores(page, server):
    page.goto(f"{server}login?token=secret")
    page.goto(f"{server}formgrader/manage_submissions/convolution")
    page.get_by_text("noisy", exact=True).wait_for()
    table = page.locator("tr").all_inner_texts()
    for name, (_, points) in HONEST.items():
        [shown] = [line.split("\t") for line in table if f"\t{name}\t" in line]
        assert f"{points} / 2" in shown
