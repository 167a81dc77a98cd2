"""Stand-in for torchvision on CPU builds of torch: offers `ops.nms` and a version, nothing more."""

from torchvision import ops

__version__ = "0.28.0"
__all__ = ["__version__", "ops"]
