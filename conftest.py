"""Fixtures every test may ask for; dlcourse is imported only after the shape checker's hook."""

import os
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parent
OFFLINE = ROOT / "tests" / "offline"

# make sets this for every process it starts; a bare pytest gets the same closed network.
if str(OFFLINE) not in os.environ.get("PYTHONPATH", ""):
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(OFFLINE), os.environ.get("PYTHONPATH")])
    )
    sys.path.insert(0, str(OFFLINE))
    sys.modules.pop("sitecustomize", None)
    import sitecustomize  # noqa: F401 - closes the network of this process


# The tests' tensors are tiny: threads would wait for each other longer than they compute.
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _one_seed() -> None:
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def _names_for_doctests(doctest_namespace: dict) -> None:
    doctest_namespace["torch"] = torch


@pytest.fixture
def as_in_use():
    """Switch the shape checker off, so that a function meets bad input as it does outside tests."""
    from jaxtyping import config

    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the repository."""
    return ROOT
