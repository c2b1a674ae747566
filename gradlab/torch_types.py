"""Torch's types for annotations in files that are read before torch, which takes most of a second to load."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import torch

Module: TypeAlias = "torch.nn.Module"
Tensor: TypeAlias = "torch.Tensor"
