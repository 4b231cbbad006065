"""The figures of the padding chapter: their arithmetic equals the package's, and they answer."""

import pytest
import torch
from torch.nn.functional import conv1d

from dlcourse.nn.padding import (
    Window,
    extent,
    left_over,
    output_size,
    reached,
    receptive_field,
)

pytestmark = pytest.mark.browser

FIGURES = """
:::{playable} padding
:alt: The windows along a row of cells.

The still picture.

The caption.
:::

:::{playable} receptive
:alt: Three layers above a row of cells.

The still picture.

The caption.
:::
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory, small_book):
    target, warnings = small_book(tmp_path_factory.mktemp("figures"), index=FIGURES)
    assert warnings == ""
    return target / "index.html"


@pytest.fixture
def page(path, open_page):
    page = open_page(path, viewport={"width": 1280, "height": 1000})
    page.wait_for_selector(".playable-live >> nth=1")
    return page


@pytest.fixture
def padding(page):
    return page.locator("[data-figure=padding]")


@pytest.fixture
def receptive(page):
    return page.locator("[data-figure=receptive]")


def slide(figure, name: str, value: int) -> None:
    figure.get_by_role("slider", name=name, exact=True).fill(str(value))


def texts(figure, grid: str) -> list[str]:
    cells = figure.get_by_role("grid", name=grid, exact=True)
    return cells.get_by_role("gridcell").all_inner_texts()


def picker(seed: int):
    source = torch.Generator().manual_seed(seed)

    def pick(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=source))

    return pick


def drawn_stack(seed: int) -> tuple[int, list[Window]]:
    """Draw up to three layers and a line that is long enough for all of them."""
    pick = picker(seed)
    layers = [
        Window(pick(1, 4), pick(1, 3), pick(0, 2), pick(1, 3))
        for _ in range(pick(1, 3))
    ]
    return receptive_field(layers).size + pick(0, 12), layers


# arithmetic


def test_windows_along_a_side_equal_the_package(page):
    sides = [(n, layers[0]) for n, layers in map(drawn_stack, range(100))]
    answers = page.evaluate(
        """async (sides) => {
            const { fallenOff, readings, windowCount } = await import("dlcourse/side");
            return sides.map(([n, layer]) => ({
                count: windowCount(n, layer),
                readings: readings(n, layer),
                off: fallenOff(n, layer),
            }));
        }""",
        [[n, layer._asdict()] for n, layer in sides],
    )
    for (n, layer), answer in zip(sides, answers, strict=True):
        kernel_size, stride, padding, dilation = layer
        assert answer["count"] == output_size(n, *layer)
        assert sum(0 <= cell < n for cell in answer["off"]) == left_over(n, *layer)
        x = torch.ones(1, 1, n + 2 * padding, requires_grad=True)
        ones = torch.ones(1, 1, kernel_size)
        y = conv1d(x, ones, stride=stride, dilation=dilation)
        (counts,) = torch.autograd.grad(y.sum(), x)
        assert answer["readings"] == counts.flatten().int().tolist()
        span = (answer["count"] - 1) * stride + extent(kernel_size, dilation)
        assert len(answer["off"]) == n + 2 * padding - span


def test_a_side_too_short_has_no_window(page):
    said = page.evaluate(
        """async () => {
            const { fallenOff, windowCount } = await import("dlcourse/side");
            const layer = { kernel_size: 3, stride: 1, padding: 0, dilation: 2 };
            return [windowCount(4, layer), fallenOff(4, layer)];
        }"""
    )
    assert said == [0, [0, 1, 2, 3]]


def test_fields_equal_the_package(page):
    stacks = [drawn_stack(seed) for seed in range(100)]
    answers = page.evaluate(
        """async (stacks) => {
            const { levelSizes, receptiveField, trace } = await import("dlcourse/stack");
            return stacks.map(([n, layers]) => {
                const sizes = levelSizes(n, layers);
                const places = Array.from({ length: sizes.at(-1) }, (_, place) => place);
                const seen = places.map((place) => trace(n, layers, place)[0]);
                return { sizes, field: receptiveField(layers), seen };
            });
        }""",
        [[n, [layer._asdict() for layer in layers]] for n, layers in stacks],
    )
    for (n, layers), answer in zip(stacks, answers, strict=True):
        field = receptive_field(layers)
        assert answer["field"] == vars(field)
        sizes = [n]
        for layer in layers:
            sizes.append(output_size(sizes[-1], *layer))
        assert answer["sizes"] == sizes

        def network(x, layers=layers):
            for kernel_size, stride, padding, dilation in layers:
                ones = x.new_ones(1, 1, kernel_size)
                x = conv1d(x, ones, None, stride, padding, dilation)
            return x

        line = torch.ones(1, 1, n, dtype=torch.float64)
        for place, seen in enumerate(answer["seen"]):
            cells = reached(network, line, [place]).nonzero().flatten().tolist()
            assert [cell for cell in seen if 0 <= cell < n] == cells
            assert set(seen) <= set(field.cells(place))


# the figures


def test_padding_starts_with_a_cell_that_falls_off(page, padding):
    assert texts(padding, "input") == list("11212110")
    assert texts(padding, "output") == list("012")
    assert padding.get_by_text("Beyond the last window").inner_text() == (
        "Beyond the last window: 1 cell of the input, 0 of the padding."
    )
    assert page.heard == []


def test_padding_sliders(padding):
    slide(padding, "padding", 1)
    assert len(texts(padding, "input")) == 10
    assert "0 cells of the input, 1 of the padding" in padding.inner_text()
    assert padding.locator(".playable-size").first.text_content().endswith("= 4")
    slide(padding, "dilation", 3)
    slide(padding, "kernel_size", 5)
    assert "The kernel does not fit" in padding.inner_text()
    assert texts(padding, "output") == []


def test_padding_marks_the_window_of_an_output(padding):
    padding.get_by_role("button", name="output[1] reads 2, 3, 4").click()
    grid = padding.get_by_role("grid", name="input", exact=True)
    marks = grid.get_by_role("gridcell").evaluate_all(
        "cells => cells.map(cell => cell.ariaSelected)"
    )
    assert [index for index, mark in enumerate(marks) if mark == "true"] == [2, 3, 4]


def seen(figure, level: str) -> list[str]:
    """Cells of a level that are marked as seen."""
    buttons = figure.get_by_role("grid", name=level, exact=True).get_by_role("button")
    names = buttons.evaluate_all("cells => cells.map(cell => cell.ariaLabel)")
    return [name.split("]")[0].split("[")[1] for name in names if "seen" in name]


def test_receptive_shows_a_window_of_windows(page, receptive):
    assert [len(seen(receptive, f"layer {n}")) for n in (3, 2, 1)] == [1, 3, 5]
    assert seen(receptive, "input") == list("2345678")
    assert "layer 3[5] sees input 2 to 8" in receptive.inner_text()
    assert page.heard == []


def test_receptive_asks_any_cell_by_mouse_and_key(receptive):
    receptive.get_by_role("button", name="layer 2[0]").first.click()
    assert seen(receptive, "layer 3") == []
    assert seen(receptive, "input") == ["-1", *"012"]
    assert seen(receptive, "layer 1") == ["-1", "0", "1"]
    receptive.page.keyboard.press("ArrowRight")
    assert seen(receptive, "input") == ["-1", *"0123"]
    receptive.get_by_role("button", name="input[-1], padding").click(force=True)
    assert seen(receptive, "input") == ["-1", *"0123"]  # padding has nothing to show


def test_receptive_layers_can_be_chosen_and_edited(receptive):
    receptive.get_by_role("combobox", name="layers").select_option("stride 2 first")
    said = receptive.locator(".playable-size").inner_text()
    assert "size = 1 + 2·1 + 2·2 + 2·2 = 11" in said
    assert "jump = 1·2·1·1 = 2" in said
    receptive.get_by_text("layer 2", exact=True).first.click()
    slide(receptive, "dilation", 2)
    assert "2·1 + 4·2 + 2·2 = 15" in receptive.locator(".playable-size").inner_text()
    assert receptive.get_by_role("combobox", name="layers").input_value() == ""
    slide(receptive, "padding", 0)
    slide(receptive, "n", 6)
    assert "the kernel of layer 2 does not fit" in receptive.inner_text()
    assert texts(receptive, "layer 3") == []
