"""The classic networks, on torch.nn: each as its paper draws it and as torchvision builds it."""
