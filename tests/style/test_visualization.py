"""Visualization: by hand, against autograd, refusals, and what the shipped network shows."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from dlcourse.data.photos import PHOTOS, photo
from dlcourse.nn.padding import reached
from dlcourse.style import _pretrain
from dlcourse.style._network import (
    ACCURACY,
    WEIGHTS,
    Network,
    activations,
    network_pretrained,
)
from dlcourse.style.visualization import (
    RULES,
    blurred,
    carried_back,
    class_activation_map,
    deconvolution,
    forward_steps,
    grad_cam,
    input_gradient,
    kernel_pictures,
    layer_field,
    maximise,
    saliency,
    top_patches,
)
from dlcourse.training import fixed_seed, generator

SEEDS = pytest.mark.parametrize("start", range(0, 200, 50))
LAYERS = list(Network(2, (1, 1, 1)).layers)
RELUS = [name for name in LAYERS if name.startswith("relu")]


def tiny(seed, classes=5):
    """Draw a network of few channels; every third has whole weights, so that maxima tie."""
    with fixed_seed(seed):
        model = Network(classes, (3, 4, 5)).double().eval()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 2)
                module.weight.data.uniform_(-0.5, 1.5)
                module.bias.data.normal_(0, 0.3)
            elif isinstance(module, nn.Conv2d) and seed % 3 == 0:
                module.weight.data = (8 * module.weight.data).round()
    return model


def drawn_image(seed, batch=None):
    """Draw a picture of any size, every third of few values."""
    source = generator(seed)
    h, w = torch.randint(4, 15, (2,), generator=source).tolist()
    shape = (3, h, w) if batch is None else (batch, 3, h, w)
    image = torch.rand(shape, generator=source, dtype=torch.float64)
    return (2 * image).round() / 2 if seed % 3 == 0 else image


@pytest.fixture(scope="module")
def trained():
    return network_pretrained().requires_grad_(False)


# the network and its script


def test_layers_stop_at_the_last_that_is_asked_for():
    model = tiny(0)
    model.layers["conv2_1"].weight.data.fill_(torch.nan)
    maps = activations(model, torch.rand(1, 3, 8, 8).double(), ["relu1_2", "conv1_1"])
    assert list(maps) == ["relu1_2", "conv1_1"]
    assert maps["relu1_2"].isfinite().all()


@SEEDS
def test_the_last_activation_leads_to_the_logits(start):
    for seed in range(start, start + 50):
        model, images = tiny(seed), drawn_image(seed, batch=2)
        last = activations(model, images, ["relu3_2"])["relu3_2"]
        torch.testing.assert_close(model.fc(last.mean(dim=(2, 3))), model(images))


def test_an_unknown_layer_is_refused(as_in_use):
    with pytest.raises(KeyError, match='no layer is called "relu9_1"; there are conv1'):
        activations(Network(), torch.zeros(1, 3, 8, 8), ["relu9_1"])


def test_what_is_shipped_is_what_the_log_says(trained):
    log = WEIGHTS.with_suffix(".log").read_text()
    assert f"accuracy   {ACCURACY}" in log
    images, labels = _pretrain.patches(20, "test", generator(_pretrain.SEED + 2))
    # Other patches and fewer of them; the standard error is 0.026.
    assert abs(_pretrain.accuracy(trained, images, labels) - ACCURACY) < 0.08


def test_patches_of_training_and_test_are_of_different_columns():
    picture = torch.arange(32.0).expand(3, 8, 32)
    (test, _), *_ = _pretrain._parts(picture, "test")
    parts = _pretrain._parts(picture, "train")
    seen = {int(x) for part, _ in parts for x in part.unique()}
    assert {int(x) for x in test.unique()} == set(range(16, 24))
    assert seen == set(range(32)) - set(range(16, 24))
    with pytest.raises(ValueError, match='split is "all"; say "train" or "test"'):
        _pretrain.patches(2, "all", generator(0))


def test_the_network_learns_one_batch():
    images = torch.rand(13, 3, 16, 16, generator=generator(0))
    labels = torch.arange(13)
    with fixed_seed(0):
        model = Network(widths=(8, 16, 32))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(25):
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.1
    assert all(p.grad.abs().sum() > 0 for p in model.parameters())


# kernels


def test_a_kernel_keeps_its_zero_and_its_sign():
    weight = torch.tensor([[1.0, -3.0], [0.0, 0.5]]).view(2, 1, 1, 2).expand(2, 3, 1, 2)
    pictures = kernel_pictures(weight)
    assert pictures[0, 0, 0].tolist() == pytest.approx([0.5 + 1 / 6, 0.0])
    assert pictures[1, 0, 0].tolist() == [0.5, 1.0]
    with pytest.raises(ValueError, match="kernel 1 is zero, or not a number"):
        kernel_pictures(torch.stack([torch.ones(3, 2, 2), torch.zeros(3, 2, 2)]))


@given(st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_a_kernels_scale_does_not_show(scale):
    weight = torch.randn(2, 3, 5, 5, generator=generator(0), dtype=torch.float64)
    torch.testing.assert_close(kernel_pictures(scale * weight), kernel_pictures(weight))


# patches


@pytest.mark.parametrize("layer", LAYERS)
def test_the_field_is_what_the_gradient_reaches(layer):
    model = tiny(1)
    field = layer_field(model, layer)

    def network(x):
        return activations(model, x, [layer])[layer]

    image = torch.rand(6, 3, 60, 60, generator=generator(0), dtype=torch.float64)
    place = 30 // field.jump
    seen = reached(network, image, [place, place]).any(dim=0).nonzero().flatten()
    cells = field.cells(place)
    assert cells[0] <= seen[0]
    assert seen[-1] <= cells[-1]
    if "conv" in layer:  # a shut ReLU or a lost maximum hides some of it
        assert field.size - len(seen) <= 4


def test_an_answer_depends_on_its_patch_alone(trained):
    """Cut out, and laid on black or noise, what lies at the place answers as before."""
    cat = photo("cat", height=96)
    source = generator(0)
    for layer, channel in (("relu1_2", 3), ("relu2_2", 5), ("relu3_1", 7)):
        field = layer_field(trained, layer)
        for patch in top_patches(trained, [cat], layer, channel, each=2):
            other = torch.rand(cat.shape, generator=source)
            rows, columns = (field.cells(p) for p in patch.place)
            inside = (
                slice(max(0, rows[0]), rows[-1] + 1),
                slice(max(0, columns[0]), columns[-1] + 1),
            )
            other[:, *inside] = cat[:, *inside]
            answer = activations(trained, other[None], [layer])[layer]
            assert answer[0, channel, *patch.place].item() == pytest.approx(
                patch.answer, rel=1e-4
            )


def test_the_first_patch_holds_the_largest_answer(trained):
    pictures = [photo(name, height=64) for name in ("china", "cat", "flower")]
    maps = [activations(trained, p[None], ["relu2_1"])["relu2_1"] for p in pictures]
    for channel in range(0, 64, 8):
        found = top_patches(trained, pictures, "relu2_1", channel, count=5, each=3)
        largest = max(m[0, channel].max().item() for m in maps)
        if largest == 0:
            assert not found
            continue
        assert found[0].answer == largest
        answers = [patch.answer for patch in found]
        assert answers == sorted(answers, reverse=True)
        for one in found:
            value = maps[one.picture][0, channel, *one.place].item()
            assert value == one.answer > 0
            assert one.image.shape == (3, 14, 14)


def test_two_patches_of_a_picture_do_not_overlap(trained):
    cat = photo("cat", height=96)
    field = layer_field(trained, "relu2_2")
    for channel in range(0, 64, 16):
        places = [
            p.place for p in top_patches(trained, [cat], "relu2_2", channel, each=6)
        ]
        for i, one in enumerate(places):
            for other in places[:i]:
                gaps = [
                    abs(a - b) * field.jump for a, b in zip(one, other, strict=True)
                ]
                assert max(gaps) >= field.size


def test_patches_refuse(as_in_use, trained):
    with pytest.raises(KeyError, match='no layer is called "relu4_1"'):
        layer_field(trained, "relu4_1")
    with pytest.raises(ValueError, match=r"channel \(32\) must be between 0 and 31"):
        top_patches(trained, [torch.zeros(3, 8, 8)], "relu1_1", 32)


# the way back


@SEEDS
def test_the_rule_gradient_is_autograds(start):
    for seed in range(start, start + 50):
        model, images = tiny(seed), drawn_image(seed, batch=2)
        layer = LAYERS[seed % len(LAYERS)]
        steps = forward_steps(model, images, layer)
        signal = torch.randn(
            steps[-1].left.shape, generator=generator(seed), dtype=torch.float64
        )
        leaf = images.clone().requires_grad_()
        answer = activations(model, leaf, [layer])[layer]
        torch.testing.assert_close(steps[-1].left, answer.detach())
        (expected,) = torch.autograd.grad((signal * answer).sum(), leaf)
        back = model.slope * carried_back(steps, signal)
        torch.testing.assert_close(back, expected, rtol=0, atol=1e-10)


class OtherRule(torch.autograd.Function):
    """A ReLU whose way back is not its gradient."""

    @staticmethod
    def forward(ctx, x, guided):
        ctx.save_for_backward(x)
        ctx.guided = guided
        return x.relu()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad.relu() * (x > 0) if ctx.guided else grad.relu(), None


@SEEDS
@pytest.mark.parametrize("rule", RULES[1:])
def test_the_other_rules_are_autograds_with_another_relu(rule, start):
    for seed in range(start, start + 50):
        model, image = tiny(seed), drawn_image(seed)
        layer = RELUS[seed % len(RELUS)]
        source = generator(seed)
        leaf = image.clone().requires_grad_()
        x = model.scaled(leaf[None])
        for name, module in model.layers.items():
            is_relu = isinstance(module, nn.ReLU)
            x = OtherRule.apply(x, rule == "guided") if is_relu else module(x)
            if name == layer:
                break
        channel, row, column = (
            int(torch.randint(n, (1,), generator=source)) for n in x.shape[1:]
        )
        value = x[0, channel, row, column]
        (expected,) = torch.autograd.grad(value * value.detach(), leaf)
        view = deconvolution(model, image, layer, channel, (row, column), rule)
        torch.testing.assert_close(view, expected, rtol=0, atol=1e-10)


def test_without_switches_a_maximum_goes_to_the_first_cell():
    model = Network(2, (1, 1, 1)).eval()
    steps = forward_steps(model, torch.rand(1, 3, 5, 7), "pool1")[-1:]
    signal = torch.tensor([[[[1.0, 2, 3], [4, 5, 6]]]])
    back = carried_back(steps, signal, switches=False)[0, 0]
    expected = torch.zeros(5, 7)
    expected[:4:2, :6:2] = signal[0, 0]
    assert torch.equal(back, expected)


def test_a_view_stays_within_the_field(trained):
    cat = photo("cat", height=64)
    (patch,) = top_patches(trained, [cat], "relu3_1", 4)
    view = deconvolution(trained, cat, "relu3_1", 4, patch.place)
    rows, columns = (layer_field(trained, "relu3_1").cells(p) for p in patch.place)
    seen = view.abs().sum(dim=0).nonzero()
    assert rows[0] <= seen[:, 0].min() <= seen[:, 0].max() <= rows[-1]
    assert columns[0] <= seen[:, 1].min() <= seen[:, 1].max() <= columns[-1]


def test_the_way_back_refuses(as_in_use):
    model = Network().eval()
    image = torch.zeros(3, 8, 8)
    steps = forward_steps(model, image[None], "relu2_1")
    with pytest.raises(ValueError, match='rule is "relu"; say one of gradient, deconv'):
        carried_back(steps, steps[-1].left, "relu")
    with pytest.raises(
        ValueError, match=r"signal has shape \(1, 3, 8, 8\), the answer"
    ):
        carried_back(steps, image[None])
    with pytest.raises(ValueError, match="the model is in training mode"):
        forward_steps(Network(), image[None], "relu2_1")
    with pytest.raises(KeyError, match='no layer is called "relu4_1"'):
        forward_steps(model, image[None], "relu4_1")
    with pytest.raises(IndexError, match=r"row \(4\) must be between 0 and 3"):
        deconvolution(model, image, "relu2_1", 0, (4, 0))


# saliency


@SEEDS
def test_the_gradient_of_a_logit(start):
    for seed in range(start, start + 50):
        model, image = tiny(seed), drawn_image(seed)
        label = seed % 5
        steps = forward_steps(model, image[None], "relu3_2")
        last = steps[-1].left
        signal = model.fc.weight[label, :, None, None] / last[0, 0].numel()
        expected = model.slope * carried_back(steps, signal.detach().expand_as(last))[0]
        slope = input_gradient(model, image, label)
        torch.testing.assert_close(slope, expected, rtol=0, atol=1e-10)
        assert torch.equal(saliency(model, image, label), slope.abs().amax(dim=0))
        assert not slope.requires_grad


def test_the_gradient_foretells_a_small_step():
    model, image = tiny(1), drawn_image(1)
    slope = input_gradient(model, image, 2)
    step = 1e-6 * slope / slope.norm()
    change = (model((image + step)[None]) - model((image - step)[None]))[0, 2] / 2e-6
    assert change.item() == pytest.approx(slope.norm().item(), rel=1e-5)


def test_saliency_refuses_a_label_that_is_none(as_in_use):
    with pytest.raises(ValueError, match=r"label \(5\) must be between 0 and 4"):
        saliency(tiny(0), drawn_image(0), 5)


# Grad-CAM


@SEEDS
def test_grad_cam_is_the_gradient_written_by_hand(start):
    """The gradient comes from the way back, and from the mean and the linear layer."""
    for seed in range(start, start + 50):
        model, image = tiny(seed), drawn_image(seed)
        label, layer = seed % 5, RELUS[seed % len(RELUS)]
        steps = forward_steps(model, image[None], "relu3_2")
        place = LAYERS.index(layer)
        last, maps = steps[-1].left, steps[place].left
        signal = model.fc.weight.detach()[label, :, None, None] / last[0, 0].numel()
        slope = signal.expand_as(last)
        if place < len(steps) - 1:
            slope = carried_back(steps[place + 1 :], slope)
        expected = torch.zeros(maps.shape[2:], dtype=torch.float64)
        for channel in range(maps.shape[1]):
            expected += slope[0, channel].mean() * maps[0, channel]
        cam = grad_cam(model, image, label, layer)
        torch.testing.assert_close(cam, expected.relu(), rtol=0, atol=1e-10)


@SEEDS
def test_at_the_last_layer_it_is_the_class_activation_map(start):
    for seed in range(start, start + 50):
        model, image = tiny(seed), drawn_image(seed)
        whole = class_activation_map(model, image, seed % 5)
        cam = grad_cam(model, image, seed % 5)
        torch.testing.assert_close(
            cam, whole.relu() / whole.numel(), rtol=0, atol=1e-10
        )
        logit = model(image[None])[0, seed % 5]
        torch.testing.assert_close(whole.mean() + model.fc.bias[seed % 5], logit)


def test_grad_cam_points_to_the_photograph_that_is_asked_for(trained):
    """Two photographs side by side: the map for each lies mostly on its half."""
    names = list(PHOTOS)
    cat, brick = (
        photo(name, height=96).expand(3, -1, -1)[:, :, :96] for name in ("cat", "brick")
    )
    both = torch.cat([cat, brick], dim=2)
    shares = []
    for name in ("cat", "brick"):
        cam = grad_cam(trained, both, names.index(name))
        shares.append((cam[:, : cam.shape[1] // 2].sum() / cam.sum()).item())
    assert shares[0] > 0.7 > 0.3 > shares[1]


def test_grad_cam_refuses(as_in_use):
    with pytest.raises(KeyError, match='no layer is called "fc"'):
        grad_cam(tiny(0), drawn_image(0), 0, "fc")
    for function in (grad_cam, class_activation_map):
        with pytest.raises(ValueError, match=r"label \(-1\) must be between 0 and 4"):
            function(tiny(0), drawn_image(0), -1)


# maximisation


def test_the_climb_ends_higher_than_it_began(trained):
    for layer, channel in (("norm2_2", 3), ("norm3_1", 5)):
        start = maximise(trained, layer, channel, 24, 0, generator=generator(0))
        end = maximise(trained, layer, channel, 24, 15, generator=generator(0))
        first, last = (
            activations(trained, x[None], [layer])[layer][0, channel].mean()
            for x in (start, end)
        )
        assert last > first + 0.5
        assert 0 <= end.min() <= end.max() <= 1


def test_blur_jitter_and_decay_make_it_smoother(trained):
    kwargs = {"side": 24, "steps": 15}
    plain = maximise(trained, "norm2_2", 3, **kwargs, generator=generator(0))
    smooth = maximise(
        *(trained, "norm2_2", 3), **kwargs, jitter=4, blur=0.5, decay=0.02,
        generator=generator(0),
    )  # fmt: skip
    rough, even = (x.diff(dim=2).abs().mean() / x.std() for x in (plain, smooth))
    assert even < 0.7 * rough


@given(st.floats(0.2, 2.0), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_a_blur_keeps_flat_colour_and_the_range(deviation, seed):
    images = torch.rand(1, 3, 7, 6, generator=generator(seed), dtype=torch.float64)
    soft = blurred(images, deviation)
    assert soft.shape == images.shape
    assert images.min() <= soft.min() <= soft.max() <= images.max()
    flat = torch.full_like(images, 0.25)
    torch.testing.assert_close(blurred(flat, deviation), flat)


def test_maximise_refuses(as_in_use):
    model, source = Network().eval(), generator(0)
    for setting in ({"jitter": -1}, {"blur": -0.5}, {"decay": -0.1}):
        with pytest.raises(ValueError, match="must be at least 0"):
            maximise(model, "conv1_1", 0, generator=source, **setting)
    with pytest.raises(ValueError, match=r"decay \(2.0\) must be at most 1"):
        maximise(model, "conv1_1", 0, decay=2.0, generator=source)
    with pytest.raises(ValueError, match=r"channel \(32\) must be between 0 and 31"):
        maximise(model, "conv1_1", 32, generator=source)
