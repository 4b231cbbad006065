"""Model: a network that says what the one thing of a picture is, and where.

It is a classifier with five more outputs. The backbone's last map goes through two fully connected
layers, because where a thing stands is a matter of the whole picture.

Axes:   b pictures of three channels, k classes
Paper:  Sermanet et al. 2014, "OverFeat"
Torch:  none; used as the detectors of torchvision.models.detection are
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.detection._backbone import Backbone

from .label import BOX, Labels, Scene, decode, encode
from .loss import localization_losses

__all__ = ["Localizer"]

BOX_WEIGHT = 20.0
"""Of the box in the sum: shares of a picture's side are small beside logits."""


class Localizer(nn.Module):
    """Predict ``p_c, b_x, b_y, b_h, b_w, c_1 ... c_k`` for each picture.

    In training mode ``model(images, targets)`` gives the losses by name; in evaluation mode
    ``model(images)`` gives one prediction a picture, with one box whose score is p_c.

    Args:
        backbone: gives maps of which the last is read.
        num_classes: how many classes there are.
        size: height and width of the pictures.
        hidden: numbers between the two fully connected layers.

    >>> model = Localizer(num_classes=5).eval()
    >>> model(torch.zeros(1, 3, 96, 96))[0]["boxes"].shape
    torch.Size([1, 4])
    """

    def __init__(
        self,
        backbone: Backbone | None = None,
        *,
        num_classes: int = 5,
        size: tuple[int, int] = (96, 96),
        hidden: int = 128,
    ) -> None:
        super().__init__()
        self.backbone = Backbone() if backbone is None else backbone
        self.size, self.num_classes = size, num_classes
        stride = self.backbone.strides[-1]
        cells = -(-size[0] // stride) * -(-size[1] // stride)
        self.head = nn.Sequential(
            nn.Linear(self.backbone.channels[-1] * cells, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 5 + num_classes),
        )

    def outputs(self, images: Images) -> Labels:
        """Give p_c and the classes as logits, and the box as shares of the picture."""
        numbers = self.head(self.backbone(images)[-1].flatten(1))
        presence, box, names = numbers[:, :1], numbers[:, BOX], numbers[:, 5:]
        return torch.cat([presence, box.sigmoid(), names], dim=1)

    def forward(
        self, images: Images, targets: Sequence[Scene] | None = None
    ) -> dict[str, Tensor] | list[Scene]:
        """Give losses in training mode, predictions in evaluation mode.

        Raises:
            ValueError: in training mode without targets, or if the pictures have another size.
        """
        if tuple(images.shape[2:]) != self.size:
            raise ValueError(
                f"images have {tuple(images.shape[2:])} pixels; this model reads {self.size}"
            )
        outputs = self.outputs(images)
        if not self.training:
            answers = outputs.detach().clone()
            answers[:, 0] = answers[:, 0].sigmoid()
            return decode(answers, self.size)
        if targets is None:
            raise ValueError(
                "targets are missing; in training mode they make the losses"
            )
        labels = encode(targets, self.size, self.num_classes).to(outputs)
        losses = localization_losses(outputs, labels)
        return {**losses, "box": BOX_WEIGHT * losses["box"]}
