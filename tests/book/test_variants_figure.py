"""The transposed figure: its numbers equal the package's, by mouse, touch and keyboard."""

import pytest
import torch

from dlcourse.nn.variants import conv_transpose2d, overlap_count

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} transposed
:alt: A small input stamps a kernel onto a larger output.

The still picture.

The caption.
:::
"""
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
TWO = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
ONES = torch.ones(3, 3, dtype=torch.float64)


def shown(page, grid: str = "output", cropped: bool = False) -> torch.Tensor:
    """The numbers of a grid, as the reader sees them; of the output, what is not hatched."""
    read = """(grid, cropped) => [...grid.querySelectorAll("[role=row]")].map(row =>
        [...row.children].map(({ firstChild: cell }) => cell)
            .filter(cell => cropped || !cell.classList.contains("playable-padding"))
            .map(cell => cell.value || cell.innerText)).filter(row => row.length)"""
    rows = page.get_by_role("grid", name=grid, exact=True).evaluate(
        f"grid => ({read})(grid, {str(cropped).lower()})"
    )
    return torch.tensor(
        [[float(cell.replace("−", "-")) for cell in row] for row in rows],
        dtype=torch.float64,
    )


def computed(image: torch.Tensor, kernel: torch.Tensor, **settings) -> torch.Tensor:
    return conv_transpose2d(image[None, None], kernel[None, None], **settings)[0, 0]


def slide(page, name: str, value: int) -> None:
    page.get_by_role("slider", name=name, exact=True).fill(str(value))


def choose(page, name: str, option: str) -> None:
    page.get_by_role("combobox", name=name, exact=True).select_option(option)


def press(page, name: str, times: int = 1) -> None:
    for _ in range(times):
        page.get_by_role("button", name=name).click()


def drawn_vector(seed: int) -> dict:
    """Draw an image, a kernel and settings that leave at least one cell."""
    source = torch.Generator().manual_seed(seed)

    def pick(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=source))

    stride = pick(1, 3)
    settings = {
        "stride": stride,
        "padding": pick(0, 2),
        "output_padding": pick(0, stride - 1),
    }
    least = 2 * settings["padding"] + 1
    image, kernel = (
        torch.randn(shape, generator=source, dtype=torch.float64).tolist()
        for shape in (
            (least + pick(0, 3), least + pick(1, 4)),
            (pick(1, 4), pick(1, 4)),
        )
    )
    return {"image": image, "kernel": kernel, "settings": settings}


def test_arithmetic_equals_the_package(page):
    vectors = [drawn_vector(seed) for seed in range(100)]
    answers = page.evaluate(
        """async (vectors) => {
            const { convTranspose2d, outputSize } = await import("dlcourse/stamps");
            return vectors.map(({ image, kernel, settings }) => ({
                values: convTranspose2d(image, kernel, settings),
                sizes: [outputSize(image.length, kernel.length, settings),
                        outputSize(image[0].length, kernel[0].length, settings)],
            }));
        }""",
        vectors,
    )
    for vector, answer in zip(vectors, answers, strict=True):
        image, kernel = (
            torch.tensor(vector[name], dtype=torch.float64)
            for name in ("image", "kernel")
        )
        want = computed(image, kernel, **vector["settings"])
        torch.testing.assert_close(
            torch.tensor(answer["values"], dtype=torch.float64), want
        )
        assert answer["sizes"] == list(want.shape)


def test_stamps_add_up_one_by_one(page):
    assert page.heard == []
    assert torch.equal(shown(page)[:3, :3], ONES)
    assert shown(page).sum() == 9
    press(page, "step")
    assert shown(page)[0].tolist() == [1, 1, 3, 2, 2]
    assert torch.equal(shown(page, "stamp"), 2 * ONES)
    press(page, "step", times=2)
    assert torch.equal(shown(page), computed(TWO, ONES, stride=2))
    press(page, "step")
    assert shown(page).sum() == 9
    press(page, "back")
    assert torch.equal(shown(page), computed(TWO, ONES, stride=2))


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4])
@pytest.mark.parametrize("stride", [1, 2])
def test_every_setting_equals_the_package(page, kernel_size, stride):
    choose(page, "input", "one to nine")
    press(page, "back")
    slide(page, "kernel_size", kernel_size)
    slide(page, "stride", stride)
    kernel = torch.ones(kernel_size, kernel_size, dtype=torch.float64)
    image = torch.arange(1.0, 10, dtype=torch.float64).reshape(3, 3)
    for padding in (0, 1, 2):
        slide(page, "padding", padding)
        for extra in range(stride):
            slide(page, "output_padding", extra)
            if (3 - 1) * stride - 2 * padding + kernel_size + extra < 1:
                continue
            want = computed(
                image, kernel, stride=stride, padding=padding, output_padding=extra
            )
            assert torch.equal(shown(page), want)


def test_the_overlap_count_is_that_of_the_package(page):
    choose(page, "input", "flat")
    page.get_by_text("overlap count").click()
    press(page, "back")
    assert torch.equal(shown(page), overlap_count(3, 3, stride=2).double())
    slide(page, "padding", 1)
    assert torch.equal(shown(page), overlap_count(3, 3, stride=2, padding=1).double())
    assert shown(page, cropped=True).shape == (7, 7)


def test_the_example_of_the_notes(page):
    sizes = []
    for padding, extra in ((0, 0), (1, 0), (1, 1)):
        slide(page, "padding", padding)
        slide(page, "output_padding", extra)
        sizes.append(list(shown(page).shape))
        said = page.locator(".playable-size").last.text_content()
        assert said.endswith(
            f"= (2 − 1)·2 − 2·{padding} + 3 + {extra} = {len(shown(page))}"
        )
    assert sizes == [[5, 5], [3, 3], [4, 4]]


def test_no_output_padding_without_a_choice_of_sizes(page):
    slide(page, "output_padding", 1)
    slide(page, "stride", 1)
    slider = page.get_by_role("slider", name="output_padding", exact=True)
    assert slider.input_value() == "0"
    assert shown(page).shape == (4, 4)


def test_a_padding_that_crops_all_is_said(page):
    slide(page, "kernel_size", 1)
    slide(page, "padding", 2)
    said = page.locator(".playable-size").last.text_content()
    assert said.endswith("The padding crops all that was stamped.")


def test_typed_numbers_count(page):
    page.get_by_label("input[0, 0]").fill("-5")
    page.get_by_label("kernel[1, 1]").fill("1/2")
    assert shown(page)[1].tolist() == [-5, -2.5, -5, 0, 0]
    press(page, "reset")
    assert torch.equal(shown(page, "input"), TWO)


def test_the_frame_lies_where_the_stamp_goes(page):
    press(page, "step", times=3)
    page.wait_for_timeout(300)
    frame = page.locator(".playable-frame").bounding_box()
    grid = page.get_by_role("grid", name="output", exact=True).bounding_box()
    assert frame["x"] + frame["width"] == pytest.approx(
        grid["x"] + grid["width"], abs=0.1
    )
    assert frame["y"] + frame["height"] == pytest.approx(
        grid["y"] + grid["height"], abs=0.1
    )


def test_arrow_keys_move_in_the_input(page):
    page.get_by_label("input[0, 0]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    focused = page.evaluate("document.activeElement.ariaLabel")
    assert focused == "input[1, 1]"


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(**PHONE | {"viewport": {"width": width, "height": 844}})
    choose(page, "input", "one to nine")
    slide(page, "kernel_size", 4)
    slide(page, "output_padding", 1)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_boards_stay_in_the_page_at_their_widest(page):
    choose(page, "input", "one to nine")
    slide(page, "kernel_size", 4)
    slide(page, "output_padding", 1)
    live = page.locator(".playable-live").bounding_box()
    grids = [page.get_by_role("grid").nth(n).bounding_box() for n in range(4)]
    assert min(grid["x"] for grid in grids) >= live["x"]
    assert max(g["x"] + g["width"] for g in grids) <= live["x"] + live["width"]


def test_letters_of_the_rule_are_italic(page):
    letters = page.locator(".playable-size").last.locator("var").all_inner_texts()
    assert letters == ["n", "s", "p", "k"]
