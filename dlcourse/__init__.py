"""dlcourse: convolutional networks and computer vision, from the definition to the grade.

The book in ``book/`` shows and runs this package; the exercises in ``exercises/`` are judged by
``dlcourse.checks``. Importing ``dlcourse`` itself loads nothing: import the page you need, as in
``from dlcourse.nn.convolution import conv2d``.
"""

__version__ = "0.1.0"
