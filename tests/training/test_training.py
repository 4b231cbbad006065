"""Training: the device that is chosen, and random numbers that come again."""

import random

import numpy as np
import pytest
import torch

from dlcourse.training import device, fixed_seed, generator


def test_the_environment_chooses_the_device(monkeypatch):
    monkeypatch.setenv("DLCOURSE_DEVICE", "cpu")
    assert device() == torch.device("cpu")


@pytest.mark.parametrize("name", ["tpu9", "cuda:99"])
def test_a_device_that_is_not_there_is_refused_by_name(monkeypatch, name):
    monkeypatch.setenv("DLCOURSE_DEVICE", name)
    with pytest.raises(
        ValueError, match=f'DLCOURSE_DEVICE is "{name}", which cannot be used here'
    ):
        device()


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_the_fastest_device_is_chosen(monkeypatch, cuda, mps, chosen):
    monkeypatch.delenv("DLCOURSE_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert device().type == chosen


@pytest.mark.gpu
def test_convolution_on_the_gpu_equals_the_processor():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    from dlcourse.nn.convolution import conv2d

    x, weight = torch.randn(2, 3, 9, 8).double(), torch.randn(4, 3, 3, 3).double()
    torch.testing.assert_close(conv2d(x.cuda(), weight.cuda()).cpu(), conv2d(x, weight))


def draw_from_all() -> list[float]:
    return [random.random(), float(np.random.rand()), torch.rand(1).item()]  # noqa: NPY002


def test_a_block_with_a_fixed_seed_repeats_and_leaves_no_trace():
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    with fixed_seed(7):
        first = draw_from_all()
    after = draw_from_all()
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    assert draw_from_all() == after
    with fixed_seed(7):
        assert draw_from_all() == first


def test_the_sources_come_back_after_an_error():
    state = torch.get_rng_state()
    with pytest.raises(RuntimeError), fixed_seed(7):
        torch.rand(1).reshape(2)
    assert torch.get_rng_state().equal(state)


def test_generators_with_one_seed_agree():
    assert torch.rand(3, generator=generator(5)).equal(
        torch.rand(3, generator=generator(5))
    )
