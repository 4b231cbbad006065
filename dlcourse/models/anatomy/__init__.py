"""Anatomy: what every layer of a network gives out, costs and sees, by running it once.

The tables of the papers hold nothing that the network does not know itself. Run it on one image, on
no device at all if it is large, and write down what passes.

Read in this order, parts before the whole:

    call        one operation of torch, its arguments by name
    cost        the multiply-adds of one operation
    sight       which cells one operation reads, and the receptive field after it
    watching    every operation of a run: costs added up, receptive fields carried along
    table       a row a layer, and the totals
    walk        the rows with a few maps beside them, for a picture

Torch:  torch.utils.flop_counter, which counts a multiply-add as two
"""

from .table import Layer, Totals, layer_table, totals
from .walk import walk

__all__ = ["Layer", "Totals", "layer_table", "totals", "walk"]
