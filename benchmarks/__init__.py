"""Benchmarks: the package against torch, as ratios, both sides interleaved in one process."""
