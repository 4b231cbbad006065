"""RoI: cut a region out of a feature map and bring it to a fixed size.

A detector computes the feature map of a photograph once and then judges hundreds of boxes on it.
Its head is fully connected and wants one size; the boxes have every size. A pooling of the region
to a fixed grid stands between them, and how it treats fractions of a cell decides how well the head
can place a box.

Read in this order, parts before the whole:

    definition   one region, one channel, as loops: pooling, sampling between cells, aligning
    regions      the boxes on the feature map: scaled, with the image they belong to
    refusals     what is not accepted, and how it says so
    bins         whole cells for each bin of a side; bins overlap and leave none out
    maximum      roi_pool: the largest cell of each bin, found by doubling
    taps         the cells and weights that each bin of a side reads
    matrix       a bin is a weighted sum of cells, so all bins together are one sparse matrix
    align        roi_align: sample between the cells and average
    sensitive    ps_roi_pool, ps_roi_align: each bin reads channels of its own

Paper:  Girshick 2015, "Fast R-CNN"; He, Gkioxari, Dollar & Girshick 2017, "Mask R-CNN"; Dai, Li,
        He & Sun 2016, "R-FCN: object detection via region-based fully convolutional networks"
Torch:  torchvision.ops.roi_pool, roi_align, ps_roi_pool, ps_roi_align
"""

from .align import roi_align
from .definition import align_region, bilinear, pool_region
from .maximum import roi_pool
from .sensitive import ps_roi_align, ps_roi_pool

__all__ = [
    "align_region",
    "bilinear",
    "pool_region",
    "ps_roi_align",
    "ps_roi_pool",
    "roi_align",
    "roi_pool",
]
