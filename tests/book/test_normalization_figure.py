"""The figure of axes: its moments and normalized values equal the package's, by mouse and keys."""

import re

import pytest
import torch

from dlcourse.nn.normalization import batch_norm, group_norm, instance_norm, layer_norm

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} axes
:alt: A block of samples, channels and places.

The still picture.

The caption.
:::
"""
FLOAT64 = {"dtype": torch.float64}


def computed(norm: str, x: torch.Tensor, groups: int) -> torch.Tensor:
    """What the package makes of a block of samples, channels and places."""
    return {
        "batch": lambda: batch_norm(x, None, None, training=True),
        "layer": lambda: layer_norm(x, x.shape[1:]),
        "instance": lambda: instance_norm(x),
        "group": lambda: group_norm(x, groups),
    }[norm]()


def shown(page) -> torch.Tensor:
    """The numbers of the block, as the reader sees them."""
    read = """all => all.map(grid => [...grid.querySelectorAll("[role=row]")]
        .map(row => [...row.children].map(cell => cell.innerText.replace("−", "-"))))"""
    texts = page.get_by_role("grid").evaluate_all(read)
    return torch.tensor(
        [[[float(cell) for cell in row] for row in rows] for rows in texts], **FLOAT64
    )


def lit(page) -> list[str]:
    """The places of the cells that are averaged together."""
    cells = page.locator("[data-averaged] > *")
    labels = cells.evaluate_all("all => all.map(cell => cell.ariaLabel)")
    return [label.rpartition(", place")[0] for label in labels]


def say(page) -> str:
    return page.get_by_role("status").inner_text().replace("\n", " ")


def choose(page, text: str) -> None:
    page.get_by_text(text, exact=True).click()


def test_arithmetic_equals_the_package(page):
    source = torch.Generator().manual_seed(0)
    vectors = [
        {
            "block": torch.randn(3, 6, 4, generator=source, **FLOAT64).tolist(),
            "norm": norm,
            "groups": groups,
        }
        for norm in ("batch", "layer", "instance", "group")
        for groups in (1, 2, 3, 6)
    ]
    answers = page.evaluate(
        """async (vectors) => {
            const { normalize } = await import("dlcourse/moments");
            return vectors.map(({ block, norm, groups }) => normalize(block, norm, groups));
        }""",
        vectors,
    )
    for vector, answer in zip(vectors, answers, strict=True):
        block = torch.tensor(vector["block"], **FLOAT64)
        want = computed(vector["norm"], block, vector["groups"])
        torch.testing.assert_close(torch.tensor(answer, **FLOAT64), want)


@pytest.mark.parametrize("norm", ["batch", "layer", "instance", "group"])
def test_the_block_is_normalized_like_the_package(page, norm):
    values = shown(page)
    choose(page, norm)
    choose(page, "normalized")
    want = computed(norm, values, groups=2)
    torch.testing.assert_close(shown(page), want, rtol=0, atol=0.0501)
    assert page.heard == []


@pytest.mark.parametrize(
    ("norm", "cells"),
    [
        ("batch", [f"sample {n}, channel 2" for n in range(4)]),
        ("layer", [f"sample 1, channel {c}" for c in range(6)]),
        ("instance", ["sample 1, channel 2"]),
        ("group", [f"sample 1, channel {c}" for c in range(3)]),
    ],
)
def test_the_cells_averaged_together_light_up(page, norm, cells):
    choose(page, norm)
    assert lit(page) == [cell for cell in cells for _ in range(4)]


def test_the_sentence_names_the_moments(page):
    values = shown(page)
    channel = values[:, 2]
    mean, variance = channel.mean().item(), channel.var(correction=0).item()
    said = say(page)
    assert said.startswith("channel 2 of all samples: 16 values,")
    numbers = [
        float(n) for n in re.findall(r"-?\d+\.?\d*", said.replace("−", "-"))[2:4]
    ]
    assert numbers == pytest.approx([mean, variance], abs=0.006)


def test_groups_are_chosen_where_there_are_groups(page):
    groups = page.get_by_role("combobox", name="num_groups")
    assert groups.is_hidden()
    choose(page, "group")
    groups.select_option("3")
    assert say(page).startswith("channels 2 to 3 of sample 1: 8 values,")
    groups.select_option("6")
    assert say(page).startswith("channel 2 of sample 1: 4 values,")


def test_mouse_and_arrow_keys_pick_a_cell(page):
    page.get_by_role("button", name="sample 3, channel 0, place 1").click()
    assert say(page).startswith("channel 0 of all samples")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert say(page).startswith("channel 1 of all samples")
    picked = page.get_by_role("gridcell", selected=True).locator("button")
    assert picked.get_attribute("aria-label").startswith(
        "sample 3, channel 1, place 2: "
    )


def test_keyboard_reaches_every_control_once(page):
    name = "() => (at => at.ariaLabel ?? at.value)(document.activeElement)"
    page.locator("input[value=batch]").focus()
    stops = [page.evaluate(name)]
    for _ in range(5):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(name).split(":")[0])
    assert stops == [
        "batch",
        "values",
        "sample 0, channel 0, place 0",
        "sample 1, channel 2, place 0",  # the cell picked at first
        "sample 2, channel 0, place 0",
        "sample 3, channel 0, place 0",
    ]


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(
        viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True
    )
    for text in ("group", "normalized"):
        page.get_by_text(text, exact=True).tap()
        assert page.evaluate("document.documentElement.scrollWidth") == width
