"""Limits: how much a worker may use before the kernel says no."""

import resource
from dataclasses import dataclass

__all__ = ["MIB", "Limits"]

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one submission may use; each is enforced by the kernel, for good.

    Attributes:
        memory: MiB of addresses beyond those of an idle worker, which the kernel grants to
            each process; and MiB in use by all of them together, as seen several times a
            second, or once a second behind Landlock. A driver like CUDA's reserves more
            than it uses, so grading runs on the processor.
        disk: MiB in the worker's folder, which lies in memory.
        processes: of all kinds, threads too.
        files: open at once.
    """

    memory: int = 2048
    disk: int = 64
    processes: int = 64
    files: int = 256

    def apply(self, *, count: bool = True) -> None:
        """Bind this process and all that it will start.

        Args:
            count: let the kernel count processes. It counts all that a user has, so this
                holds only for a user of the worker's own, as in a namespace.
        """
        bounds = {
            resource.RLIMIT_AS: _addresses() + self.memory * MIB,
            resource.RLIMIT_FSIZE: self.disk * MIB,
            resource.RLIMIT_NOFILE: self.files,
            resource.RLIMIT_CORE: 0,
        }
        if count:
            bounds[resource.RLIMIT_NPROC] = self.processes
        for kind, most in bounds.items():
            _, hard = resource.getrlimit(kind)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (bound, bound))


def _addresses() -> int:
    """Bytes of address space that this process has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
