"""Ultralytics' detection loss, deaf where a class is to be ignored. Needs the train extra."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from ultralytics.utils.loss import v8DetectionLoss

from training.ignore import IGNORED_FROM

Batch = dict[str, Tensor]


class DeafBce(nn.Module):  # type: ignore[misc]  # torch is not in the checked environment
    """Binary cross-entropy that is zero where `deaf` says so and no label is assigned."""

    def __init__(self) -> None:
        super().__init__()
        self.deaf: Tensor | None = None  # (batch, anchors, classes) bool

    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Losses (batch, anchors, classes) of raw scores against targets 0..1."""
        losses = nn.functional.binary_cross_entropy_with_logits(scores, targets, reduction="none")
        if self.deaf is None:
            return losses
        return losses.masked_fill(self.deaf & (targets <= 0), 0.0)


class IgnoringLoss(v8DetectionLoss):  # type: ignore[misc]  # Ultralytics is untyped
    """Classes from IGNORED_FROM on in a batch are regions; the rest are labels as ever."""

    def __init__(self, model: nn.Module, **options: int | None) -> None:
        super().__init__(model, **options)
        self.bce = DeafBce()

    def get_assigned_targets_and_loss(
        self, preds: Batch, batch: Batch, **assign: object
    ) -> tuple[object, ...]:
        """As Ultralytics' own, after the regions are taken out of the batch."""
        region = batch["cls"].view(-1) >= IGNORED_FROM
        kept = {name: batch[name][~region] for name in ("batch_idx", "cls", "bboxes")}
        self.bce.deaf = self._deaf(preds, {name: batch[name][region] for name in kept})
        answer: tuple[object, ...] = super().get_assigned_targets_and_loss(
            preds, batch | kept, **assign
        )
        return answer

    def _deaf(self, preds: Batch, regions: Batch) -> Tensor | None:
        """(batch, anchors, classes): anchors whose centre lies in a region, for its class."""
        if not len(regions["cls"]):
            return None
        centres = _centres(preds["feats"])  # (anchors, 2) as shares of the picture
        boxes = regions["bboxes"].to(centres)  # (regions, 4) xywh as shares
        reach = (centres[None] - boxes[:, None, :2]).abs() <= boxes[:, None, 2:] / 2
        inside = reach.all(dim=2)  # (regions, anchors)
        scores = preds["scores"]  # (batch, classes, anchors)
        deaf = torch.zeros_like(scores, dtype=torch.bool).permute(0, 2, 1).contiguous()
        picture = regions["batch_idx"].view(-1).long()
        classes = regions["cls"].view(-1).long() - IGNORED_FROM
        for k, (i, c) in enumerate(zip(picture.tolist(), classes.tolist(), strict=True)):
            deaf[i, :, c] |= inside[k]
        return deaf


def _centres(feats: list[Tensor]) -> Tensor:
    """Centres of all anchors, (n, 2) x and y as shares of the picture, levels in their order."""
    parts: list[Tensor] = []
    for feat in feats:
        height, width = feat.shape[2:]
        y = (torch.arange(height, device=feat.device, dtype=torch.float32) + 0.5) / height
        x = (torch.arange(width, device=feat.device, dtype=torch.float32) + 0.5) / width
        grid_y, grid_x = torch.meshgrid(y, x, indexing="ij")
        parts.append(torch.stack((grid_x, grid_y), dim=-1).view(-1, 2))
    return torch.cat(parts)
