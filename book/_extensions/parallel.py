"""Parallel: execute the pages that are to be read side by side, before Sphinx reads them in turn.

Sphinx reads one page after the other, and nearly all its time goes by in their cells. So they are
executed ahead, one on each core, and left in the cache where MyST-NB looks for them. A page that
fails is not left there: MyST-NB runs it once more and says why.

Config:  nb_execution_mode must be "cache"
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.main import JupyterCacheBase
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

logger = logging.getLogger(__name__)

MOST = 4
"""Pages at once; each takes about a gigabyte of memory."""


def at_once(pages: int) -> int:
    """How many of so many pages are executed at once on this machine."""
    return max(1, min(MOST, os.cpu_count() or 1, pages))


def execute_pages(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Execute pages and keep what they show, even if the cache has it from an earlier package."""
    notebooks = dict(_notebooks(env, pages))
    width = at_once(len(notebooks))
    # More threads than cores wait for each other instead of computing.
    os.environ["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // width))
    cache = get_cache(env.mystnb_config.execution_cache_path or ".jupyter_cache")

    def run(path: Path) -> ExecutionResult:
        timeout = env.mystnb_config.execution_timeout
        notebook = notebooks[path]
        return single_nb_execution(notebook, str(path.parent), timeout, False)

    with ThreadPoolExecutor(width) as pool:
        results = pool.map(run, notebooks)
        for path, done in zip(notebooks, results, strict=True):
            logger.info("%s: executed in %.0f s", path.stem, done.time)
            _keep(cache, path, done)


def _keep(cache: JupyterCacheBase, path: Path, done: ExecutionResult) -> None:
    """Leave a page that has run in the cache, and nothing of one that has failed."""
    if done.err is None:
        bundle = CacheBundleIn(done.nb, path, data={"execution_seconds": done.time})
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    else:
        with suppress(KeyError):
            cache.remove_cache(cache.match_cache_notebook(done.nb).pk)


def _notebooks(
    env: BuildEnvironment, pages: list[str]
) -> Iterator[tuple[Path, NotebookNode]]:
    """Read those pages that have cells."""
    for page in sorted(pages):
        path = Path(env.doc2path(page))
        text = path.read_text(encoding="utf-8")
        reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
        if reader is not None:
            yield path, reader.read(text)


def setup(app: Sphinx) -> dict:
    """Register the execution."""
    app.connect("env-before-read-docs", execute_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
