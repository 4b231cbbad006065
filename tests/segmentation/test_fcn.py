"""FCN: grids, transposed convolutions and networks, against torch and the published numbers."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import conv_transpose2d, cross_entropy, interpolate

from dlcourse.models.vgg import (
    SIDE,
    VGG,
    convolutional_head,
    convolutions,
    fully_connected,
    fully_convolutional,
    vgg16,
)
from dlcourse.segmentation._fit import judged
from dlcourse.segmentation.fcn import (
    Grid,
    align,
    bilinear_kernel,
    fcn_vgg16,
    small,
    small_pretrained,
    upsampler,
)
from dlcourse.segmentation.fcn.grid import crop
from dlcourse.segmentation.fcn.small import CHECKSUMS, FILES
from dlcourse.segmentation.fcn.vgg import vgg_grids

STRIDES = (32, 16, 8)
EVERY_STRIDE = pytest.mark.parametrize("stride", STRIDES)


def doll() -> VGG:
    """A VGG-16 of few channels, with a head for maps of 7x7 cells."""
    widths = (4, 4, 6, 8, 8)
    features = convolutions((2, 2, 3, 3, 3), widths)
    return VGG(features, fully_connected(8 * SIDE**2, 12, 5)).double().eval()


# by hand


def test_a_line_between_two_cells_by_hand():
    up = upsampler(1, 2, padding=1)
    out = up(torch.tensor([[[[0.0, 4.0], [0.0, 4.0]]]]))
    assert out[0, 0, 1].tolist() == [0, 1, 3, 3]  # 4 at the border is thinned by 3/4
    assert bilinear_kernel(3)[2].tolist() == pytest.approx(
        [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3]
    )
    assert bilinear_kernel(1).tolist() == [[1.0]]


def test_the_published_crops_by_hand():
    """The authors' networks cut by 19; by 5 and 27; by 5, 9 and 31 pixels."""
    third, fourth, head = vgg_grids()
    assert [third.step, fourth.step, head.step] == [8, 16, 32]
    assert -head.back(64, 32).start == 19
    twice = head.back(4, 2)
    assert (twice.start - fourth.start) / 16 == 5
    assert -twice.back(32, 16).start == 27
    again = twice.back(4, 2)
    assert (again.start - third.start) / 8 == 9
    assert -again.back(16, 8).start == 31


# against torch


@pytest.mark.parametrize("factor", [1, 2, 3, 5, 8, 32])
def test_inside_it_is_bilinear_interpolation(factor):
    padding = (factor - factor % 2) // 2
    up = upsampler(3, factor, padding).double()
    for h, w in ((4, 5), (3, 7)):
        x = torch.randn(2, 3, h, w, dtype=torch.float64)
        mine = up(x)
        wanted = interpolate(
            x, scale_factor=factor, mode="bilinear", align_corners=False
        )
        assert mine.shape == wanted.shape
        inner = (
            ...,
            slice(padding, -padding or None),
            slice(padding, -padding or None),
        )
        torch.testing.assert_close(mine[inner], wanted[inner], rtol=0, atol=1e-6)
        # Divided by what of the kernel found a cell, it is so everywhere.
        torch.testing.assert_close(mine / up(torch.ones_like(x)), wanted)
        if factor > 1:
            assert not torch.allclose(mine, wanted)


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_gradients_are_those_of_interpolation(factor):
    """With the border divided away, on 50 drawn maps."""
    up = upsampler(2, factor, (factor - factor % 2) // 2).double()
    for seed in range(50):
        source = torch.Generator().manual_seed(seed)
        h, w = torch.randint(1, 6, (2,), generator=source).tolist()
        x = torch.randn(1, 2, h, w, dtype=torch.float64, generator=source).round()
        x.requires_grad_()
        mine = up(x) / up(torch.ones_like(x)).detach()
        wanted = interpolate(x, scale_factor=factor, mode="bilinear")
        weights = torch.randn(mine.shape, dtype=torch.float64, generator=source)
        gradients = [torch.autograd.grad(y, x, weights)[0] for y in (mine, wanted)]
        torch.testing.assert_close(*gradients)


def test_channels_do_not_mix_and_the_weights_are_torchs():
    up = upsampler(3, 4)
    x = torch.randn(1, 3, 2, 2)
    kernel = bilinear_kernel(4)[None, None]
    each = [conv_transpose2d(x[:, n : n + 1], kernel, stride=4) for n in range(3)]
    torch.testing.assert_close(up(x), torch.cat(each, dim=1))
    plain = nn.ConvTranspose2d(3, 3, 8, 4, groups=3, bias=False)
    plain.load_state_dict(up.state_dict())
    torch.testing.assert_close(plain(x), up(x))
    assert not upsampler(3, 4, learned=False).weight.requires_grad


def test_a_head_of_convolutions_scores_each_window_as_the_dense_head_does():
    model = doll()
    dense = fully_convolutional(model)
    x = torch.randn(2, 3, 256, 288, dtype=torch.float64)
    maps = model.features(x)  # 8 x 9 cells
    scores = dense(x)
    assert scores.shape == (2, 5, 2, 3)
    for row in range(2):
        for column in range(3):
            window = maps[..., row : row + SIDE, column : column + SIDE]
            wanted = model.classifier(window.flatten(1))
            torch.testing.assert_close(scores[..., row, column], wanted)
    one = torch.randn(1, 3, 224, 224, dtype=torch.float64)
    torch.testing.assert_close(dense(one)[..., 0, 0], model(one))


@EVERY_STRIDE
def test_state_dicts_go_both_ways(stride):
    one, other = small(stride), small(stride)
    other.load_state_dict(one.state_dict())
    x = torch.rand(1, 3, 32, 32)
    assert one.eval()(x).equal(other.eval()(x))


# where things stand


def measured(layers: nn.Module, x: torch.Tensor, cell: int) -> float:
    """Find the middle of the pixels that one cell of the result depends on."""
    x = x.clone().requires_grad_()
    layers(x)[0, 0, cell, cell].backward()
    rows = x.grad[0].abs().sum(dim=(0, 2)).nonzero()
    return (rows.min().item() + rows.max().item()) / 2


def test_grids_are_the_middles_of_receptive_fields():
    """Averages in place of maxima, so that every pixel of a window counts."""
    layers = nn.Sequential(
        nn.Conv2d(1, 1, 3, padding=2),
        nn.AvgPool2d(2, 2),
        nn.Conv2d(1, 1, 5, stride=2, padding=1),
        nn.AvgPool2d(3, 2, padding=1),
    ).double()
    grid = Grid().through(3, padding=2).through(2, 2).through(5, 2, 1).through(3, 2, 1)
    x = torch.rand(1, 1, 90, 90, dtype=torch.float64)
    for cell in (3, 5):
        assert measured(layers, x, cell) == grid.start + grid.step * cell


@EVERY_STRIDE
def test_a_cell_is_painted_around_its_place(stride):
    """One cell of the coarsest map that scores, and the middle of what it paints."""
    model = small(stride).eval()
    for parameter in model.head.parameters():
        nn.init.zeros_(parameter)
    model.head.register_forward_hook(lambda *_: _one_cell())
    nn.init.ones_(model.scores[-1].weight)
    painted = model(torch.zeros(1, 3, 160, 160))[0, 0]
    rows = torch.arange(160.0)
    middle = (painted.sum(dim=1) * rows).sum() / painted.sum()
    assert middle.item() == pytest.approx(2 * 32 + 15.5)


def _one_cell() -> torch.Tensor:
    maps = torch.zeros(1, 128, 5, 5)
    maps[0, 0, 2, 2] = 1
    return maps


def test_aligned_maps_look_at_the_same_places():
    column = torch.arange(12.0).expand(12, 12)
    one_grid, other_grid = Grid(2.0, -3.0), Grid(2.0, 1.0)
    one = (one_grid.start + one_grid.step * column)[None, None]
    other = (other_grid.start + other_grid.step * column)[None, None]
    first, second, grid = align(one, one_grid, other, other_grid)
    assert first.equal(second)
    assert first[0, 0, 0, 0] == grid.start == 1
    back = align(other, other_grid, one, one_grid)
    assert back[0].equal(second)
    assert back[2] == grid


# networks


@EVERY_STRIDE
def test_any_size_of_picture(stride):
    paper, ours = fcn_vgg16(doll(), 3, stride).double(), small(stride).double().eval()
    for h, w in ((1, 1), (33, 70), (17, 96), (64, 64), (31, 65)):
        x = torch.rand(1, 3, h, w, dtype=torch.float64)
        assert ours(x).shape == (1, 6, h, w)
        assert paper(x).shape == (1, 3, h, w)


@pytest.mark.parametrize(
    ("stride", "learned", "fixed"),
    [(32, 134_346_581, 86_016), (16, 134_357_690, 21_504), (8, 134_363_423, 5_376)],
)
def test_parameters_of_the_papers_networks(stride, learned, fixed):
    """The paper says 134M; the last enlargement is bilinear and not learned."""
    with torch.device("meta"):
        model = fcn_vgg16(vgg16(), stride=stride)
        assert model(torch.zeros(1, 3, 500, 334)).shape == (1, 21, 500, 334)
    counts = {True: 0, False: 0}
    for parameter in model.parameters():
        counts[parameter.requires_grad] += parameter.numel()
    assert counts == {True: learned, False: fixed}


def test_the_classifier_keeps_its_weights():
    model = doll()
    dense = fcn_vgg16(model, 3)
    first, fc6 = dense.stages[0][0], dense.head[0]
    assert first.weight is model.features.conv1_1.weight
    assert fc6.weight.data_ptr() == model.classifier[0].weight.data_ptr()
    head = list(convolutional_head(model.classifier))
    assert len(dense.head) == len(head) - 1


@EVERY_STRIDE
def test_at_first_nothing_is_known_and_finer_maps_change_nothing(stride):
    """With only the coarsest map scored, the others' features make no difference."""
    model, x = small(stride).eval(), torch.rand(1, 3, 64, 64)
    assert model(x).abs().max() == 0
    nn.init.normal_(model.scores[-1].weight)
    before = model(x)
    model.stages[4].register_forward_hook(_keep(model, x))
    model.stages[3].register_forward_hook(lambda _, __, out: out + 1)
    assert model(x).equal(before)
    assert before.abs().max() > 0


def _keep(model: nn.Module, x: torch.Tensor):
    """Answer of the last stage as it is now, whatever comes in."""
    for stage in model.stages:
        x = stage(x)
    return lambda *_: x


@EVERY_STRIDE
def test_a_gradient_reaches_every_parameter_that_learns(stride):
    model = small(stride)
    for score in model.scores:
        nn.init.normal_(score.weight)
    target = torch.randint(6, (2, 40, 48))
    cross_entropy(model(torch.rand(2, 3, 40, 48)), target).backward()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad.abs().sum() > 0, name
        else:
            assert name == "enlarge.weight"
            assert parameter.grad is None


def test_it_learns_one_batch():
    """Two halves of a picture, whose edge lies on no block of eight."""
    picture = torch.zeros(2, 3, 32, 32)
    picture[0, ..., 13:], picture[1, :, 21:] = 1, 1
    target = picture[:, 0].long()
    model = small(8)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(25):
        optimizer.zero_grad()
        loss = cross_entropy(model(picture), target)
        loss.backward()
        optimizer.step()
    assert loss < 0.15
    assert (model(picture).argmax(dim=1) == target).float().mean() > 0.95


# refusals


def test_an_unknown_stride_and_an_empty_kernel_are_refused():
    with pytest.raises(ValueError, match=r"stride \(4\) must be one of \(8, 16, 32\)"):
        small(4)
    with pytest.raises(ValueError, match=r"factor \(0\) must be at least 1"):
        bilinear_kernel(0)


def test_grids_that_do_not_meet_are_refused():
    x = torch.zeros(1, 1, 4, 4)
    with pytest.raises(ValueError, match="do not meet"):
        align(x, Grid(), x, Grid(start=0.5))
    with pytest.raises(ValueError, match="do not meet"):
        align(x, Grid(), x, Grid(step=2.0))
    with pytest.raises(ValueError, match="a map of 4x4 cells has no piece of -1x-1"):
        align(x, Grid(), x, Grid(start=5.0))
    with pytest.raises(ValueError, match="no piece of 3x3 at 2"):
        crop(x, 2, 3, 3)


# what was shipped


@EVERY_STRIDE
def test_shipped_weights_load_and_are_refused_if_changed(stride, tmp_path, monkeypatch):
    assert not small_pretrained(stride).training
    assert FILES[stride].stat().st_size < 1_100_000
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(FILES[stride].read_bytes()[:-1] + b"?")
    monkeypatch.setitem(FILES, stride, broken)
    with pytest.raises(ValueError, match="is not the file that was shipped"):
        small_pretrained(stride)


def test_the_log_tells_of_the_files_that_are_shipped():
    log = (FILES[8].parent / "compare.log").read_text()
    for stride in STRIDES:
        assert f"FCN-{stride}s   checksum   {CHECKSUMS[stride]}" in log


def test_the_shipped_networks_are_as_good_as_the_log_says(as_in_use):
    from dlcourse.data.masks import class_maps
    from dlcourse.data.scenes import scenes

    test = scenes(200, 64, split="test", seed=1)
    log = (FILES[8].parent / "compare.log").read_text().splitlines()
    for stride in (32, 8):
        [line] = [x for x in log if x.startswith(f"FCN-{stride}s   seed 0")]
        told = float(line.split("mean IoU ")[1].split()[0])
        value = judged(small_pretrained(stride), test.images, class_maps(test))
        assert value == pytest.approx(told, abs=5e-3)  # half precision, another machine


# what always holds


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 7), st.integers(1, 4), st.integers(0, 3))
def test_back_undoes_through(kernel, stride, padding):
    grid = Grid(2.0, 0.5)
    there = grid.through(kernel, stride, padding).back(kernel, stride, padding)
    assert there.step == pytest.approx(grid.step)
    assert there.start == pytest.approx(grid.start)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12))
def test_each_cell_gives_away_as_much_as_the_map_grows(factor):
    kernel = bilinear_kernel(factor)
    assert kernel.sum().item() == pytest.approx(factor**2, rel=1e-5)
    assert kernel.equal(kernel.T)
    assert np.isclose(kernel.max().item(), 1 if factor % 2 else (1 - 0.5 / factor) ** 2)
    assert math.isfinite(kernel.min().item())
