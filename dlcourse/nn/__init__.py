"""Layers from scratch, on tensors, each equal to its torch twin in value and gradient."""
