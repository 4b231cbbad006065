"""Limits: how much a worker may use before the kernel says no."""

import resource
from dataclasses import dataclass

__all__ = ["Limits"]

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one submission may use; each is enforced by the kernel, for good.

    Attributes:
        memory: MiB of addresses beyond those of an idle worker. It bounds each process. A
            driver like CUDA's reserves more than it uses, so grading runs on the processor.
        disk: MiB in the worker's folder, which lies in memory.
        processes: of all kinds, threads too.
        files: open at once.
    """

    memory: int = 2048
    disk: int = 64
    processes: int = 64
    files: int = 256

    def apply(self) -> None:
        """Bind this process and all that it will start."""
        bounds = {
            resource.RLIMIT_AS: _addresses() + self.memory * MIB,
            resource.RLIMIT_FSIZE: self.disk * MIB,
            resource.RLIMIT_NPROC: self.processes,
            resource.RLIMIT_NOFILE: self.files,
            resource.RLIMIT_CORE: 0,
        }
        for kind, most in bounds.items():
            _, hard = resource.getrlimit(kind)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (bound, bound))


def _addresses() -> int:
    """Bytes of address space that this process has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
