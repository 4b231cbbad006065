"""Portraits: generated faces, whose identity, pose, expression and light are known numbers.

A set of photographs for face recognition holds people who were seldom asked. These people do not
exist, every picture says how it came about, and the difficulty can be turned. What a network learns
of them says how the methods work, and nothing of how well they do on real faces.

Read in this order:

    parameters  what a person and a shot are made of, and within which bounds
    surface     the head as an ellipsoid, turned, tilted and moved
    paint       soft shapes and colours
    features    eyes, brows, nose, mouth, beard and hair on the surface
    portraits   light, background and noise, and whole sets
"""

from .parameters import PERSON, SHOT, draw
from .portraits import Portraits, portraits, render

__all__ = ["PERSON", "SHOT", "Portraits", "draw", "portraits", "render"]
