"""Offline: the network of every process started here is closed, and this machine stays open."""

import socket
import subprocess
import sys

import pytest

OUTSIDE = "203.0.113.1"  # an address that RFC 5737 keeps for documentation


@pytest.mark.parametrize("host", [OUTSIDE, "pypi.org"])
def test_this_process_reaches_nothing_outside(host):
    with pytest.raises(ConnectionRefusedError, match=f"this asked for {host}"):
        socket.create_connection((host, 80), timeout=1)


def test_nor_do_the_processes_it_starts():
    code = f"import socket; socket.create_connection(('{OUTSIDE}', 80), timeout=1)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 1
    assert f"the network is closed here, and this asked for {OUTSIDE}" in run.stderr


def test_this_machine_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
