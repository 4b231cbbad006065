"""Show: figures draw what they are given, into the axes they are given, for both themes."""

import matplotlib as mpl
import pytest
import torch
from matplotlib.colors import to_rgba

mpl.use("Agg")

from dlcourse import show  # after the backend without a window is chosen


@pytest.fixture(autouse=True)
def _clean_slate():
    with mpl.rc_context():
        yield
    mpl.pyplot.close("all")


def test_panels_come_in_reading_order():
    figure, axes = show.panels(3, rows=2)
    assert len(axes) == 6
    assert figure.axes == axes


def test_an_image_is_drawn_channels_last():
    _, (ax,) = show.panels(1)
    image = torch.rand(3, 4, 5)
    assert show.show_image(ax, image, "title") is ax
    drawn = ax.images[0].get_array()
    assert drawn.shape == (4, 5, 3)
    torch.testing.assert_close(torch.tensor(drawn), image.permute(1, 2, 0))
    assert ax.get_title() == "title"


def test_zero_is_white_and_signs_differ():
    _, (ax,) = show.panels(1)
    show.show_response(ax, torch.tensor([[-2.0, 0.0, 1.0]]))
    low, zero, high = ax.images[0].to_rgba(ax.images[0].get_array())[0] / 1.0
    assert zero[:3].min() > 0.98
    assert low[0] > low[2]  # orange
    assert high[2] > high[0]  # blue


def test_a_matrix_shows_its_numbers_and_its_window():
    _, (ax,) = show.panels(1)
    show.show_matrix(ax, torch.tensor([[1.0, -2.5], [0.0, 10.0]]), window=(0, 1, 2, 1))
    assert [text.get_text() for text in ax.texts] == ["1", "-2.5", "0", "10"]
    (frame,) = ax.patches
    assert (frame.get_xy(), frame.get_width(), frame.get_height()) == (
        (0.5, -0.5),
        1,
        2,
    )


def test_gradients_and_flat_pictures_are_no_obstacle():
    _, axes = show.panels(2)
    show.show_response(axes[0], torch.zeros(2, 2, requires_grad=True))
    show.show_matrix(axes[1], torch.zeros(2, 2))


def test_the_style_draws_nothing_in_black_or_white():
    show.use_style()
    figure, (ax,) = show.panels(1)
    ax.plot([1, 2])
    ink = to_rgba(show.INK)
    assert to_rgba(ax.xaxis.label.get_color()) == ink
    assert to_rgba(ax.title.get_color()) == ink
    assert figure.get_facecolor()[3] == 0
    assert to_rgba(ax.lines[0].get_color()) == to_rgba(show.BLUE)


def test_boxes_are_drawn_where_their_pixels_are():
    _, (ax,) = show.panels(1)
    show.show_image(ax, torch.rand(3, 8, 8))
    boxes = torch.tensor([[0.0, 0.0, 2.0, 3.0], [1.0, 5.0, 7.0, 8.0]])
    assert show.show_boxes(ax, boxes, ["a", "b"], torch.tensor([0.9, 0.25])) is ax
    first, second = ax.patches
    assert (first.get_xy(), first.get_width(), first.get_height()) == (
        (-0.5, -0.5),
        2,
        3,
    )
    assert second.get_xy() == (0.5, 4.5)
    assert [text.get_text() for text in ax.texts] == ["a 0.90", "b 0.25"]


def test_no_boxes_draw_nothing_and_missing_words_are_refused():
    _, (ax,) = show.panels(1)
    show.show_boxes(ax, torch.zeros(0, 4))
    assert not ax.patches
    with pytest.raises(ValueError, match="1 boxes and 2 labels; give one each"):
        show.show_boxes(ax, torch.zeros(1, 4), ["a", "b"])
