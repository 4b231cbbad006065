"""Pool: sittings side by side, on this machine or on many."""

from collections.abc import Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from .errors import GradingError
from .sitting.job import Job, Sat, sit

__all__ = ["Pool", "cluster", "local", "sit_all"]


@dataclass(frozen=True)
class Pool:
    """What does the sittings.

    Attributes:
        executor: takes them.
        width: how many at once.
    """

    executor: Executor
    width: int


@contextmanager
def local(jobs: int) -> Iterator[Pool]:
    """Use this machine.

    Threads do, since each only waits for the processes of its own submission.

    Args:
        jobs: how many submissions at once.

    Raises:
        GradingError: if that is not at least 1.
    """
    if jobs < 1:
        raise GradingError(f"--jobs {jobs}: at least 1 submission runs at a time")
    with ThreadPoolExecutor(jobs) as executor:
        yield Pool(executor, jobs)


@contextmanager
def cluster(address: str) -> Iterator[Pool]:
    """Use the machines of a Dask cluster; each has dlcourse and a sandbox of its own.

    Args:
        address: of the scheduler, as in "tcp://10.0.0.1:8786".

    Raises:
        GradingError: if there is none, or it has no worker.
    """
    from distributed import Client

    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise GradingError(
            f"no Dask scheduler answers at {address}: start one with dask scheduler"
        ) from error
    with client:
        width = sum(client.nthreads().values())
        if not width:
            raise GradingError(
                f"the Dask scheduler at {address} has no worker: start some with "
                f"dask worker {address}"
            )
        # Of one sitting nothing is to be known on another machine but its outcome.
        yield Pool(client.get_executor(pure=False), width)


def sit_all(
    pool: Pool, jobs: Iterable[tuple[str, Job]]
) -> Iterator[tuple[str, Sat | None]]:
    """Do all sittings, in whatever order they end.

    Args:
        pool: where.
        jobs: students with theirs; taken as the pool has room.

    Yields:
        Student and what came of it; None if the machine could not do it.
    """
    jobs = iter(jobs)
    under_way: dict[Future[Sat], str] = {}
    while True:
        for student, job in islice(jobs, 2 * pool.width - len(under_way)):
            under_way[pool.executor.submit(sit, job)] = student
        if not under_way:
            return
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            yield under_way.pop(future), _result(future)


def _result(future: Future[Sat]) -> Sat | None:
    try:
        return future.result()
    except GradingError:
        return None  # the writer tries once more, and says why it cannot
