"""Augmentation: make the most of the examples there are.

What goes into a network is prepared with numbers that the training split alone has chosen, and
shown each time a little different, so that a few pictures teach what holds for many.

Read in this order, parts before the whole:

    refusals    images and options that no transform accepts
    fitted      fit once, on the training split; apply to any
    scaling     subtract a mean, divide by a spread
    whitening   remove the correlation of the features as well
    draws       random numbers for every image of a batch, from a given generator
    flips       mirror images
    crops       a part of a picture, in the middle or anywhere
    resizing    another number of pixels
    resized     a part of a picture, stretched to a given size
    sampling    read a picture between its pixels
    affine      turn, shift, stretch and shear
    color       brightness, contrast, saturation
    hue         turn the circle of colours
    jitter      all four by random amounts
    lighting    shift the colours along their principal axes, as AlexNet did
    mixing      mixup: weighted means of two examples
    cutting     cutout: a hole at a random place
    multicrop   five and ten crops of a test picture, and the mean of their answers

Images have values in [0, 1]. A function whose name starts with ``random_`` takes a batch and draws
for each image anew.

Paper:  Shorten & Khoshgoftaar 2019, "A survey on image data augmentation for deep learning"; every
        file names its own
Torch:  torchvision.transforms.v2.functional, whose names and signatures these are
"""

from .affine import affine, random_affine, rotate
from .color import (
    adjust_brightness,
    adjust_contrast,
    adjust_saturation,
    rgb_to_grayscale,
)
from .crops import center_crop, crop, random_crop
from .cutting import cutout, erase, random_cutout
from .flips import horizontal_flip, random_horizontal_flip, vertical_flip
from .hue import adjust_hue, hsv_to_rgb, rgb_to_hsv
from .jitter import random_color_jitter
from .lighting import PCALighting
from .mixing import mixup, random_mixup
from .multicrop import five_crop, mean_prediction, ten_crop
from .resized import random_resized_crop, resized_crop
from .resizing import resize
from .sampling import sample
from .scaling import MinMaxScaler, StandardScaler
from .whitening import PCA, ZCA, principal_axes

__all__ = [
    "PCA",
    "ZCA",
    "MinMaxScaler",
    "PCALighting",
    "StandardScaler",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_hue",
    "adjust_saturation",
    "affine",
    "center_crop",
    "crop",
    "cutout",
    "erase",
    "five_crop",
    "horizontal_flip",
    "hsv_to_rgb",
    "mean_prediction",
    "mixup",
    "principal_axes",
    "random_affine",
    "random_color_jitter",
    "random_crop",
    "random_cutout",
    "random_horizontal_flip",
    "random_mixup",
    "random_resized_crop",
    "resize",
    "resized_crop",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "rotate",
    "sample",
    "ten_crop",
    "vertical_flip",
]
