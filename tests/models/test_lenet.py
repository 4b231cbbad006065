"""LeNet: on torch's layers and on our own, the published counts, and what it refuses."""

import pytest
import torch
from torch import nn

from dlcourse.models.anatomy import layer_table, totals
from dlcourse.models.lenet import C3, LeNet5, lenet5_1998, simple_network
from dlcourse.models.lenet.original import (
    Distances,
    PartialConv2d,
    Squash,
    Subsampling,
)
from dlcourse.nn.convolution import Conv2d
from dlcourse.nn.pooling import AvgPool2d, MaxPool2d

from .family import learns_one_batch, parameters, unfilled

BUILDS = {
    "modern": LeNet5,
    "as the notes have it": lambda: LeNet5(pool=nn.AvgPool2d, activation=nn.Tanh),
    "1998": lenet5_1998,
}


# worked examples


def test_the_squashing_keeps_one():
    x = torch.tensor([-1.0, 0.0, 1.0])
    torch.testing.assert_close(Squash()(x), x, atol=1e-4, rtol=0)
    assert Squash()(torch.tensor([99.0])).item() == pytest.approx(1.7159)


def test_subsampling_adds_up_and_scales():
    layer, x = Subsampling(1), torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    assert layer(x).item() == 2.5
    with torch.no_grad():
        layer.weight.fill_(2)
        layer.bias.fill_(-1)
    assert layer(x).item() == 19


def test_a_partial_convolution_reads_its_maps_only():
    layer, x = PartialConv2d(((0, 2), (1,)), 1), torch.randn(1, 3, 2, 2)
    with torch.no_grad():
        layer.weight.fill_(1)
    expected = torch.stack([x[:, 0] + x[:, 2], x[:, 1]], dim=1)
    torch.testing.assert_close(layer(x), expected)


def test_the_nearest_code_wins():
    layer = Distances(84, 10)
    assert set(layer.codes.unique().tolist()) == {-1.0, 1.0}
    answer = layer(layer.codes)
    assert torch.equal(answer.argmax(dim=1), torch.arange(10))
    assert torch.equal(answer.diagonal(), torch.zeros(10))
    differing = (layer.codes[0] != layer.codes[1]).sum()
    assert answer[0, 1] == -4 * differing


def test_the_table_of_c3():
    assert [len(maps) for maps in C3] == [3] * 6 + [4] * 9 + [6]
    assert len(set(C3)) == 16
    readers = [sum(i in maps for maps in C3) for i in range(6)]
    assert readers == [10] * 6  # every map of S2 is read equally often


# counts

PUBLISHED = {"modern": 61_706, "as the notes have it": 61_706, "1998": 60_000}


@pytest.mark.parametrize("name", BUILDS)
def test_published_parameters(name):
    assert parameters(BUILDS[name]) == PUBLISHED[name]


def test_multiply_adds():
    with torch.device("meta"):
        x = torch.empty(1, 1, 32, 32)
    assert totals(unfilled(LeNet5), x)[1:] == (416_520, 6 * 784 + 1600 + 214, 5)
    # The missing kernels of C3 are multiplied as zeros; the output multiplies nothing.
    assert totals(unfilled(lenet5_1998), x).multiply_adds == 416_520 - 840


def test_parameters_of_the_paper_layer_by_layer():
    model = unfilled(lenet5_1998)
    counted = {
        name: sum(p.numel() for p in getattr(model, name).parameters())
        for name in ("c1", "s2", "c3", "s4", "c5", "f6", "output")
    }
    assert list(counted.values()) == [156, 12, 1_516, 32, 48_120, 10_164, 0]


def test_the_simple_network():
    with torch.device("meta"):
        rows = layer_table(simple_network(), torch.empty(1, 3, 39, 39))
    table = [(row.shape, row.parameters) for row in rows if row.parameters]
    assert table == [
        ((10, 37, 37), 280),
        ((20, 17, 17), 5_020),
        ((40, 7, 7), 20_040),
        ((1,), 1_961),
    ]


def test_shapes():
    with torch.device("meta"):
        rows = layer_table(LeNet5(in_channels=3), torch.empty(1, 3, 32, 32))
    shapes = {row.name: row.shape for row in rows}
    assert (shapes["conv1"], shapes["pool1"]) == ((6, 28, 28), (6, 14, 14))
    assert (shapes["conv2"], shapes["pool2"]) == ((16, 10, 10), (16, 5, 5))
    assert sum(row.parameters for row in rows) == 62_006


# our own layers in place of torch's

POOLS = {"max": (MaxPool2d, nn.MaxPool2d), "mean": (AvgPool2d, nn.AvgPool2d)}


@pytest.mark.parametrize("name", POOLS)
def test_own_layers_give_the_same_values_and_gradients(name):
    own, theirs = POOLS[name]
    ours = LeNet5(conv=Conv2d, pool=own).double()
    other = LeNet5(pool=theirs).double()
    other.load_state_dict(ours.state_dict())
    ours.load_state_dict(other.state_dict())
    x = torch.randn(3, 1, 32, 32, dtype=torch.float64)
    torch.testing.assert_close(ours(x), other(x), rtol=1e-10, atol=1e-10)
    for model in (ours, other):
        model(x).square().sum().backward()
    for p, q in zip(ours.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(p.grad, q.grad, rtol=1e-10, atol=1e-10)


def test_own_layers_cost_the_same():
    x = torch.rand(1, 1, 32, 32)
    assert totals(LeNet5(conv=Conv2d, pool=MaxPool2d), x) == totals(LeNet5(), x)


def test_at_32_pixels_c5_is_dense():
    model = lenet5_1998()
    x = torch.randn(2, 16, 5, 5)
    dense = x.flatten(1) @ model.c5.weight.flatten(1).T + model.c5.bias
    torch.testing.assert_close(model.c5(x).flatten(1), dense)


# learning and refusing


@pytest.mark.parametrize("name", BUILDS)
def test_learns_one_batch(name):
    x = torch.randn(4, 1, 32, 32)
    learns_one_batch(BUILDS[name], x, rate=1e-2, steps=120)


def test_equal_seeds_give_equal_weights():
    def first(seed):
        return lenet5_1998(generator=torch.Generator().manual_seed(seed)).c1.weight

    assert torch.equal(first(3), first(3))
    assert not torch.equal(first(3), first(4))
    assert first(3).abs().max() <= 2.4 / 25
    c3 = lenet5_1998().c3.weight
    assert 2.4 / 100 < c3[0].abs().max() <= 2.4 / 75  # of a map that reads three
    assert 2.4 / 200 < c3[-1].abs().max() <= 2.4 / 150  # of the map that reads all


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("build", [LeNet5, lenet5_1998])
def test_other_sides_are_refused(build):
    with pytest.raises(
        ValueError, match="the images have 28x28 pixels; LeNet-5 reads 32x32"
    ):
        build()(torch.ones(1, 1, 28, 28))
