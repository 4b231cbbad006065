r"""Grad-CAM: which places of a layer speak for an answer.

The gradient is averaged over the places, which leaves one number a channel: how much that channel
matters for the class. The maps, weighed by these numbers and summed, say where.

With :math:`A_c` the maps of the layer and y the logit, the map is
:math:`\mathrm{relu}(\sum_c \alpha_c A_c)` with
:math:`\alpha_c = \frac{1}{hw} \sum_{ij} \partial y / \partial A_{cij}`.

Axes:   c h w; maps of the layer's size
Paper:  Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks via gradient-based
        localization"; Zhou et al. 2016, "Learning deep features for discriminative localization"
Torch:  none; torchcam and captum have it
"""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Image
from dlcourse.style._network import Network

__all__ = ["class_activation_map", "grad_cam"]


def grad_cam(
    model: Network, image: Image, label: int, layer: str = "relu3_2"
) -> Float[Tensor, "oh ow"]:
    """Weigh the maps of a layer by their mean gradient, sum them, and cut at zero.

    Args:
        model: the network, in evaluation mode.
        image: of three channels, values in [0, 1].
        label: the class that is asked about.
        layer: whose maps are weighed.

    Raises:
        KeyError: if the model has no layer of that name.
        ValueError: if there is no such class.
    """
    if layer not in model.layers:
        raise KeyError(
            f'no layer is called "{layer}"; there are {", ".join(model.layers)}'
        )
    _refuse_label(model, label)
    x, maps = model.scaled(image[None]), None
    with torch.enable_grad():
        for name, module in model.layers.items():
            x = module(x)
            if name == layer:
                # A leaf of its own, so that the way back ends here.
                maps = x = x.detach().requires_grad_()
        logit = model.fc(x.mean(dim=(2, 3)))[0, label]
        (slope,) = torch.autograd.grad(logit, maps)
    alpha = slope.mean(dim=(2, 3), keepdim=True)
    return (alpha * maps).sum(dim=1)[0].relu().detach()


@torch.no_grad()
def class_activation_map(
    model: Network, image: Image, label: int
) -> Float[Tensor, "oh ow"]:
    """Apply the last linear layer at every place, before the mean: what Grad-CAM generalizes.

    The mean of the map, plus the bias, is the logit.

    Raises:
        ValueError: if there is no such class.
    """
    _refuse_label(model, label)
    x = model.scaled(image[None])
    for module in model.layers.values():
        x = module(x)
    return torch.einsum("c,chw->hw", model.fc.weight[label], x[0])


def _refuse_label(model: Network, label: int) -> None:
    classes = model.fc.out_features
    if not 0 <= label < classes:
        raise ValueError(f"label ({label}) must be between 0 and {classes - 1}")
