"""Augmentation: by hand, against torchvision and scikit-learn, refusals, and laws of the draws."""

import math

import numpy as np
import pytest
import sklearn.decomposition
import sklearn.preprocessing
import torch
import torchvision.transforms.v2 as theirs
import torchvision.transforms.v2.functional as theirs_of
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from dlcourse.optim import augmentation as ours
from dlcourse.optim.augmentation import (
    PCA,
    ZCA,
    MinMaxScaler,
    PCALighting,
    StandardScaler,
)
from dlcourse.training import generator

CASES = 200
EXACT = {"rtol": 1e-10, "atol": 1e-10}
SINGLE = {"rtol": 1e-5, "atol": 1e-5}
FLOAT64 = {"dtype": torch.float64}


class Drawn:
    """Settings and pictures from a seed."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def number(self, low: float, high: float) -> float:
        share = torch.rand(1, generator=self.source, **FLOAT64).item()
        return low + (high - low) * share

    def image(self, channels: int = 0) -> torch.Tensor:
        """A picture in [0, 1], or a batch of pictures, of odd sides."""
        shape = (channels or self.pick(1, 4), self.pick(2, 9), self.pick(2, 9))
        if self.pick(0, 1):
            shape = (self.pick(1, 3), *shape)
        return torch.rand(shape, generator=self.source, **FLOAT64)

    def colors(self) -> torch.Tensor:
        """A picture of three channels or one, with ties between channels and pure black."""
        x = self.image(channels=self.pick(0, 1) * 2 + 1)
        return (5 * x).round() / 5 if self.pick(0, 1) else x

    def matrix(self) -> torch.Tensor:
        """More samples than features, features of different size that correlate."""
        b, d = self.pick(12, 20), self.pick(1, 6)
        x = torch.randn(b, d, generator=self.source, **FLOAT64)
        return x @ torch.randn(d, d, generator=self.source, **FLOAT64) + self.pick(
            -9, 9
        )


def assert_same(name: str, image: torch.Tensor, *arguments, exact=EXACT, **options):
    """Ask both libraries the same."""
    mine = getattr(ours, name)(image, *arguments, **options)
    wanted = getattr(theirs_of, name)(image, *arguments, **options)
    torch.testing.assert_close(
        mine, wanted, **exact, msg=lambda m: f"{name} {arguments}: {m}"
    )


NINE = torch.arange(1.0, 10).reshape(1, 3, 3)


# the worked examples


def test_geometry_by_hand():
    assert ours.horizontal_flip(NINE)[0].tolist() == [[3, 2, 1], [6, 5, 4], [9, 8, 7]]
    assert ours.vertical_flip(NINE)[0].tolist() == [[7, 8, 9], [4, 5, 6], [1, 2, 3]]
    assert ours.rotate(NINE, 90)[0].tolist() == [[3, 6, 9], [2, 5, 8], [1, 4, 7]]
    assert ours.crop(NINE, -1, 1, 2, 3)[0].tolist() == [[0, 0, 0], [2, 3, 0]]
    assert ours.center_crop(NINE, 1).item() == 5
    shifted = ours.affine(NINE, 0, [0.5, 0], 1, [0, 0], "bilinear")
    assert shifted[0].tolist() == [[0.5, 1.5, 2.5], [2, 4.5, 5.5], [3.5, 7.5, 8.5]]
    # 45 degrees along x: the upper row leans one pixel to the right, the lower to the left
    sheared = ours.affine(NINE, 0, [0, 0], 1, [45, 0])
    assert sheared[0].tolist() == [[0, 1, 2], [4, 5, 6], [8, 9, 0]]


def test_colors_by_hand():
    red = torch.tensor([1.0, 0, 0], **FLOAT64).reshape(3, 1, 1)
    assert ours.rgb_to_grayscale(red).item() == pytest.approx(0.2989)
    assert ours.adjust_hue(red, 1 / 3).flatten().tolist() == pytest.approx([0, 1, 0])
    half = ours.adjust_saturation(red, 0.5).flatten().tolist()
    assert half == pytest.approx([0.64945, 0.14945, 0.14945])


def test_scaling_by_hand():
    train = torch.tensor([[1.0, 10.0], [3.0, 10.0]])
    scaler = StandardScaler().fit(train)
    assert scaler.mean_.tolist() == [[2, 10]]
    assert scaler.scale_.tolist() == [
        [1, 1]
    ]  # a feature that never varies is not divided
    assert scaler.transform(torch.tensor([[5.0, 11.0]])).tolist() == [[3, 1]]


# equal to torchvision


def test_flips_and_crops_equal_torchvision():
    for seed in range(CASES):
        draw = Drawn(seed)
        x = draw.image()
        if draw.pick(0, 1):
            x = (255 * x).to(torch.uint8)
        h, w = x.shape[-2:]
        assert_same("horizontal_flip", x)
        assert_same("vertical_flip", x)
        height, width = draw.pick(1, h + 2), draw.pick(1, w + 2)
        top, left = draw.pick(1 - height, h - 1), draw.pick(1 - width, w - 1)
        assert_same("crop", x, top, left, height, width)
        assert_same("center_crop", x, [height, width])
        inside = [min(height, h), min(width, w)]
        upside_down = bool(draw.pick(0, 1))
        for name, options in (
            ("five_crop", {}),
            ("ten_crop", {"vertical_flip": upside_down}),
        ):
            mine = getattr(ours, name)(x, inside, **options)
            wanted = getattr(theirs_of, name)(x, inside, **options)
            assert len(mine) == len(wanted)
            assert all(map(torch.equal, mine, wanted))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_affine_equals_torchvision(interpolation):
    for seed in range(CASES):
        draw = Drawn(seed)
        x = draw.image()
        arguments = (
            draw.number(-180, 180),
            [draw.number(-3, 3), draw.number(-3, 3)],
            draw.number(0.5, 2),
            [draw.number(-40, 40), draw.number(-40, 40)],
        )
        center = [draw.number(0, 9), draw.number(0, 9)] if draw.pick(0, 1) else None
        options = {"interpolation": interpolation, "center": center}
        assert_same("affine", x, *arguments, **options)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_rotate_equals_torchvision(interpolation):
    for seed in range(CASES):
        draw = Drawn(seed)
        x = draw.image()
        options = {"interpolation": interpolation, "expand": bool(draw.pick(0, 1))}
        if not options["expand"] and draw.pick(0, 1):
            options["center"] = [draw.number(0, 9), draw.number(0, 9)]
        assert_same("rotate", x, draw.number(-720, 720), **options)


@pytest.mark.parametrize("angle", [0, 90, 180, 270, -90, 360])
def test_quarter_turns_of_a_square_only_move_pixels(angle):
    x = torch.rand(2, 3, 6, 6, **FLOAT64)
    for expand in (False, True):
        turned = ours.rotate(x, angle, "nearest", expand)
        assert torch.equal(turned, torch.rot90(x, angle // 90, (-2, -1)))
    wide = torch.rand(1, 4, 7, **FLOAT64)
    turned = ours.rotate(wide, angle, "bilinear", expand=True)
    torch.testing.assert_close(
        turned, torch.rot90(wide, angle // 90, (-2, -1)), **EXACT
    )


def test_whole_numbers_are_moved_exactly_and_mixed_to_the_nearest():
    for seed in range(CASES):
        draw = Drawn(seed)
        x = (255 * draw.image()).to(torch.uint8)
        angle = draw.number(-180, 180)
        assert_same("rotate", x, angle)
        mine = ours.rotate(x, angle, "bilinear")
        wanted = theirs_of.rotate(x, angle, theirs.InterpolationMode.BILINEAR)
        assert mine.dtype == torch.uint8
        assert (mine.int() - wanted.int()).abs().max() <= 1  # a half, up or down


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_resize_and_resized_crop_equal_torchvision(interpolation, antialias):
    how = {
        "interpolation": theirs.InterpolationMode(interpolation),
        "antialias": antialias,
    }
    for seed in range(CASES):
        draw = Drawn(seed)
        x = draw.image()
        # Not 1: to a width of one pixel, torch 2 stretches a single row over all of them.
        size = [draw.pick(2, 20), draw.pick(2, 20)]
        h, w = (draw.pick(1, side) for side in x.shape[-2:])
        box = draw.pick(0, x.shape[-2] - h), draw.pick(0, x.shape[-1] - w), h, w
        for name, arguments in (("resize", ()), ("resized_crop", box)):
            mine = getattr(ours, name)(x, *arguments, size, interpolation, antialias)
            wanted = getattr(theirs_of, name)(x, *arguments, size, **how)
            torch.testing.assert_close(mine, wanted, **EXACT)


def test_colors_equal_torchvision():
    for seed in range(CASES):
        draw = Drawn(seed)
        x = draw.colors()
        assert_same("rgb_to_grayscale", x)
        for name in ("brightness", "contrast", "saturation"):
            assert_same(f"adjust_{name}", x, draw.number(0, 3))
        # torchvision turns the hue in single precision
        assert_same("adjust_hue", x, draw.number(-0.5, 0.5), exact=SINGLE)


def test_erase_equals_torchvision():
    for seed in range(CASES):
        draw = Drawn(seed)
        x = draw.image()
        place = [draw.pick(0, 5) for _ in range(4)]
        assert_same("erase", x, *place, torch.tensor(draw.number(0, 1), **FLOAT64))


def test_mixup_with_the_neighbour_is_torchvision_s():
    for seed in range(CASES):
        draw = Drawn(seed)
        b, lam = draw.pick(2, 5), draw.number(0, 1)
        images = torch.rand(b, 1, 2, 3, generator=draw.source)
        labels = torch.randint(0, 4, (b,), generator=draw.source)
        transform = theirs.MixUp(num_classes=4)
        transform.make_params = lambda inputs, lam=lam, b=b, labels=labels: {
            "lam": lam,
            "labels": labels,
            "batch_size": b,
        }
        order = torch.arange(b).roll(1)
        hot = torch.nn.functional.one_hot(labels, 4).float()
        mine = ours.mixup(images, hot, lam, order)
        wanted = (
            transform.transform(images, transform.make_params(None)),
            transform.transform(labels, transform.make_params(None)),
        )
        torch.testing.assert_close(mine, wanted)


# gradients, for a network in front or a picture that is itself learned

DIFFERENTIABLE = {
    "crop": lambda x: ours.crop(x, -1, 1, 4, 3),
    "resize": lambda x: ours.resize(x, [3, 7]),
    "rotate": lambda x: ours.rotate(x, 20, "bilinear"),
    "contrast": lambda x: ours.adjust_contrast(x, 0.5),
    "hue": lambda x: ours.adjust_hue(x, 0.2),
    "cutout": lambda x: ours.cutout(x, 0, 2, 3),
    "standardized": lambda x: StandardScaler((1, 2)).fit_transform(x),
}


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_gradcheck(name):
    x = (0.25 + 0.5 * torch.rand(3, 4, 5, **FLOAT64)).requires_grad_()
    assert torch.autograd.gradcheck(DIFFERENTIABLE[name], x)


def test_the_gradient_of_affine_equals_torchvision_s():
    for seed in range(20):
        draw = Drawn(seed)
        x = draw.image()
        options = [draw.number(-90, 90), [1.5, 0.5], 1.2, [9.0, 0.0]]
        slopes = []
        for library in (ours, theirs_of):
            leaf = x.clone().requires_grad_()
            how = (
                theirs.InterpolationMode.BILINEAR
                if library is theirs_of
                else "bilinear"
            )
            y = library.affine(leaf, *options, how)
            slopes.append(torch.autograd.grad(y.square().sum(), leaf)[0])
        torch.testing.assert_close(*slopes, **EXACT)


# equal to scikit-learn


def test_scalers_equal_scikit_learn():
    for seed in range(CASES):
        draw = Drawn(seed)
        train, x = (m[:, :1] * torch.ones(1, 3) for m in (draw.matrix(), draw.matrix()))
        train = train * torch.tensor([1.0, 1e-3, 0]) + torch.tensor([0, 1e3, 0.1])
        plain = {"with_mean": bool(draw.pick(0, 1)), "with_std": bool(draw.pick(0, 1))}
        low = draw.number(-3, 3)
        bounds = low, low + draw.number(0.5, 3)
        pairs = (
            (StandardScaler(**plain), sklearn.preprocessing.StandardScaler(**plain)),
            (MinMaxScaler(bounds), sklearn.preprocessing.MinMaxScaler(bounds)),
        )
        for mine, wanted in pairs:
            mine.fit(train)
            wanted.fit(train.numpy())
            for data in (train, x):
                np.testing.assert_allclose(
                    mine.transform(data),
                    wanted.transform(data.numpy()),
                    rtol=1e-7,
                    atol=1e-7,
                )
        again = pairs[0][0].inverse_transform(pairs[0][0].transform(x))
        torch.testing.assert_close(again, x, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("whiten", [False, True])
def test_pca_equals_scikit_learn(whiten):
    for seed in range(CASES):
        draw = Drawn(seed)
        x = draw.matrix()
        kept = draw.pick(1, x.shape[1])
        mine = PCA(kept, whiten=whiten).fit(x)
        wanted = sklearn.decomposition.PCA(kept, whiten=whiten, svd_solver="full")
        wanted.fit(x.numpy())
        for name in ("mean_", "components_", "explained_variance_"):
            np.testing.assert_allclose(
                getattr(mine, name), getattr(wanted, name), **EXACT
            )
        z = mine.transform(x)
        np.testing.assert_allclose(z, wanted.transform(x.numpy()), rtol=1e-8, atol=1e-8)
        back = mine.inverse_transform(z)
        np.testing.assert_allclose(back, wanted.inverse_transform(z.numpy()), **EXACT)


# laws of whitening


def test_whitened_data_has_the_identity_for_covariance():
    for seed in range(CASES):
        x = Drawn(seed).matrix()
        identity = torch.eye(x.shape[1], **FLOAT64)
        for transform in (PCA(whiten=True), ZCA()):
            z = transform.fit_transform(x)
            torch.testing.assert_close(
                z.T.cov().reshape_as(identity), identity, rtol=1e-6, atol=1e-6
            )


def test_zca_is_symmetric_and_pca_turned_back():
    x = Drawn(1).matrix()
    zca, pca = ZCA(eps=0.1).fit(x), PCA(whiten=True, eps=0.1).fit(x)
    torch.testing.assert_close(zca.whitening_, zca.whitening_.T, **EXACT)
    torch.testing.assert_close(
        zca.transform(x), pca.transform(x) @ pca.components_, **EXACT
    )


def test_no_whitening_moves_centred_data_less_than_zca():
    x = Drawn(2).matrix()
    centred, zca = x - x.mean(0), ZCA().fit_transform(x)
    for seed in range(20):
        source = generator(seed)
        turn, _ = torch.linalg.qr(
            torch.randn(x.shape[1], x.shape[1], generator=source, **FLOAT64)
        )
        assert (zca - centred).norm() <= (zca @ turn - centred).norm() + 1e-9


def test_eps_holds_small_directions_back():
    x = Drawn(3).matrix()
    variances = PCA(whiten=True, eps=0.5).fit_transform(x).var(dim=0)
    raw = PCA().fit(x).explained_variance_
    torch.testing.assert_close(variances, raw / (raw + 0.5), **EXACT)


def test_only_the_training_split_decides():
    train, test = Drawn(4).matrix(), Drawn(5).matrix()
    test = test[:, :1].expand(-1, train.shape[1])
    for transform in (StandardScaler(), MinMaxScaler(), PCA(whiten=True), ZCA()):
        transform.fit(train)
        rows = torch.cat([transform.transform(row[None]) for row in test])
        torch.testing.assert_close(rows, transform.transform(test), **EXACT)


@pytest.mark.parametrize(
    ("dim", "shape"),
    [(0, (1, 3, 4, 5)), ((0, 2, 3), (1, 3, 1, 1)), ((0, 1, 2, 3), (1, 1, 1, 1))],
)
def test_one_mean_a_feature_a_channel_or_in_all(dim, shape):
    x = torch.rand(6, 3, 4, 5, **FLOAT64)
    scaler = StandardScaler(dim).fit(x)
    assert scaler.mean_.shape == shape
    y = scaler.transform(x)
    torch.testing.assert_close(y.mean(dim), torch.zeros_like(y.mean(dim)), **EXACT)
    torch.testing.assert_close(
        y.std(dim, correction=0), torch.ones_like(y.mean(dim)), **EXACT
    )


# laws of the draws

BATCH = torch.rand(400, 3, 8, 8, generator=torch.Generator().manual_seed(9))

RANDOM = {
    "random_horizontal_flip": {},
    "random_crop": {"size": 8, "padding": 2},
    "random_resized_crop": {"size": 8},
    "random_affine": {
        "degrees": 30,
        "translate": (0.1, 0.1),
        "scale": (0.8, 1.2),
        "shear": 9,
    },
    "random_color_jitter": {
        "brightness": 0.4,
        "contrast": 0.4,
        "saturation": 0.4,
        "hue": 0.1,
    },
    "random_cutout": {"length": 4},
}


@pytest.mark.parametrize("name", RANDOM)
def test_equal_seeds_draw_equally_and_the_batch_stays_as_it_was(name):
    batch, before = BATCH[:20], BATCH[:20].clone()
    one, again, other = (
        getattr(ours, name)(batch, **RANDOM[name], generator=generator(seed))
        for seed in (1, 1, 2)
    )
    assert one.shape == batch.shape
    assert one.dtype == batch.dtype
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(batch, before)


@pytest.mark.parametrize("name", RANDOM)
def test_the_global_source_is_left_alone(name):
    state = torch.get_rng_state()
    getattr(ours, name)(BATCH[:2], **RANDOM[name], generator=generator(0))
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("name", RANDOM)
def test_each_image_draws_its_own(name):
    same = BATCH[:1].expand(12, -1, -1, -1).clone()
    drawn = getattr(ours, name)(same, **RANDOM[name], generator=generator(3))
    assert len(drawn.flatten(1).unique(dim=0)) > 1


def test_half_of_the_images_are_flipped_and_none_in_part():
    flipped = ours.random_horizontal_flip(BATCH, generator=generator(0))
    turned = (flipped == BATCH.flip(-1)).flatten(1).all(dim=1)
    kept = (flipped == BATCH).flatten(1).all(dim=1)
    assert (turned ^ kept).all()
    assert 150 < turned.sum() < 250


def test_every_place_of_a_random_crop_is_drawn():
    places = torch.arange(1.0, 17).reshape(1, 1, 4, 4).expand(400, -1, -1, -1)
    wanted = {
        ours.crop(places[0], t, s, 2, 2) for t in range(-1, 4) for s in range(-1, 4)
    }
    drawn = ours.random_crop(places, 2, padding=1, generator=generator(0))
    assert {tuple(x.flatten().tolist()) for x in drawn} == {
        tuple(x.flatten().tolist()) for x in wanted
    }


def test_random_affine_without_range_changes_nothing():
    same = ours.random_affine(BATCH[:3], 0, generator=generator(0))
    torch.testing.assert_close(same, BATCH[:3])


def test_random_affine_stays_in_its_ranges():
    from dlcourse.optim.augmentation.affine import linear_map

    dot = torch.zeros(200, 1, 9, 9)
    dot[:, :, 4, 4] = 1
    shifted = ours.random_affine(dot, 0, (2 / 9, 1 / 9), generator=generator(0))
    reached = shifted.sum(dim=0)[0].nonzero()
    assert reached.amin(0).tolist() == [3, 2]
    assert reached.amax(0).tolist() == [5, 6]
    one = torch.ones(1, **FLOAT64)
    square = linear_map(30 * one, 2 * one, torch.zeros(1, 2, **FLOAT64))
    assert torch.linalg.det(square).item() == pytest.approx(4)


def test_the_box_of_a_resized_crop_keeps_area_and_proportions():
    from dlcourse.optim.augmentation.resized import _draw_box

    source = generator(0)
    for _ in range(CASES):
        top, left, h, w = _draw_box(60, 80, (0.2, 0.6), (3 / 4, 4 / 3), source)
        assert 0 <= top <= 60 - h
        assert 0 <= left <= 80 - w
        assert 0.18 < h * w / 4800 < 0.62  # sides are rounded
        assert 0.72 < w / h < 1.39
    # A strip holds no such box, so its middle has to do.
    assert _draw_box(2, 80, (1, 1), (3 / 4, 4 / 3), source) == (0, 38, 2, 3)


def test_color_jitter_without_range_changes_nothing():
    same = ours.random_color_jitter(BATCH[:3], generator=generator(0))
    torch.testing.assert_close(same, BATCH[:3])


def test_mixup_keeps_means_and_probabilities():
    labels = torch.arange(400) % 7
    images, targets = ours.random_mixup(
        BATCH, labels, 7, alpha=0.4, generator=generator(0)
    )
    torch.testing.assert_close(images.mean(0), BATCH.mean(0))
    torch.testing.assert_close(targets.sum(1), torch.ones(400))
    hot = torch.nn.functional.one_hot(labels, 7).float()
    torch.testing.assert_close(targets.mean(0), hot.mean(0))


@given(lam=st.floats(0, 1))
@settings(deadline=None, max_examples=30)
def test_mixup_mixes_picture_and_label_alike(lam):
    # A picture that shows its own label stays such a picture.
    targets = torch.eye(4, **FLOAT64)
    images = targets.reshape(4, 1, 2, 2)
    mixed, wanted = ours.mixup(images, targets, lam, torch.tensor([2, 0, 3, 1]))
    torch.testing.assert_close(mixed.reshape(4, 4), wanted, **EXACT)


def test_shares_of_mixup_follow_their_beta_distribution():
    eye, order = torch.eye(2).reshape(2, 2, 1, 1), torch.tensor([0, 1])
    source, shares = generator(0), []
    for _ in range(600):
        _, targets = ours.random_mixup(eye, order, 2, alpha=0.5, generator=source)
        shares.append(targets[0, 0].item())
    shares = torch.tensor(shares)
    assert shares.mean().item() == pytest.approx(0.5 + 0.25, abs=0.05)
    assert 0 <= shares.min() <= shares.max() <= 1


def test_cutout_covers_what_of_the_hole_lies_inside():
    for seed in range(CASES):
        draw = Drawn(seed)
        h, w, length = draw.pick(1, 7), draw.pick(1, 7), draw.pick(0, 9)
        row, column = draw.pick(0, h - 1), draw.pick(0, w - 1)
        covered = ours.cutout(torch.ones(2, h, w), row, column, length)
        for r in range(h):
            for c in range(w):
                hit = all(
                    at - length // 2 <= i < at - length // 2 + length
                    for i, at in ((r, row), (c, column))
                )
                assert covered[:, r, c].tolist() == [1 - hit] * 2


def test_holes_are_drawn_around_every_pixel():
    blank = torch.ones(600, 1, 4, 4)
    holes = (ours.random_cutout(blank, 1, generator=generator(0)) == 0)[:, 0]
    assert holes.flatten(1).sum(1).unique().tolist() == [1]
    assert holes.any(dim=0).all()


# colours along their axes


def test_lighting_moves_along_the_axes_by_the_scale():
    x = torch.rand(5, 3, 6, 7, generator=generator(0), **FLOAT64)
    pixels = x.permute(1, 0, 2, 3).reshape(3, -1)
    values, vectors = torch.linalg.eigh(pixels.cov())
    for root in (False, True):
        lighting = PCALighting(root=root, generator=generator(1)).fit(x)
        torch.testing.assert_close(
            lighting.explained_variance_, values.flip(0), **EXACT
        )
        alpha = torch.tensor([[0.0, 0.0, 2.0]], **FLOAT64)
        shift = lighting.shift(alpha)[0]
        scale = values[0].sqrt() if root else values[0]
        sign = shift.dot(vectors[:, 0]).sign()
        torch.testing.assert_close(shift, sign * 2 * scale * vectors[:, 0], **EXACT)


def test_lighting_shifts_every_pixel_of_an_image_alike():
    x = torch.rand(300, 3, 2, 2, generator=generator(0), **FLOAT64)
    lighting = PCALighting(0.5, root=True, generator=generator(1)).fit(x)
    moved = lighting.transform(x) - x
    torch.testing.assert_close(moved, moved[:, :, :1, :1].expand_as(moved))
    along = (
        moved[:, :, 0, 0] @ lighting.components_.T / lighting.explained_variance_.sqrt()
    )
    assert along.std(0).tolist() == pytest.approx([0.5] * 3, rel=0.15)


# crops of a test picture


def test_the_mean_of_the_crops_is_a_mean_of_probabilities():
    x = torch.rand(4, 1, 6, 6, generator=generator(0))
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 3))
    crops = ours.ten_crop(x, 4)
    mean = ours.mean_prediction(model, crops)
    torch.testing.assert_close(mean.sum(1), torch.ones(4))
    wanted = sum(model(part).softmax(1) for part in crops) / 10
    torch.testing.assert_close(mean, wanted)


# what is refused

REFUSALS = {
    "interpolation": (
        lambda: ours.rotate(NINE, 9, "cubic"),
        'interpolation is "cubic"; say "nearest" or "bilinear"',
    ),
    "scale": (
        lambda: ours.affine(NINE, 0, [0, 0], 0, [0, 0]),
        r"scale \(0\) must be above 0",
    ),
    "center": (
        lambda: ours.rotate(NINE, 9, expand=True, center=[0, 0]),
        "has no meaning with expand",
    ),
    "crop outside": (
        lambda: ours.crop(NINE, 3, 0, 2, 2),
        "crop of 2x2 at row 3, column 0 holds nothing of the 3x3 picture",
    ),
    "empty crop": (lambda: ours.crop(NINE, 0, 0, 0, 2), "0x2 must be at least 1x1"),
    "size": (
        lambda: ours.center_crop(NINE, [1, 2, 3]),
        "must be one number, or height",
    ),
    "five crops": (
        lambda: ours.five_crop(NINE, [2, 4]),
        "crop of 2x4 is larger than the picture of 3x3",
    ),
    "random crop": (
        lambda: ours.random_crop(NINE[None], 6, 1, generator=generator(0)),
        "crop of 6x6 is larger than the padded image of 5x5",
    ),
    "padding": (
        lambda: ours.random_crop(NINE[None], 2, -1, generator=generator(0)),
        r"padding \(-1\) must be at least 0",
    ),
    "resized scale": (
        lambda: ours.random_resized_crop(NINE[None], 2, (0, 1), generator=generator(0)),
        r"scale \(0, 1\) must go up from a number above 0",
    ),
    "probability": (
        lambda: ours.random_horizontal_flip(NINE[None], 1.5, generator=generator(0)),
        r"p \(1.5\) must lie from 0 to 1",
    ),
    "channels": (lambda: ours.adjust_hue(NINE.expand(2, 3, 3), 0.1), "has 2 channels"),
    "factor": (
        lambda: ours.adjust_contrast(NINE, -0.5),
        r"contrast_factor \(-0.5\) must be at least 0",
    ),
    "hue": (
        lambda: ours.adjust_hue(NINE, 0.6),
        r"hue_factor \(0.6\) must lie from -0.5 to 0.5",
    ),
    "jitter": (
        lambda: ours.random_color_jitter(NINE[None], -1, generator=generator(0)),
        r"brightness \(-1\) must be at least 0",
    ),
    "share": (
        lambda: ours.mixup(NINE[None], torch.ones(1, 1), 2, torch.tensor([0])),
        r"lam \(2\) must lie from 0 to 1",
    ),
    "alpha": (
        lambda: ours.random_mixup(
            NINE[None], torch.tensor([0]), 1, 0, generator=generator(0)
        ),
        r"alpha \(0\) must be above 0",
    ),
    "hole": (lambda: ours.cutout(NINE, 0, 0, -2), r"length \(-2\) must be at least 0"),
    "erase": (
        lambda: ours.erase(NINE, -1, 0, 1, 1, torch.tensor(0)),
        r"i \(-1\) must be at least 0",
    ),
    "components": (
        lambda: PCA(3).fit(torch.rand(9, 2)),
        r"n_components \(3\) must lie from 1 to 2",
    ),
    "one sample": (lambda: ZCA().fit(torch.rand(1, 2)), "there are 1 samples"),
    "eps": (lambda: ZCA(eps=-1), r"eps \(-1\) must be at least 0"),
    "range": (
        lambda: MinMaxScaler((1, 1)),
        r"feature_range \(1, 1\) must go from less to more",
    ),
    "std": (
        lambda: PCALighting(-1, generator=generator(0)),
        r"std \(-1\) must be at least 0",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.usefixtures("as_in_use")
def test_refusals_name_the_value_and_the_rule(name):
    call, message = REFUSALS[name]
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("transform", [StandardScaler(), MinMaxScaler(), PCA(), ZCA()])
def test_what_is_not_fitted_says_so(transform):
    with pytest.raises(NotFittedError, match="call fit with the training split"):
        transform.transform(torch.rand(3, 2))


@given(angle=st.floats(-180, 180), side=st.integers(2, 6))
@settings(deadline=None, max_examples=30)
def test_turning_back_and_forth_keeps_the_middle(angle, side):
    x = torch.rand(1, 2 * side + 1, 2 * side + 1, **FLOAT64)
    turned = ours.rotate(x, angle, "bilinear")
    assert turned[0, side, side].item() == pytest.approx(x[0, side, side].item())
    assert math.isclose(
        ours.rotate(x, angle + 360).sum(), ours.rotate(x, angle).sum(), abs_tol=2
    )
