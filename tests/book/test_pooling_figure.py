"""The pooling figure: its numbers and its gradients equal the package's, by mouse and keyboard."""

import pytest
import torch

from dlcourse.nn.pooling import avg_pool2d, max_pool2d

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} pooling
:alt: A window moves over a map.

The still picture.

The caption.
:::
"""
FLOAT64 = {"dtype": torch.float64}


def computed(image: torch.Tensor, operation: str, **settings) -> tuple:
    """What the package answers, and the gradient that slopes of 1 give it."""
    counts = settings.pop("count_include_pad")
    leaf = image[None].clone().requires_grad_()
    if operation == "max":
        y = max_pool2d(leaf, **settings)
    else:
        y = avg_pool2d(leaf, **settings, count_include_pad=counts)
    return y[0].detach(), torch.autograd.grad(y.sum(), leaf)[0][0]


def drawn_vector(seed: int) -> dict:
    """Draw a map with ties and settings that fit it."""
    source = torch.Generator().manual_seed(seed)

    def pick(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=source))

    kernel = pick(1, 4)
    image = 2 * torch.randn(pick(4, 7), pick(4, 7), generator=source, **FLOAT64)
    return {
        "image": image.round().tolist(),
        "settings": {
            "operation": ("max", "mean")[pick(0, 1)],
            "kernel_size": kernel,
            "stride": pick(1, 4),
            "padding": pick(0, kernel // 2),
            "count_include_pad": bool(pick(0, 1)),
        },
    }


def test_arithmetic_equals_the_package(page):
    vectors = [drawn_vector(seed) for seed in range(100)]
    answers = page.evaluate(
        """async (vectors) => {
            const { pool2d, gradient } = await import("dlcourse/pools");
            return vectors.map(({ image, settings }) =>
                [pool2d(image, settings), gradient(image, settings)]);
        }""",
        vectors,
    )
    for vector, answer in zip(vectors, answers, strict=True):
        wanted = computed(
            torch.tensor(vector["image"], **FLOAT64), **vector["settings"]
        )
        got = tuple(torch.tensor(rows, **FLOAT64) for rows in answer)
        torch.testing.assert_close(got, wanted)


def shown(page, name: str) -> torch.Tensor:
    """The numbers of a grid, as the reader sees them; a fraction such as 1/9 is read as one."""
    read = """grid => [...grid.querySelectorAll("[role=row]")].map(row => [...row.children].map(
        ({ firstChild: cell }) => (cell.value || cell.innerText).replace("−", "-")))"""
    rows = page.get_by_role("grid", name=name, exact=True).evaluate(read)
    numbers = [[cell.partition("/") for cell in row] for row in rows]
    return torch.tensor(
        [
            [float(above) / float(below or 1) for above, _, below in row]
            for row in numbers
        ],
        **FLOAT64,
    )


def slide(page, name: str, value: int) -> None:
    page.get_by_role("slider", name=name, exact=True).fill(str(value))


def test_what_is_shown_is_what_the_package_answers(page):
    image = shown(page, "input")
    for operation in ("max", "mean"):
        page.get_by_text(operation, exact=True).click()
        for kernel_size, stride in ((2, 2), (3, 2), (4, 1)):
            slide(page, "kernel_size", kernel_size)
            slide(page, "stride", stride)
            settings = {"kernel_size": kernel_size, "stride": stride}
            y, dx = computed(image, operation, **settings, count_include_pad=True)
            close = {"rtol": 0, "atol": 0.006}
            torch.testing.assert_close(shown(page, "output"), y, **close)
            torch.testing.assert_close(shown(page, "gradient"), dx, **close)
    assert page.heard == []


def said(page) -> str:
    return page.locator(".playable-size").first.inner_text().replace("\n", " ")


def test_a_tie_is_told(page):
    assert "output[0, 0] = max(0, 3, 1, 3) = 3." in said(page)
    assert "2 cells are equal; the gradient goes to the first, input[0, 1]." in said(
        page
    )
    page.get_by_label("input[1, 1]").fill("4")
    assert "The gradient goes to input[1, 1]." in said(page)
    page.get_by_text("mean", exact=True).click()
    assert "output[0, 0] = (0 + 3 + 1 + 4) / 4 = 2." in said(page)
    assert "Each cell takes 1/4 of the gradient." in said(page).replace("0.25", "1/4")


def test_padding_is_at_most_half_the_kernel_and_may_count(page):
    slide(page, "padding", 2)
    assert page.get_by_role("slider", name="padding").input_value() == "1"
    page.get_by_text("mean", exact=True).click()
    assert "(0 + 0 + 0 + 0) / 4" in said(page)
    counts = page.get_by_role("combobox", name="count_include_pad")
    counts.select_option("padding does not count")
    assert "output[0, 0] = (0) / 1 = 0." in said(page)
    page.get_by_text("max", exact=True).click()
    assert counts.is_hidden()


def test_arrow_keys_step_and_reset(page):
    page.get_by_role("button", name="step ›").click()
    assert "output[0, 1]" in said(page)
    page.get_by_role("button", name="output[0, 1] = 3").focus()
    page.keyboard.press("ArrowDown")
    assert "output[1, 1]" in said(page)
    page.get_by_role("button", name="reset").click()
    assert "output[0, 0]" in said(page)


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(path, open_page, width):
    page = open_page(path, viewport={"width": width, "height": 844}, is_mobile=True)
    page.wait_for_selector(".playable-live")
    slide(page, "kernel_size", 4)
    slide(page, "padding", 2)
    slide(page, "stride", 1)
    assert page.evaluate("document.documentElement.scrollWidth") == width
