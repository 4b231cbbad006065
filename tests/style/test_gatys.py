"""Gatys: losses by hand and against NumPy, torchvision's layers, and pictures that get painted."""

from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck
from torchvision.models.feature_extraction import create_feature_extractor
from torchvision.models.vgg import cfgs, make_layers

from dlcourse.data.patterns import stained_glass
from dlcourse.data.photos import photo
from dlcourse.models.vgg import convolutions
from dlcourse.style._network import Network, activations, network_pretrained
from dlcourse.style.gatys import (
    PIXELS,
    Cost,
    content_loss,
    edge_similarity,
    gram_matrix,
    look,
    random_filters,
    random_vgg,
    relative_weights,
    style_loss,
    stylize,
    sweep,
    swept,
    total_variation,
    vgg,
    vgg_activations,
    vgg_pretrained,
)
from dlcourse.training import generator

SETTINGS = range(200)


def maps(seed: int) -> torch.Tensor:
    """Draw maps of odd sizes as a ReLU leaves them, in double precision: many are zero."""
    source = generator(seed)
    b, c, h, w = (int(torch.randint(1, 6, (1,), generator=source)) for _ in range(4))
    drawn = torch.randn(b, c, h, w, generator=source, dtype=torch.float64)
    return drawn.relu().requires_grad_()


def like(x: torch.Tensor, seed: int) -> torch.Tensor:
    return torch.randn(x.shape, generator=generator(seed + 1000), dtype=x.dtype)


# losses, by hand


def test_a_gram_matrix_by_hand():
    features = torch.tensor([[[[1.0, 2.0], [0.0, 3.0]], [[1.0, 0.0], [5.0, 1.0]]]])
    assert gram_matrix(features).mul(8).tolist() == [[[14.0, 4.0], [4.0, 27.0]]]


def test_the_losses_by_hand():
    features = torch.tensor([[[[1.0, 3.0]], [[2.0, 0.0]]]])
    target = torch.tensor([[[[1.0, 1.0]], [[0.0, 0.0]]]])
    assert content_loss(features, target).item() == 2.0  # (0 + 4 + 4 + 0) / 4
    gram = torch.tensor([[[2.5, 0.0], [0.0, 0.0]]])
    assert style_loss({"a": features}, {"a": gram}).item() == 1.5  # 0.25 + 0.25 + 1
    weights = {"a": 2.0}
    assert style_loss({"a": features}, {"a": gram}, weights).item() == 3.0
    assert total_variation(features).item() == 1.0  # (2 + 2) / 4


# losses, against others, with ties and single pixels


@pytest.mark.parametrize("seed", SETTINGS)
def test_the_gram_matrix_is_covariance_and_means_of_numpy(seed):
    x = maps(seed)
    for image, gram in zip(x.detach().numpy(), gram_matrix(x).detach(), strict=True):
        rows = image.reshape(len(image), -1)
        mean = rows.mean(axis=1)
        around = np.cov(rows, ddof=0).reshape(len(rows), -1) if rows.size else 0
        expected = (around + np.outer(mean, mean)) / len(rows)
        np.testing.assert_allclose(gram.numpy(), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("seed", SETTINGS)
def test_the_gradient_of_the_style_is_that_of_the_paper(seed):
    x = maps(seed)
    target = gram_matrix(like(x, seed))
    loss = style_loss({"a": x}, {"a": target}, {"a": 0.7})
    rows, size = x.detach().flatten(2), x[0].numel()
    apart = rows @ rows.mT / size - target
    expected = 0.7 * (apart**2).sum() / len(x)
    torch.testing.assert_close(loss.detach(), expected, rtol=1e-10, atol=1e-12)
    slope = 0.7 * 4 / size * (apart @ rows) / len(x)
    (found,) = torch.autograd.grad(loss, x)
    torch.testing.assert_close(found.flatten(2), slope, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("seed", SETTINGS)
def test_the_content_loss_is_torchs_in_value_and_gradient(seed):
    x = maps(seed)
    target = like(x, seed)
    ours, theirs = content_loss(x, target), F.mse_loss(x, target)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=0)
    torch.testing.assert_close(*(torch.autograd.grad(y, x)[0] for y in (ours, theirs)))


@pytest.mark.parametrize("seed", SETTINGS)
def test_the_total_variation_is_numpys(seed):
    x = maps(seed)
    values = x.detach().numpy()
    across, down = np.diff(values, axis=3), np.diff(values, axis=2)
    expected = (np.abs(across).sum() + np.abs(down).sum()) / values.size
    np.testing.assert_allclose(total_variation(x).item(), expected, rtol=1e-12)


def test_gradients_are_those_of_finite_differences():
    x, target = (maps(s)[:, :, :3, :3].detach() + 0.1 for s in (7, 7))
    x = (x + 0.1 * like(x, 1)).requires_grad_()
    gram = gram_matrix(like(target, 2))
    assert gradcheck(gram_matrix, x)
    assert gradcheck(lambda y: content_loss(y, target), x)
    assert gradcheck(lambda y: style_loss({"a": y}, {"a": gram}), x)
    assert gradcheck(total_variation, x)


def test_no_gradient_flows_into_a_target():
    x, target = maps(3), maps(3)
    gram = gram_matrix(target)
    (content_loss(x, target) + style_loss({"a": x}, {"a": gram})).backward()
    assert target.grad is None
    assert x.grad is not None


# losses, what holds for all


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_a_gram_matrix_knows_no_places(seed):
    x = maps(seed)
    shuffled = x.flatten(2)[..., torch.randperm(x[0, 0].numel())].view_as(x)
    torch.testing.assert_close(gram_matrix(x), gram_matrix(shuffled))
    torch.testing.assert_close(gram_matrix(x), gram_matrix(torch.cat([x, x], dim=3)))
    torch.testing.assert_close(gram_matrix(x), gram_matrix(x).mT)
    assert torch.linalg.eigvalsh(gram_matrix(x)).min() > -1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 10))
def test_relative_weights_take_away_the_scale(seed, scale):
    x, y = maps(seed) + 0.1, like(maps(seed), seed)
    losses = []
    for factor in (1.0, scale):
        targets = {"a": gram_matrix(factor * y), "b": gram_matrix(y)}
        weights = relative_weights(targets)
        losses.append(style_loss({"a": factor * x, "b": x}, targets, weights))
    torch.testing.assert_close(*losses)
    nothing = {"a": 0 * x, "b": 0 * x}
    assert style_loss(nothing, targets, weights).item() == pytest.approx(1.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_a_picture_has_its_own_content_and_style(seed):
    x = maps(seed) + 0.1
    assert content_loss(x, x).item() == 0
    assert style_loss({"a": x}, {"a": gram_matrix(x)}).item() == 0
    assert total_variation(torch.ones_like(x)).item() == 0


# refusals

ONE = torch.ones(1, 2, 3, 3)
EYE = torch.eye(2)[None]
REFUSED = {
    "no entries": (lambda: gram_matrix(torch.ones(1, 2, 0, 3)), "no entries"),
    "no pixels": (lambda: total_variation(torch.ones(1, 2, 0, 3)), "no pixels"),
    "other places": (
        lambda: content_loss(ONE, ONE[..., :2]),
        r"shape \(1, 2, 3, 3\) and the content's have \(1, 2, 3, 2\)",
    ),
    "no layer": (lambda: style_loss({"a": ONE}, {}), "at least one layer"),
    "no features": (
        lambda: style_loss({"a": ONE}, {"b": EYE}),
        "features lack the layer 'b'",
    ),
    "no weight": (
        lambda: style_loss({"a": ONE}, {"a": EYE}, {}),
        "weights lack the layer 'a'",
    ),
    "other channels": (
        lambda: style_loss({"a": ONE}, {"a": torch.eye(3)[None]}),
        "layer 'a' has 2 channels, its target 3",
    ),
    "a zero target": (lambda: relative_weights({"a": 0 * EYE}), "layer 'a' is zero"),
    "no number": (
        lambda: look(None, ONE, ["pixels/x"]),
        'layer "pixels/x": what follows',
    ),
    "too small": (
        lambda: look(None, ONE, ["pixels/4"]),
        "images of 3x3 pixels cannot be shrunk 4 times",
    ),
    "an even filter": (lambda: random_filters(generator(0), (4,)), "odd, and not 4"),
    "an optimizer": (
        lambda: stylize(
            ONE[0],
            ONE[0],
            None,
            content_layer=PIXELS,
            style_layers=[PIXELS],
            optimizer="sgd",
        ),
        'optimizer is "sgd"; say "lbfgs" or "adam"',
    ),
    "a start of another size": (
        lambda: stylize(
            ONE[0],
            ONE[0],
            None,
            content_layer=PIXELS,
            style_layers=[PIXELS],
            start=ONE[0, :, :2],
        ),
        r"start has shape \(2, 2, 3\), the content \(2, 3, 3\)",
    ),
    "not finite": (
        lambda: stylize(
            ONE[0], ONE[0] / 0, None, content_layer=PIXELS, style_layers=[PIXELS]
        ),
        "style has values that are not finite",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        call()


def test_an_unknown_layer_is_refused_with_the_known_ones():
    with pytest.raises(KeyError, match='called "relu9_9"; there are conv1_1, relu1_1'):
        vgg_activations(convolutions((1,), (2,)), torch.ones(1, 3, 8, 8), ["relu9_9"])
    with pytest.raises(KeyError, match='called "random9"; there are random3'):
        random_filters(generator(0))(torch.ones(1, 3, 40, 40), ["random9"])


# what is looked at


def test_layers_are_seen_at_every_size_asked_for():
    image = torch.rand(1, 3, 16, 22, generator=generator(0))
    network = Network().eval()
    names = ["relu2_1/2", "pixels", "relu1_1", "relu1_1/2"]
    seen = look(partial(activations, network), image, names)
    assert list(seen) == names
    half = F.avg_pool2d(image, 2)
    assert seen["relu1_1/2"].equal(activations(network, half, ["relu1_1"])["relu1_1"])
    assert seen["relu2_1/2"].shape == (1, 64, 4, 5)
    colours = gram_matrix(seen["pixels"])[0] * 4
    torch.testing.assert_close(colours[3, :3], image.mean(dim=(0, 2, 3)))
    torch.testing.assert_close(colours[0, 0], image[:, 0].square().mean())


def torchvisions(names: dict[str, str]):
    """Build torchvision's VGG-19 with random weights, and an extractor of its layers."""
    layers = make_layers(cfgs["E"])
    for n, layer in enumerate(layers):
        if isinstance(layer, torch.nn.MaxPool2d):
            layers[n] = torch.nn.AvgPool2d(2)
    return layers, create_feature_extractor(layers, names)


def test_the_layers_of_vgg_are_torchvisions(tmp_path, monkeypatch):
    """From a file as torchvision keeps it, in the place where torchvision keeps it."""
    names = {"1": "relu1_1", "6": "relu2_1", "20": "relu4_1", "29": "relu5_1"}
    layers, extractor = torchvisions(names)
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    state = {f"features.{name}": x for name, x in layers.state_dict().items()}
    torch.save({**state, "classifier.0.bias": torch.ones(1)}, folder / vgg.FILE)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    image = torch.rand(2, 3, 37, 40, generator=generator(0))
    mean, deviation = (
        torch.tensor(x)[:, None, None] for x in (vgg.MEAN, vgg.DEVIATION)
    )
    with torch.no_grad():
        expected = extractor((image - mean) / deviation)
        seen = vgg_pretrained()(image, list(names.values()))
    assert list(seen) == list(names.values())
    for name, answer in expected.items():
        torch.testing.assert_close(seen[name], answer)


def test_the_file_of_vgg_has_torchvisions_name():
    from torchvision.models import VGG19_Weights

    assert VGG19_Weights.IMAGENET1K_V1.url.endswith(vgg.FILE)


def test_without_weights_a_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"download=True\) fetches them"):
        vgg_pretrained()
    with pytest.raises(FileNotFoundError, match="cannot be fetched"):
        vgg_pretrained(download=True)


def test_random_channels_have_mean_0_and_variance_1_before_each_relu():
    pictures = [torch.rand(1, 3, 24, 30), torch.rand(1, 3, 16, 16)]
    features = random_vgg(pictures, generator(0), depths=(2, 2), widths=(8, 12))
    for name in ("conv1_1", "conv1_2", "conv2_1", "conv2_2"):
        answers = torch.cat(
            [features(x, [name])[name].transpose(0, 1).flatten(1) for x in pictures], 1
        )
        torch.testing.assert_close(
            answers.mean(dim=1), torch.zeros(len(answers)), rtol=0, atol=1e-4
        )
        torch.testing.assert_close(
            answers.std(dim=1), torch.ones(len(answers)), rtol=0, atol=1e-4
        )


def test_random_weights_as_drawn_follow_hes_rule():
    features = random_vgg([], generator(0), widths=(64, 96, 8), unit_variance=False)
    weight = features.args[0].conv2_1.weight
    assert weight.std().item() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)


def test_random_filters_are_convolutions_that_pass_over_flat_colour():
    features = random_filters(generator(0), sides=(3, 7), each=5)
    flat = torch.full((1, 3, 9, 11), 0.7)
    assert features(flat, ["random7"])["random7"].abs().max() < 1e-5
    image = torch.rand(1, 3, 9, 11, generator=generator(1))
    weight = features.args[0]["random3"]
    torch.testing.assert_close(weight.square().sum(dim=(1, 2, 3)), torch.ones(5))
    inner = F.conv2d(image, weight).relu()
    seen = features(image, ["random3"])["random3"]
    torch.testing.assert_close(seen[..., 1:-1, 1:-1], inner)


# painting


def small_scene():
    content = photo("china", height=32)
    return content, stained_glass(24, 30, generator(1), pane=8.0, lead=1.0)


def paint(**options):
    content, style = small_scene()
    features = partial(activations, network_pretrained())
    options = {
        "content_layer": "relu2_1",
        "style_layers": [PIXELS, "relu1_1", "relu2_1"],
    } | options
    return stylize(content, style, features, **options)


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_a_picture_takes_over_the_style(optimizer):
    painting = paint(optimizer=optimizer, steps=25, lr=0.05)
    first, last = painting.history[0], painting.history[-1]
    assert first["content"] == 0  # it starts from the content
    assert last["style"] < 0.2 * first["style"]
    assert last["content"] < 1.5
    assert painting.image.shape == (3, 32, 48)
    assert 0 <= painting.image.min() <= painting.image.max() <= 1
    assert not painting.image.requires_grad


def test_without_style_the_content_comes_back():
    content, _ = small_scene()
    noise = torch.rand(content.shape, generator=generator(0))
    painting = paint(
        start=noise, content_layer=PIXELS, style_layers=[PIXELS], content_weight=100.0
    )
    assert (painting.image - content).abs().mean() < 0.02


def test_a_variation_weight_makes_a_picture_smooth():
    rough, smooth = (paint(steps=15, variation_weight=v) for v in (0.0, 0.5))
    assert total_variation(smooth.image[None]) < 0.6 * total_variation(
        rough.image[None]
    )


def test_painting_changes_no_argument():
    content, style = small_scene()
    copies = content.clone(), style.clone()
    network = network_pretrained()
    before = {name: x.clone() for name, x in network.state_dict().items()}
    features = partial(activations, network)
    names = {"content_layer": "relu1_1", "style_layers": ["relu1_1"]}
    stylize(content, style, features, steps=2, **names)
    assert content.equal(copies[0])
    assert style.equal(copies[1])
    assert all(x.equal(before[name]) for name, x in network.state_dict().items())
    assert all(p.grad is None for p in network.parameters())


def test_the_cost_of_a_picture_with_itself_is_nothing():
    content, _ = small_scene()
    cost = Cost(content, content, None, PIXELS, [PIXELS, "pixels/2"], 1.0, 1.0, 0.0)
    assert cost(content[None])["total"].item() == pytest.approx(0, abs=1e-9)


def test_adam_takes_torchs_steps():
    """Worked again with the losses alone."""
    content, style = small_scene()
    names = {"content_layer": PIXELS, "style_layers": [PIXELS]}
    options = {"content_weight": 0.3, "variation_weight": 0.01, "lr": 0.03, "steps": 5}
    ours = stylize(content, style, None, optimizer="adam", **names, **options).image
    image = content[None].clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.03)

    def seen(x):
        return torch.cat([x, torch.ones_like(x[:, :1])], dim=1)

    gram = gram_matrix(seen(style[None]))
    for _ in range(5):
        optimizer.zero_grad()
        apart = (gram_matrix(seen(image)) - gram).square().sum() / gram.square().sum()
        differ = F.mse_loss(seen(image), seen(content[None]))
        spread = seen(content[None]).var()
        rough = total_variation(image)
        (apart + 0.3 * differ / spread + 0.01 * rough).backward()
        optimizer.step()
        image.data.clamp_(0, 1)
    torch.testing.assert_close(ours, image.detach()[0])


def test_a_cost_that_is_not_finite_stops_the_painting():
    content, style = small_scene()
    with pytest.raises(FloatingPointError, match="not finite"):
        stylize(
            content, style, None, content_layer=PIXELS, style_layers=[PIXELS],
            variation_weight=float("inf"),
        )  # fmt: skip


# likeness, and the paintings that ship


def test_likeness_is_that_of_the_edges_alone():
    picture = photo("china", height=48)
    assert edge_similarity(picture, picture) == pytest.approx(1.0)
    assert edge_similarity(1 - picture, picture) == pytest.approx(1.0, abs=1e-6)
    assert edge_similarity(0.5 * picture, picture) == pytest.approx(1.0, abs=1e-6)
    other = F.interpolate(photo("cat")[None], size=picture.shape[1:], mode="area")[0]
    assert edge_similarity(other, picture) < 0.3


@pytest.mark.usefixtures("as_in_use")
def test_likeness_refuses_what_it_cannot_compare():
    picture = photo("china", height=32)
    with pytest.raises(ValueError, match="two colour pictures of one size"):
        edge_similarity(picture, picture[:, :-1])
    with pytest.raises(ValueError, match="no edge: it is one flat colour"):
        edge_similarity(torch.full_like(picture, 0.3), picture)


def test_what_ships_is_what_its_figures_say():
    content = sweep.content()
    paintings = swept()
    for painting in paintings.values():
        assert painting.image.shape == content.shape
        now = edge_similarity(painting.image, content)
        assert now == pytest.approx(painting.figures["similarity"], abs=0.01)
    usual = paintings["weight 1"].figures
    assert usual["fall"] > 20
    assert usual["similarity"] > 0.4


def test_another_file_is_not_taken_for_the_one_that_shipped(tmp_path, monkeypatch):
    from importlib import import_module

    module = import_module("dlcourse.style.gatys.swept")
    monkeypatch.setattr(module, "FILE", tmp_path / "sweep.safetensors")
    module.FILE.write_bytes(b"other")
    with pytest.raises(
        ValueError, match=r"run python -m dlcourse\.style\.gatys\.sweep"
    ):
        swept()
