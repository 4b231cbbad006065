"""The convolution figure: its numbers equal the package's, by mouse, touch and keyboard."""

import re

import pytest
import torch

from dlcourse.nn.convolution import KERNELS, conv2d

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} convolution
:alt: A kernel slides over an image.

The still picture.

The caption.
:::
"""
EDGE = torch.tensor([[10.0] * 3 + [0.0] * 3] * 6, dtype=torch.float64)
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def number(text: str) -> float:
    above, _, below = text.replace("−", "-").partition("/")
    return float(above) / float(below or 1)


def shown(page, grid: str = "output") -> torch.Tensor:
    """The numbers of a grid, as the reader sees them."""
    read = """grid => [...grid.querySelectorAll("[role=row]")].map(row => [...row.children].map(
        ({ firstChild: cell }) => cell.value || cell.innerText))"""
    rows = page.get_by_role("grid", name=grid, exact=True).evaluate(read)
    return torch.tensor(
        [[number(cell) for cell in row] for row in rows], dtype=torch.float64
    )


def computed(image: torch.Tensor, kernel, **settings) -> torch.Tensor:
    """What the package computes, with the two decimals that the figure shows."""
    weight = torch.as_tensor(kernel, dtype=torch.float64)
    return conv2d(image[None, None], weight[None, None], **settings)[0, 0].round(
        decimals=2
    )


def slide(page, name: str, value: int) -> None:
    page.get_by_role("slider", name=name, exact=True).fill(str(value))


def choose(page, name: str, option: str) -> None:
    page.get_by_role("combobox", name=name, exact=True).select_option(option)


def button(page, name: str):
    return page.get_by_role(
        "button", name=re.compile(rf"\b{re.escape(name)}$|^{name}\b")
    )


def place(page) -> str:
    """The place that the equation speaks of."""
    return page.locator(".playable-equation code").inner_text().removesuffix(" =")


def drawn_vector(seed: int) -> dict:
    """Draw an image, a kernel that fits it and settings."""
    source = torch.Generator().manual_seed(seed)

    def pick(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=source))

    settings = {"stride": pick(1, 3), "padding": pick(0, 2), "dilation": pick(1, 3)}
    sides = [pick(1, 4), pick(1, 4)]
    spans = [settings["dilation"] * (side - 1) + 1 for side in sides]
    shape = [max(1, span - 2 * settings["padding"]) + pick(0, 6) for span in spans]
    image, kernel = (
        torch.randn(size, generator=source, dtype=torch.float64).tolist()
        for size in (shape, sides)
    )
    return {"image": image, "kernel": kernel, "settings": settings}


def test_arithmetic_equals_the_package(page):
    vectors = [drawn_vector(seed) for seed in range(100)]
    answers = page.evaluate(
        """async (vectors) => {
            const { conv2d, outputSize } = await import("dlcourse/windows");
            return vectors.map(({ image, kernel, settings }) => ({
                values: conv2d(image, kernel, settings),
                sizes: [outputSize(image.length, kernel.length, settings),
                        outputSize(image[0].length, kernel[0].length, settings)],
            }));
        }""",
        vectors,
    )
    for vector, answer in zip(vectors, answers, strict=True):
        image, kernel = (
            torch.tensor(vector[name], dtype=torch.float64)[None, None]
            for name in ("image", "kernel")
        )
        want = conv2d(image, kernel, **vector["settings"])[0, 0]
        torch.testing.assert_close(
            torch.tensor(answer["values"], dtype=torch.float64), want
        )
        assert answer["sizes"] == list(want.shape)


def test_kernels_are_those_of_the_package(page):
    presets = page.evaluate("async () => (await import('dlcourse/presets')).KERNELS")
    for label, rows in presets.items():
        name = label.removesuffix(" (Prewitt)").lower().replace(" ", "_")
        assert rows == [list(row) for row in KERNELS[name]]


def test_numbers_are_written_exactly_where_they_can_be(page):
    texts = {
        3: "3",
        -2.5: "−2.5",
        1 / 9: "1/9",
        -14 / 3: "−14/3",
        -1e-17: "0",
        0.123: "0.12",
    }
    there_and_back = """async (values) => {
        const { exact, parse } = await import("dlcourse/kit");
        return values.map((value) => [exact(value), parse(exact(value))]);
    }"""
    written, read = zip(*page.evaluate(there_and_back, list(texts)), strict=True)
    assert list(written) == list(texts.values())
    assert read == pytest.approx(list(texts), abs=0.005)


def test_mouse(page):
    assert torch.equal(shown(page), computed(EDGE, KERNELS["vertical_edge"]))
    button(page, "step").click()
    assert place(page) == "output[0, 1]"
    button(page, "back").click()
    assert place(page) == "output[0, 0]"
    button(page, "output[2, 1] = 30").click()
    assert place(page) == "output[2, 1]"
    assert page.get_by_role("gridcell", selected=True).inner_text() == "30"
    assert page.heard == []


def test_touch(visit):
    page = visit(**PHONE)
    button(page, "output[3, 2] = 30").tap()
    assert place(page) == "output[3, 2]"
    button(page, "step").tap()
    assert place(page) == "output[3, 3]"
    page.get_by_text("convolution", exact=True).tap()
    turned = torch.tensor(KERNELS["vertical_edge"]).flip(0, 1)
    assert torch.equal(shown(page), computed(EDGE, turned))


def test_keyboard_reaches_every_control_once(page):
    name = "() => (at => at.ariaLabel ?? (at.value || at.innerText))(document.activeElement)"
    page.get_by_role("combobox", name="input").focus()
    stops = [page.evaluate(name)]
    while stops[-1] != "reset":
        page.keyboard.press("Tab")
        stops.append(page.evaluate(name))
    assert stops == [
        *("bright to dark", "vertical edge (Prewitt)", "cross-correlation"),
        *("kernel_size", "stride", "padding", "dilation"),
        *("input[0, 0]", "kernel[0, 0]", "output[0, 0] = 0"),
        *("‹ back", "play", "step ›", "reset"),
    ]


def test_arrow_keys(page):
    button(page, "output[0, 0] = 0").focus()
    for key in (
        "ArrowDown",
        "ArrowRight",
        "ArrowRight",
        "ArrowUp",
        "ArrowUp",
        "ArrowLeft",
    ):
        page.keyboard.press(key)
    assert place(page) == "output[0, 1]"
    page.get_by_label("input[0, 0]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.type("4")
    assert shown(page, "input")[0, :3].tolist() == [10, 4, 10]
    page.get_by_role("slider", name="stride").focus()
    page.keyboard.press("ArrowRight")
    image = EDGE.clone()
    image[0, 1] = 4
    assert torch.equal(shown(page), computed(image, KERNELS["vertical_edge"], stride=2))


@pytest.mark.parametrize(
    ("stride", "padding", "dilation"),
    [(1, 0, 2), (2, 0, 1), (3, 1, 2), (1, 2, 3), (3, 2, 1)],
)
def test_sliders(page, stride, padding, dilation):
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    choose(page, "input", "digits of π")
    choose(page, "kernel", "blur")
    image = shown(page, "input")
    for name, value in settings.items():
        slide(page, name, value)
    assert torch.equal(shown(page), computed(image, KERNELS["blur"], **settings))


def test_kernel_size_cuts_and_restores_the_kernel(page):
    slide(page, "kernel_size", 2)
    cut = torch.tensor(KERNELS["vertical_edge"])[:2, :2]
    assert torch.equal(shown(page), computed(EDGE, cut))
    slide(page, "kernel_size", 4)
    assert shown(page, "kernel").shape == (4, 4)
    slide(page, "kernel_size", 3)
    assert torch.equal(shown(page), computed(EDGE, KERNELS["vertical_edge"]))


def test_convolution_turns_the_kernel(page):
    choose(page, "input", "a dot")
    choose(page, "kernel", "Sobel vertical")
    kernel = torch.tensor(KERNELS["sobel_vertical"], dtype=torch.float64)
    assert torch.equal(shown(page)[:3, :3], kernel.flip(0, 1))
    page.get_by_text("convolution", exact=True).click()
    assert torch.equal(shown(page)[:3, :3], kernel)
    assert torch.equal(shown(page, "kernel, turned by 180 degrees"), kernel.flip(0, 1))


def test_typed_numbers_count(page):
    choose(page, "kernel", "identity")
    page.get_by_label("input[1, 1]").fill("-7")
    page.get_by_label("kernel[1, 1]").fill("1/3")
    assert shown(page)[0].tolist() == [-2.33, 3.33, 0, 0]
    equation = page.locator(".playable-equation")
    assert "(−7) × 1/3" in equation.inner_text()
    assert equation.inner_text().endswith("= −7/3 ≈ −2.33")
    page.get_by_label("kernel[1, 1]").fill("no number")
    assert torch.count_nonzero(shown(page)) == 0


def test_equation_writes_the_products_and_their_sum_out(page):
    button(page, "output[0, 1] = 30").click()
    row = ["+ 10 × 1", "+ 10 × 0", "+ 0 × (−1)"]
    terms = page.locator(".playable-terms > *").all_inner_texts()
    assert terms == ["10 × 1", *row[1:], *row, *row]
    # An output element is a polite live region: it is spoken when it changes.
    spoken = page.locator(".playable-equation output").text_content()
    assert spoken == "output[0, 1] == 30"


def test_size_is_the_rule_with_the_numbers_put_in(page):
    slide(page, "stride", 2)
    said = page.locator(".playable-size").text_content()
    rule, numbers = (
        "⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1",
        "⌊(6 + 2·0 − 1·(3 − 1) − 1) / 2⌋ + 1",
    )
    assert said == f"output size = {rule} = {numbers} = 2"


def test_kernel_that_does_not_fit_is_said(page):
    slide(page, "dilation", 3)
    assert page.get_by_text("does not fit").inner_text() == (
        "The kernel does not fit: its extent, d(k − 1) + 1 = 7, "
        "is larger than the padded input, n + 2p = 6."
    )
    assert button(page, "step").is_disabled()
    slide(page, "padding", 1)
    assert torch.equal(
        shown(page), computed(EDGE, KERNELS["vertical_edge"], padding=1, dilation=3)
    )


def test_window_lies_where_the_sum_is_taken(page):
    slide(page, "dilation", 2)
    slide(page, "padding", 1)
    button(page, "step").click()
    names = "cells => cells.map(cell => cell.ariaLabel)"
    read = page.locator("[data-under] > *").evaluate_all(names)
    inside = [f"input[{row}, {column}]" for row in (1, 3) for column in (0, 2, 4)]
    assert read == [None] * 3 + inside
    page.wait_for_timeout(300)
    frame = page.locator(".playable-frame").bounding_box()
    corner, cell = (
        page.get_by_label(f"input[{i}, {i}]").bounding_box() for i in (0, 3)
    )
    assert frame["x"] == pytest.approx(corner["x"], abs=0.1)
    assert frame["y"] == pytest.approx(corner["y"] - cell["height"], abs=0.1)
    assert frame["width"] == pytest.approx(5 * cell["width"], abs=0.1)


def test_play_walks_to_the_end_and_stops(page):
    page.clock.install()
    button(page, "play").click()
    page.clock.run_for(3 * 800)
    assert place(page) == "output[0, 3]"
    button(page, "pause").click()
    page.clock.run_for(3 * 800)
    assert place(page) == "output[0, 3]"
    button(page, "play").click()
    page.clock.run_for(60 * 800)
    assert place(page) == "output[3, 3]"
    assert button(page, "play").is_visible()


def test_reset_returns_to_the_start(page):
    slide(page, "padding", 2)
    choose(page, "input", "a seven")
    button(page, "step").click()
    button(page, "reset").click()
    assert place(page) == "output[0, 0]"
    assert torch.equal(shown(page, "input"), EDGE)
    assert torch.equal(shown(page), computed(EDGE, KERNELS["vertical_edge"]))


@pytest.mark.parametrize(
    ("motion", "seconds"), [("no-preference", "0.25s"), ("reduce", "0s")]
)
def test_window_jumps_for_those_who_prefer_it(visit, motion, seconds):
    page = visit(reduced_motion=motion)
    style = "frame => getComputedStyle(frame).transitionDuration"
    assert page.locator(".playable-frame").evaluate(style) == seconds


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(**PHONE | {"viewport": {"width": width, "height": 844}})
    page.get_by_text("convolution", exact=True).tap()
    for kernel_size in (1, 4):
        slide(page, "kernel_size", kernel_size)
        slide(page, "padding", 2)
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_targets_are_as_large_as_a_finger(visit):
    page = visit(**PHONE)
    slide(page, "kernel_size", 1)
    slide(page, "padding", 2)
    targets = page.locator(".playable-live").locator(
        "button, select, .playable-toggle span, input:not([type=radio])"
    )
    sides = "all => all.map(e => e.getBoundingClientRect()).map(b => Math.min(b.width, b.height))"
    assert min(targets.evaluate_all(sides)) >= 36


CONTRAST = """(element) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const paint = (colour) => {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (colour) => colour
        .map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    const layers = chain.map((at) => paint(getComputedStyle(at).backgroundColor));
    const ground = luminance(layers.at(-1));
    const text = luminance(paint(getComputedStyle(element).color));
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_legible_on_both_themes(visit, theme):
    page = visit(color_scheme=theme)
    assert page.locator("html").get_attribute("data-theme") == theme
    slide(page, "padding", 1)
    texts = "button:enabled, select, input[type=text], label span, code, [role=gridcell] span"
    texts += ", .playable-title, .playable-terms span, .playable-size"
    ratios = (
        page.locator(".playable-live")
        .locator(texts)
        .evaluate_all(f"all => all.map({CONTRAST})")
    )
    assert min(ratios) >= 4.5
