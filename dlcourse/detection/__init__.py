"""Detection: which things are in a picture, and where."""
