"""The race: its paths equal the package's step for step, by mouse, touch and keyboard."""

import re
from itertools import product
from pathlib import Path

import pytest
import torch

from dlcourse.optim import optimizers
from dlcourse.optim.optimizers import SURFACES, optimizer_path
from dlcourse.show import palette

pytestmark = pytest.mark.browser

# Jupyter Book adds every stylesheet of the book by itself; a small book has to be told.
FIGURE = """
```{raw} html
<link rel="stylesheet" href="_static/playable-optimizers.css">
```

:::{playable} race
:alt: Optimizers race on a surface.

The still picture.

The caption.
:::
"""
STYLE = Path(__file__).parents[2] / "book" / "_static" / "playable-optimizers.css"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
RUNNERS = {
    "SGD": (optimizers.SGD, {}),
    "momentum": (optimizers.SGD, {"momentum": 0.9}),
    "Nesterov": (optimizers.SGD, {"momentum": 0.9, "nesterov": True}),
    "Adagrad": (optimizers.Adagrad, {}),
    "RMSprop": (optimizers.RMSprop, {}),
    "Adam": (optimizers.Adam, {}),
}
PATHS = """async ([surface, rate, start, steps]) => {
    const [{ path, RULES }, { SURFACES }] =
        await Promise.all([import("dlcourse/descent"), import("dlcourse/surfaces")]);
    const { gradient } = SURFACES[surface];
    const paths = Object.entries(RULES).map(([name, rule]) =>
        [name, path(gradient, rule, rate, start, steps)]);
    return Object.fromEntries(paths);
}"""


@pytest.fixture
def page(visit):
    """The figure on a desktop."""
    return visit(viewport={"width": 1280, "height": 1400})


def run(name: str, surface: str, rate: float, start: list[float], steps: int):
    """The package's path."""
    make, options = RUNNERS[name]
    return optimizer_path(
        SURFACES[surface].height,
        torch.tensor(start, dtype=torch.float64),
        lambda parameters: make(parameters, lr=rate, **options),
        steps,
    )


def standing(page, name: str) -> str:
    return page.locator(f".race-runner[data-runner={name}] output").inner_text()


def status(page) -> str:
    return page.locator(".playable-size").inner_text()


def place(status: str) -> list[float]:
    """Step, steps in all, and the two coordinates of the start."""
    return [
        float(number) for number in re.findall(r"-?[\d.]+", status.replace("−", "-"))
    ]


@pytest.mark.parametrize("surface", SURFACES)
def test_paths_equal_the_package_step_for_step(page, surface):
    starts = ([*SURFACES[surface].start], [0.3, -0.7], [1.5, 0.4])
    for start, rate in product(starts, (2**-11, 2**-8, 2**-4)):
        found = page.evaluate(PATHS, [surface, rate, start, 40])
        assert list(found) == list(RUNNERS)
        for name, points in found.items():
            mine = torch.tensor(points, dtype=torch.float64)
            wanted = run(name, surface, rate, start, 40)
            torch.testing.assert_close(mine, wanted[: len(mine)], rtol=1e-7, atol=1e-9)
            beyond = wanted[len(mine) :].abs().amax(dim=-1)
            assert not (beyond[:1] < 1e9).any()


def test_surfaces_are_those_of_the_package(page):
    found = page.evaluate(
        """async (points) => {
            const { SURFACES } = await import("dlcourse/surfaces");
            return Object.fromEntries(Object.entries(SURFACES).map(([name, surface]) =>
                [name, { ...surface, heights: points.map(surface.height) }]));
        }""",
        points := torch.randn(20, 2, dtype=torch.float64).tolist(),
    )
    assert list(found) == list(SURFACES)
    for name, surface in SURFACES.items():
        heights = [
            surface.height(torch.tensor(p, dtype=torch.float64)).item() for p in points
        ]
        assert found[name]["heights"] == pytest.approx(heights, rel=1e-12)
        assert found[name]["start"] == list(surface.start)
        assert found[name]["window"] == list(surface.window)
        bottom = torch.tensor(surface.minima[0], dtype=torch.float64)
        assert found[name]["lowest"] == surface.height(bottom)


def test_heights_are_shown(page):
    for name, rate in {"SGD": 2**-4, "momentum": 2**-6, "Adam": 2**-3}.items():
        end = run(name, "ravine", rate, [-2, 0.6], 30)[-1]
        shown = float(standing(page, name).replace("−", "-"))
        assert shown == pytest.approx(SURFACES["ravine"].height(end).item(), rel=0.05)
    assert page.heard == []


def test_a_click_moves_the_start(page):
    ground = page.locator(".race-ground")
    box = ground.bounding_box()
    ground.click(position={"x": box["width"] / 2, "y": box["height"] / 4})
    assert place(status(page)) == pytest.approx([30, 200, 0, 0.8], abs=0.02)


def test_touch_moves_the_start(visit):
    page = visit(**PHONE)
    ground = page.locator(".race-ground")
    box = ground.bounding_box()
    ground.tap(position={"x": box["width"] / 4, "y": box["height"] / 2})
    assert place(status(page)) == pytest.approx([30, 200, -1.2, 0], abs=0.04)


def test_arrow_keys_move_the_start_and_stop_at_the_edge(page):
    page.locator(".race-ground").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert status(page).endswith("from (−1.92, 0.52)")
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    assert status(page).endswith("from (−2.40, 0.52)")


def test_runners_come_and_go(page):
    def running():
        tracks = page.locator(".race-track")
        return tracks.evaluate_all("all => all.map(track => track.dataset.runner)")

    assert running() == ["SGD", "momentum", "Adam"]
    page.get_by_role("checkbox", name="Nesterov").check()
    page.get_by_role("checkbox", name="SGD").uncheck()
    assert running() == ["momentum", "Nesterov", "Adam"]


def test_a_rate_that_is_too_large_is_said(page):
    page.get_by_role("slider", name="learning rate of SGD").fill("-3")
    assert standing(page, "SGD") == "ran away"
    assert page.locator(".race-track[data-runner=SGD] circle").count() == 0
    page.get_by_role("slider", name="learning rate of SGD").fill("-5")
    assert standing(page, "SGD") != "ran away"


def test_nobody_runs_away_at_the_rates_to_start_from(page):
    for surface in SURFACES:
        page.get_by_role("combobox", name="surface").select_option(surface)
        for name in RUNNERS:
            assert "ran away" not in standing(page, name)
            assert float(standing(page, name).replace("−", "-")) < 4


def test_play_runs_to_the_end_and_stops(page):
    page.clock.install()
    page.get_by_role("button", name="play").click()
    page.clock.run_for(10 * 40)
    page.get_by_role("button", name="pause").click()
    paused = status(page)
    page.clock.run_for(10 * 40)
    assert 40 <= place(paused)[0] < 200
    assert status(page) == paused
    page.get_by_role("button", name="play").click()
    page.clock.run_for(250 * 40)
    assert place(status(page))[0] == 200
    assert page.get_by_role("button", name="play").is_visible()


def test_reset_returns_to_the_start(page):
    page.get_by_role("combobox", name="surface").select_option("beale")
    page.get_by_role("button", name="back").click()
    assert status(page) == "step 29 of 200, from (0.80, 1.50)"
    page.get_by_role("button", name="reset").click()
    assert status(page) == "step 30 of 200, from (−2.00, 0.60)"


def test_keyboard_reaches_every_control_once(page):
    name = "() => (at => at.ariaLabel ?? at.innerText)(document.activeElement)"
    page.get_by_role("combobox", name="surface").focus()
    stops = []
    for _ in range(17):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(name))
    assert stops[0] == "ravine, start at −2.00, 0.60; arrow keys move it"
    assert stops[1:5] == ["‹ back", "play", "step ›", "reset"]
    assert stops[6::2] == [f"learning rate of {name}" for name in RUNNERS]


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(**PHONE | {"viewport": {"width": width, "height": 844}})
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_targets_are_as_large_as_a_finger(visit):
    page = visit(**PHONE)
    targets = page.locator(".playable-live").locator(
        "button, select, label:has([type=checkbox]), [type=range]"
    )
    sides = "all => all.map(e => e.getBoundingClientRect()).map(b => Math.min(b.width, b.height))"
    assert min(targets.evaluate_all(sides)) >= 36


def test_colours_are_those_of_the_palette():
    style = STYLE.read_text()
    named = dict(re.findall(r"--(green|red|ink): (#\w+);", style))
    assert named == {name: getattr(palette, name.upper()) for name in named}
    assert set(re.findall(r"#[0-9a-f]{6}\b", style)) == set(named.values())
