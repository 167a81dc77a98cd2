"""The two heads of a YOLO26 model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ultralytics.nn.tasks import DetectionModel


def keep_one_to_many(model: DetectionModel) -> None:
    """Removes the one-to-one head in place; what remains needs non-maximum suppression."""
    head = model.model[-1]
    head.one2one_cv2 = head.one2one_cv3 = None
