"""YOLO: the whole image, once, through one network that answers at every cell of a grid.

Read in this order, parts before the whole:

    v1_target     one object a cell, in the cell that holds its centre
    v1_loss       squared errors, and which box of a cell is responsible
    v1_decoding   every box of every cell, in pixels, with scores
    choosing      of all boxes, those that are said to be objects
    detector      what the three versions share
    stages        backbones that give maps of strides 8, 16 and 32
    v1            24 convolutions and two fully connected layers
    lattice       every prediction in one list, with its cell and its prior
    offsets       a centre that cannot leave its cell, a size that multiplies a prior
    matching      who owns an object, and who is left in peace
    priors        what versions 2 and 3 share
    reorg         a fine map folded into the size of a coarse one
    resizing      another size of image every few steps
    darknet19     the backbone of version 2
    v2_loss       squares and a softmax
    v2            one grid with priors and a passthrough
    darknet53     the backbone of version 3
    v3_loss       a yes or no for the object and for each class
    v3            three grids
    small         a version 3 on a small backbone, with weights that are shipped
    pretrain      the script that learned those weights

Paper:  Redmon, Divvala, Girshick & Farhadi 2016, "You only look once: unified, real-time object
        detection"; Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger"; Redmon & Farhadi
        2018, "YOLOv3: an incremental improvement"
Torch:  none
"""

from .choosing import choose
from .darknet19 import darknet19, darknet19_features
from .darknet53 import darknet53, darknet53_features
from .lattice import Lattice, flatten_maps, lattice
from .matching import Matched, ignored, match_batch, owners
from .offsets import decode_offsets, offset_targets
from .reorg import reorg
from .resizing import SIZES, draw_size, resize
from .v1 import YOLOv1, convolutions_v1, yolo_v1
from .v1_decoding import decode_cells
from .v1_loss import responsible, split_cells, yolo_v1_loss
from .v1_target import Cells, cells_of, encode_cells
from .v2 import PRIORS_VOC, YOLOv2, yolo_v2
from .v2_loss import yolo_v2_loss
from .v3 import PRIORS_COCO, YOLOv3, yolo_v3
from .v3_loss import yolo_v3_loss

__all__ = [
    "PRIORS_COCO",
    "PRIORS_VOC",
    "SIZES",
    "Cells",
    "Lattice",
    "Matched",
    "YOLOv1",
    "YOLOv2",
    "YOLOv3",
    "cells_of",
    "choose",
    "convolutions_v1",
    "darknet19",
    "darknet19_features",
    "darknet53",
    "darknet53_features",
    "decode_cells",
    "decode_offsets",
    "draw_size",
    "encode_cells",
    "flatten_maps",
    "ignored",
    "lattice",
    "match_batch",
    "offset_targets",
    "owners",
    "reorg",
    "resize",
    "responsible",
    "split_cells",
    "yolo_v1",
    "yolo_v1_loss",
    "yolo_v2",
    "yolo_v2_loss",
    "yolo_v3",
    "yolo_v3_loss",
]
