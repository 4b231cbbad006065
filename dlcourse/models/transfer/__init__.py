"""Transfer: what a network learned on one task, put to use on another.

Read in this order:

    weights    from a file, or torchvision's by name, into the models of this course
    freezing   layers that stand still, rates for those that move, a new head
    features   what frozen layers say, computed once and kept on disk
    patches    two tasks on textures: one to learn from, one to transfer to
    small      a small network for them, with weights that are shipped
    pretrain   the script that learned those weights

Paper:  Yosinski, Clune, Bengio & Lipson 2014, "How transferable are features in deep neural
        networks?"
Torch:  torchvision.models.get_model(..., weights=...)
"""

from .features import cached_features, features, fingerprint
from .freezing import freeze, head_of, layer_rates, replace_head
from .patches import SOURCE, TARGET, patches
from .small import small, small_pretrained
from .weights import load_weights, renamed

__all__ = [
    "SOURCE",
    "TARGET",
    "cached_features",
    "features",
    "fingerprint",
    "freeze",
    "head_of",
    "layer_rates",
    "load_weights",
    "patches",
    "renamed",
    "replace_head",
    "small",
    "small_pretrained",
]
