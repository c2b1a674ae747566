"""GradLab: see what one training step does to the gradient buffer."""

__version__ = "0.1.0"
