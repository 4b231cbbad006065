"""What a student reads on regions of interest, in the cases that no list of mistakes foresees."""

import pytest
import torch
from torchvision import ops

from dlcourse.checks import roi as checks


def pooled(x, box, output_size, spatial_scale):
    """Pool with torchvision."""
    return ops.roi_pool(x[None], [box[None]], output_size, spatial_scale)[0]


def aligned(x, box, output_size, spatial_scale, sampling_ratio):
    """Align with torchvision."""
    settings = output_size, spatial_scale, sampling_ratio, True
    return ops.roi_align(x[None], [box[None]], *settings)[0]


@pytest.mark.parametrize(
    ("check", "library"), [(checks.roi_pool, pooled), (checks.roi_align, aligned)]
)
def test_the_library_is_seen(check, library):
    assert check.judge(library, seed=1).stage == "forbidden"


@pytest.mark.parametrize("hidden", [False, True])
def test_samples_as_a_weighted_product_are_right(hidden):
    """Weights of rows and columns apart, and two products: another way to the same numbers."""

    def weights(points, cells):
        inside = (points >= -1) & (points <= cells)
        distance = points.clamp(0, cells - 1)[..., None] - torch.arange(cells)
        tent = (1 - distance.abs()).clamp(min=0) * inside[..., None]
        return tent.mean(dim=1)  # bins cells

    def roi_align(x, box, output_size, spatial_scale, sampling_ratio):
        x1, y1, x2, y2 = (spatial_scale * box).tolist()
        rows, columns = (
            weights(checks.sample_points.reference(*ends, sampling_ratio), cells)
            for ends, cells in (
                ((y1, y2, output_size[0]), x.shape[1]),
                ((x1, x2, output_size[1]), x.shape[2]),
            )
        )
        return rows @ x @ columns.T

    assert checks.roi_align.judge(roi_align, seed=1, hidden=hidden).right


def test_a_wrong_helper_costs_its_own_marks_only():
    """What fails by an earlier task alone is right once that task is lent."""
    names: dict = {"torch": torch}
    text = """
def roi_bin(start, end, index, bins, cells):
    return 0, 1

def roi_pool(x, box, output_size, spatial_scale):
    x1, y1, x2, y2 = (box * spatial_scale).tolist()
    y = x.new_zeros(x.shape[0], *output_size)
    for r in range(output_size[0]):
        rows = slice(*roi_bin(y1, y2, r, output_size[0], x.shape[1]))
        for c in range(output_size[1]):
            columns = slice(*roi_bin(x1, x2, c, output_size[1], x.shape[2]))
            if x[:, rows, columns].numel():
                y[:, r, c] = x[:, rows, columns].amax(dim=(1, 2))
    return y
"""
    exec(text, names)
    assert not checks.roi_bin.judge(names["roi_bin"], seed=1).right
    verdict = checks.roi_pool.judge(names["roi_pool"], seed=1)
    assert verdict.right
    assert verdict.helped


def test_a_blank_answer_is_told_so():
    def roi_bin(start, end, index, bins, cells):
        raise NotImplementedError

    assert checks.roi_bin.judge(roi_bin, seed=1).stage == "blank"
