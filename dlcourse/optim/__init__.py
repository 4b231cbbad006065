"""Training from scratch: optimizers, schedules, what keeps a network general, and its measures."""
