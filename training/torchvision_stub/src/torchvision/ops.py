"""Non-maximum suppression in plain torch, through the one that Ultralytics carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Indices of the boxes that remain, best score first.

    Shapes: boxes (N, 4) xyxy, scores (N,); returns (K,) int64 with K <= N.
    """
    from ultralytics.utils.nms import (
        TorchNMS,
    )  # imported late: Ultralytics itself imports torchvision

    kept: torch.Tensor = TorchNMS.nms(boxes, scores, iou_threshold)
    return kept
