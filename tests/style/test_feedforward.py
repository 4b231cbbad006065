"""Feed-forward style: by hand, against the losses of pixels, refusals, the shipped network."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import conv2d, pad

from dlcourse.data.photos import photo
from dlcourse.style.feedforward import (
    PerceptualLoss,
    ReflectionConv2d,
    Residual,
    TransformationNet,
    Upsampling,
    crops,
    fit,
    kernel_overlap,
    painting_style,
    small,
    small_pretrained,
)
from dlcourse.style.feedforward.small import WEIGHTS, loss_of_style
from dlcourse.style.gatys import Cost
from dlcourse.training import fixed_seed, generator


def drawn(seed, *shape):
    return torch.rand(*shape, generator=generator(seed), dtype=torch.float64)


# convolution


def test_a_convolution_reads_a_mirror_beyond_the_edge():
    for seed in range(50):
        with fixed_seed(seed):
            layer = ReflectionConv2d(3, 2, 1 + 2 * (seed % 4), 1 + seed % 2).double()
        x = drawn(seed, 2, 3, 5 + seed % 6, 5 + seed % 5)
        half = layer.kernel_size[0] // 2
        padded = pad(x, (half,) * 4, mode="reflect")
        expected = conv2d(padded, layer.weight, layer.bias, layer.stride)
        torch.testing.assert_close(layer(x), expected)


def test_an_overlap_is_counted_by_the_windows():
    for cells in (1, 2, 5):
        for kernel_size in range(1, 6):
            for stride in range(1, 5):
                counts = [0] * ((cells - 1) * stride + kernel_size)
                for cell in range(cells):
                    for place in range(kernel_size):
                        counts[cell * stride + place] += 1
                assert kernel_overlap(cells, kernel_size, stride).tolist() == counts


@given(st.integers(1, 5), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_a_stride_that_divides_the_kernel_writes_evenly(times, stride):
    counts = kernel_overlap(9, times * stride, stride)
    inner = counts[(times - 1) * stride : len(counts) - (times - 1) * stride]
    assert inner.unique().tolist() == [times]


def test_both_ways_double_the_sides():
    x = drawn(0, 1, 4, 5, 7).float()
    for how in ("nearest", "transposed"):
        assert Upsampling(4, 2, how)(x).shape == (1, 2, 10, 14)


def test_of_flat_maps_only_the_transposed_makes_a_checkerboard():
    flat = torch.ones(1, 4, 6, 6, dtype=torch.float64)
    with fixed_seed(0):
        copied, transposed = (
            Upsampling(4, 2, how).double()(flat) for how in ("nearest", "transposed")
        )
    torch.testing.assert_close(copied, copied[..., :1, :1].expand_as(copied))
    inner = transposed[:, :, 2:-2, 2:-2]
    for row in (0, 1):
        for column in (0, 1):
            assert inner[0, 0, row::2, column::2].std() < 1e-12
    assert inner[0, 0, :2, :2].std() > 1e-2


def test_convolutions_refuse(as_in_use):
    with pytest.raises(ValueError, match=r"kernel_size \(4\) must be odd"):
        ReflectionConv2d(3, 3, 4)
    with pytest.raises(ValueError, match='how is "bilinear"; say "nearest" or'):
        Upsampling(3, 3, "bilinear")
    with pytest.raises(ValueError, match=r"and stride \(0\) must be at least 1"):
        kernel_overlap(3, 3, 0)


# the network


@pytest.mark.parametrize("upsampling", ["nearest", "transposed"])
def test_a_painting_has_the_size_of_its_picture(upsampling):
    model = TransformationNet(2, 1, upsampling=upsampling).eval()
    for h in range(16, 25):
        for w in (16, 19, 22, 33):
            painted = model(torch.rand(1, 3, h, w, generator=generator(0)))
            assert painted.shape == (1, 3, h, w)
            assert 0 <= painted.min() <= painted.max() <= 1


def test_parameters_as_in_the_example_of_pytorch():
    assert sum(p.numel() for p in TransformationNet().parameters()) == 1_679_235
    kinds = [type(m) for m in TransformationNet().modules()]
    assert kinds.count(ReflectionConv2d) == 16
    assert kinds.count(nn.InstanceNorm2d) == 15


def test_a_residual_of_nothing_is_the_picture():
    block = Residual(3)
    nn.init.zeros_(block.norm2.weight)
    x = torch.rand(1, 3, 6, 5, generator=generator(0))
    assert torch.equal(block(x), x)


@given(st.floats(0.2, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=10, deadline=None)
def test_contrast_does_not_matter_to_instances(contrast, share):
    """Scaled and shifted in all colours alike, a picture is painted as before."""
    with fixed_seed(0):
        model = TransformationNet(4, 1).double().eval()
    x = drawn(1, 1, 3, 20, 24)
    other = contrast * x + share * (1 - contrast)
    before = model(x)
    assert (model(other) - before).abs().max() < 0.02 * before.std()


def test_contrast_matters_to_the_batch():
    with fixed_seed(0):
        model = TransformationNet(4, 1, norm=nn.BatchNorm2d).double()
    x = drawn(1, 2, 3, 20, 24)
    model(x)  # learns mean and variance
    before = model.eval()(x)
    assert (model(0.3 * x) - before).abs().max() > 0.2 * before.std()


def test_a_painting_does_not_depend_on_its_batch():
    with fixed_seed(0):
        model = TransformationNet(4, 1).double().train()
    x = drawn(2, 3, 3, 16, 16)
    torch.testing.assert_close(model(x)[1:2], model(x[1:2]))


def test_small_pictures_are_refused(as_in_use):
    with pytest.raises(ValueError, match="images of 15x40 pixels are too small"):
        TransformationNet(2, 1)(torch.zeros(1, 3, 15, 40))


# the loss


def test_the_loss_is_the_cost_of_pixels():
    """For one image, what gatys descends, in value and gradient."""
    style, content = drawn(0, 3, 12, 10), drawn(1, 3, 14, 16)
    layers = ["pixels", "pixels/2"]
    for seed in range(20):
        painting = drawn(2 + seed, 1, 3, 14, 16).requires_grad_()
        ours = PerceptualLoss(style, None, "pixels", layers, 0.3, 0.1)
        theirs = Cost(content, style, None, "pixels", layers, 0.3, 1.0, 0.1)
        found = ours(painting, content[None])
        expected = theirs(painting)
        for name, value in expected.items():
            torch.testing.assert_close(found[name], value)
        slopes = [
            torch.autograd.grad(each["total"], painting)[0]
            for each in (found, expected)
        ]
        torch.testing.assert_close(*slopes, rtol=0, atol=1e-10)


def test_the_style_itself_costs_no_style():
    style = drawn(0, 3, 8, 8)
    loss = PerceptualLoss(style, None, "pixels", ["pixels"])
    assert loss(style[None], drawn(1, 1, 3, 8, 8))["style"] < 1e-20


def test_pictures_of_other_sizes_are_refused(as_in_use):
    loss = PerceptualLoss(drawn(0, 3, 8, 8), None, "pixels", ["pixels"])
    with pytest.raises(ValueError, match="content is compared place by place"):
        loss(drawn(0, 1, 3, 8, 8), drawn(0, 1, 3, 8, 9))


# fitting


def test_crops_are_parts_of_the_pictures():
    pictures = [torch.full((3, 9, 12), float(n)) for n in range(4)]
    cut = crops(pictures, 30, 7, generator(0))
    assert cut.shape == (30, 3, 7, 7)
    assert set(cut[:, 0, 0, 0].tolist()) == {0.0, 1.0, 2.0, 3.0}
    assert (cut == cut[:, :1, :1, :1]).all()


def test_a_network_learns_the_colours_of_a_style():
    style = torch.tensor([0.9, 0.5, 0.1])[:, None, None].expand(3, 16, 16)
    loss = PerceptualLoss(style, None, "pixels", ["pixels"], 0.0, 0.0)
    pictures = [photo("cat", height=32), photo("china", height=32)]
    with fixed_seed(0):
        model = TransformationNet(2, 1)
    history = fit(
        model, loss, pictures, 30, size=2, side=16, lr=0.03, generator=generator(0)
    )
    assert len(history) == 30
    assert history[-1]["style"] < 0.05 * history[0]["style"]
    assert not model.training


def test_a_gradient_reaches_every_parameter():
    with fixed_seed(0):
        model = TransformationNet(2, 1)
    loss = PerceptualLoss(painting_style(), None, "pixels", ["pixels"])
    x = torch.rand(1, 3, 16, 16, generator=generator(0))
    loss(model(x), x)["total"].backward()
    for name, parameter in model.named_parameters():
        # A bias before a normalization of the same channel is subtracted again.
        assert parameter.grad is not None, name
        if not name.endswith("bias"):
            assert parameter.grad.abs().sum() > 0, name


def test_a_loss_that_is_not_finite_stops_the_training():
    class Broken(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.tensor(torch.nan))

        def forward(self, x):
            return self.weight * x

    loss = PerceptualLoss(painting_style(), None, "pixels", ["pixels"])
    with pytest.raises(FloatingPointError, match="not finite in step 0: lower lr"):
        fit(Broken(), loss, [torch.rand(3, 20, 20)], 2, side=16, generator=generator(0))


# what is shipped


def test_the_shipped_network_paints_as_its_log_says():
    lines = WEIGHTS.with_suffix(".log").read_text().splitlines()
    last = [line for line in lines if line.startswith("InstanceNorm2d")][-1].split()
    style, content = (
        float(last[last.index(name) + 1]) for name in ("style", "content")
    )
    model, loss = small_pretrained(), loss_of_style()
    pictures = [photo("china", height=128), photo("coffee", height=128)]
    images = crops(pictures, 4, 96, generator(0))
    with torch.no_grad():
        untouched, painted = loss(images, images), loss(model(images), images)
    assert untouched["style"] > 0.8
    assert painted["style"] < 2 * style
    assert painted["content"] < 1.5 * content
    assert sum(p.numel() for p in small().parameters()) == 157_395
