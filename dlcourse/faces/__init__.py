"""Faces: whether two pictures show the same person, and who it is."""
