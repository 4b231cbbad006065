"""Windows: look at every place of a picture with a network made for a small one.

A classifier that knows a thing when it fills the picture can find it in a larger one: cut windows
out and ask it of each. Windows overlap, so nearly everything is computed many times. With its
fully connected layers written as convolutions the network takes the whole picture at once, and
every place of its output is the answer for one window.

Axes:   b pictures, c channels, h w pixels; k classes; wh ww windows down and across
Paper:  Sermanet, Eigen, Zhang, Mathieu, Fergus & LeCun 2014, "OverFeat: integrated recognition,
        localization and detection using convolutional networks"
Torch:  torch.Tensor.unfold for the windows
"""

from collections import OrderedDict

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.models.vgg import convolutional_head

__all__ = [
    "WindowNet",
    "classify_windows",
    "cut_windows",
    "fully_convolutional",
    "window_boxes",
]

Answers = Float[Tensor, "b k wh ww"]
"""Scores of each class at each window."""


class WindowNet(nn.Module):
    """Classify pictures of 14 x 14 pixels: 5x5 filters, 2x2 maxima, two layers of 400, scores.

    Args:
        num_classes: numbers that come out.
        pool: side and step of the maxima, and so the step between windows.

    >>> WindowNet(4)(torch.zeros(1, 3, 14, 14)).shape
    torch.Size([1, 4])
    """

    side = 14

    def __init__(self, num_classes: int = 4, pool: int = 2) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 5), nn.ReLU(), nn.MaxPool2d(pool)
        )
        self.map = (self.side - 4) // pool
        self.classifier = nn.Sequential(
            nn.Linear(16 * self.map**2, 400),
            nn.ReLU(),
            nn.Linear(400, 400),
            nn.ReLU(),
            nn.Linear(400, num_classes),
        )

    def forward(self, x: Images) -> Float[Tensor, "b k"]:
        """Give the scores of each picture."""
        return self.classifier(self.features(x).flatten(1))


def cut_windows(
    images: Images, side: int, stride: int
) -> Float[Tensor, "b wh ww c s s"]:
    """Cut a square window at every ``stride``-th place, row by row.

    Raises:
        ValueError: if a window does not fit, or the stride is below 1.

    >>> picture = torch.arange(16.0).reshape(1, 1, 4, 4)
    >>> cut_windows(picture, side=2, stride=2)[0, 0, :, 0].tolist()
    [[[0.0, 1.0], [4.0, 5.0]], [[2.0, 3.0], [6.0, 7.0]]]
    """
    if stride < 1:
        raise ValueError(f"stride ({stride}) must be at least 1")
    if side > min(images.shape[2:]):
        raise ValueError(
            f"a window of {side} does not fit into {tuple(images.shape[2:])} pixels"
        )
    windows = images.unfold(2, side, stride).unfold(3, side, stride)
    return windows.permute(0, 2, 3, 1, 4, 5)


def classify_windows(
    model: nn.Module, images: Images, side: int, stride: int
) -> Answers:
    """Ask the model of each window by itself: as the idea is told.

    Raises:
        ValueError: as :func:`cut_windows`.

    >>> mean = nn.Sequential(nn.AvgPool2d(2), nn.Flatten())
    >>> picture = torch.tensor([[[[1.0, 1.0, 5.0], [1.0, 1.0, 5.0]]]])
    >>> classify_windows(mean, picture, side=2, stride=1).tolist()
    [[[[1.0, 3.0]]]]
    """
    windows = cut_windows(images, side, stride)
    rows, columns = windows.shape[1:3]
    answers = [
        model(windows[:, row, column])
        for row in range(rows)
        for column in range(columns)
    ]
    return torch.stack(answers, dim=-1).unflatten(-1, (rows, columns))


def fully_convolutional(model: WindowNet) -> nn.Sequential:
    """Write the fully connected layers as convolutions, with the same weights.

    The first reads the whole map of a window, the others one place.

    >>> fully_convolutional(WindowNet(4))(torch.zeros(1, 3, 28, 28)).shape  # 64 windows
    torch.Size([1, 4, 8, 8])
    """
    head = convolutional_head(model.classifier, model.map)
    return nn.Sequential(OrderedDict(features=model.features, classifier=head))


def window_boxes(
    rows: int, columns: int, side: int, stride: int
) -> Float[Tensor, "n 4"]:
    """Give the frame of each window in the picture, row by row.

    >>> window_boxes(1, 2, side=14, stride=2).tolist()
    [[0.0, 0.0, 14.0, 14.0], [2.0, 0.0, 16.0, 14.0]]
    """
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    corner = stride * torch.stack([x, y], dim=-1).reshape(-1, 2).float()
    return torch.cat([corner, corner + side], dim=1)
