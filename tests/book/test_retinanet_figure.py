"""The focal figure: its arithmetic equals the package's, and it answers sliders and keys."""

import pytest
import torch

from dlcourse.detection.retinanet import loss_shares, sigmoid_focal_loss

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} focal
:alt: Sliders, curves of the loss, and two bars that show who holds it.
:start: {"alpha": 30}

The still picture.

The caption.
:::
"""


def slide(page, name: str, value: int) -> None:
    page.get_by_role("slider", name=name).fill(str(value))


def shown(page, loss: str) -> list[float]:
    texts = page.locator(f"output[name^='{loss} ']").all_inner_texts()
    return [float(text) for text in texts]


def spread(count: int, middle: float) -> torch.Tensor:
    quantiles = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    return middle + quantiles.logit() / 2


def expected(gamma: float, alpha: float, sure: float) -> list[float]:
    """The shares of the figure's anchors, in percent."""
    background = -torch.tensor(sure, dtype=torch.float64).logit().item()
    inputs = torch.cat([spread(10, 0.0), spread(10000, background)])
    targets = (torch.arange(10010) < 10).double()
    return (100 * loss_shares(inputs, targets, alpha, gamma)).tolist()


def drawn(seed: int) -> dict:
    source = torch.Generator().manual_seed(seed)
    scores = torch.randn(40, generator=source, dtype=torch.float64) * (
        3 + 40 * (seed % 2)
    )
    alpha, gamma = torch.rand(2, generator=source, dtype=torch.float64).tolist()
    return {
        "objects": scores[:15].tolist(),
        "background": scores[15:].tolist(),
        "alpha": alpha,
        "gamma": 5 * gamma,
    }


def test_losses_and_shares_equal_the_package(page):
    vectors = [drawn(seed) for seed in range(40)]
    answers = page.evaluate(
        """async (vectors) => {
            const { loss, shares } = await import("dlcourse/imbalance");
            return vectors.map((one) => [
                one.objects.map((score) => loss(score, 1, one.alpha, one.gamma)),
                one.background.map((score) => loss(score, 0, one.alpha, one.gamma)),
                shares(one, one.alpha, one.gamma),
            ]);
        }""",
        vectors,
    )
    for one, (objects, background, parts) in zip(vectors, answers, strict=True):
        inputs = torch.tensor(one["objects"] + one["background"], dtype=torch.float64)
        targets = (torch.arange(40) < 15).double()
        losses = sigmoid_focal_loss(inputs, targets, one["alpha"], one["gamma"])
        assert objects + background == pytest.approx(
            losses.tolist(), rel=1e-6, abs=1e-12
        )
        whole = loss_shares(inputs, targets, one["alpha"], one["gamma"])
        assert parts == pytest.approx(whole.tolist(), rel=1e-6, abs=1e-9)


def test_the_bars_say_what_the_package_says(page):
    for gamma, alpha, sure in ((20, 25, 90), (0, 50, 50), (50, 80, 99)):
        slide(page, "gamma, tenths", gamma)
        slide(page, "alpha, %", alpha)
        slide(page, "background, %", sure)
        right = expected(gamma / 10, alpha / 100, sure / 100)
        assert shown(page, "focal") == pytest.approx(right, abs=0.051)
        right = expected(0.0, 0.5, sure / 100)
        assert shown(page, "cross") == pytest.approx(right, abs=0.051)
    assert page.heard == []


def test_it_begins_where_the_page_says(page):
    assert shown(page, "focal") == pytest.approx(expected(2.0, 0.3, 0.99), abs=0.051)


def test_keys_move_a_slider(page):
    page.get_by_role("slider", name="gamma, tenths").focus()
    page.keyboard.press("Home")
    slide(page, "alpha, %", 50)
    assert shown(page, "focal") == shown(page, "cross")
    page.get_by_role("slider", name="gamma, tenths").focus()
    page.keyboard.press("ArrowRight")
    assert shown(page, "focal") != shown(page, "cross")


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(
        viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True
    )
    slide(page, "gamma, tenths", 50)
    assert page.evaluate("document.documentElement.scrollWidth") == width
