"""Close the network of every Python process that finds this folder on its path.

``make book`` and ``make test`` put it there, so kernels, papermill and nbgrader inherit it. Python
imports ``sitecustomize`` at start-up, before any other code. This machine itself stays reachable:
Jupyter talks to its kernels through it.
"""

import sys

LOCAL = ("localhost", "127.", "::1", "0.0.0.0")


def refuse_outside(event: str, arguments: tuple) -> None:
    """Refuse to look up or connect to any host but this one."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name and not name.startswith(LOCAL):
        raise ConnectionRefusedError(
            f"the network is closed here, and this asked for {name}"
        )


sys.addaudithook(refuse_outside)
