"""From the raw head of the network to boxes in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.looks import Boxes
from detector.model.calibration import Curve
from detector.model.card import Card
from detector.model.letterbox import Letterbox
from detector.taxonomy import TAXONOMY

MAX_BOXES = 300
# Only reached at thresholds near zero, where the rest would never be among the best 300.
MAX_CANDIDATES = 3000
# Far outside any canvas, yet small enough that overlaps stay exact.
FAR_PX = 1e5


@dataclass(frozen=True)
class Sieve:
    """What makes a candidate a box.

    `class_ids` (c,) int64 and `floors` (c,) float32: for each channel of the network, the class
    it stands for and the least confidence, 0..1; `nms_iou` is the overlap, 0..1, above which the
    weaker box of the same class goes. `curves`, one for each channel, make confidences of raw
    scores; without any, the raw score is the confidence.
    """

    class_ids: NDArray[np.int64]
    floors: NDArray[np.float32]
    nms_iou: float
    curves: tuple[Curve, ...] = ()

    @classmethod
    def of(cls, card: Card, min_confidence: float | None = None) -> Sieve:
        """The sieve of a model; `min_confidence`, 0..1, replaces the thresholds of its card."""
        names = [TAXONOMY.class_names[index] for index in card.class_ids]
        floors = [
            card.thresholds[name] if min_confidence is None else min_confidence for name in names
        ]
        return cls(
            np.array(card.class_ids, dtype=np.int64),
            np.array(floors, dtype=np.float32),
            card.nms_iou,
            tuple(card.curves[name] for name in names) if card.curves else (),
        )

    @cached_property
    def least_raw(self) -> float:
        """No candidate whose raw scores all lie below this can be a box."""
        if not self.curves:
            return float(self.floors.min())
        # One step of float32 lower, for a probability that only rounding lifts to the floor.
        lower = np.nextafter(self.floors, np.float32(-1))
        floors = zip(self.curves, lower, strict=True)
        return min(curve.least_raw(float(floor)) for curve, floor in floors)

    def confidences(
        self, scores: NDArray[np.float32], channel: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Confidences of raw scores (n,), each of its channel (n,)."""
        likely = scores.astype(np.float64)
        for number, curve in enumerate(self.curves):
            mine = channel == number
            likely[mine] = curve.probabilities(scores[mine])
        return likely


@dataclass(frozen=True, slots=True)
class _Candidates:
    """`xyxy` (n, 4) in canvas pixels, `class_id` (n,), `confidence` (n,) falling."""

    xyxy: NDArray[np.float64]
    class_id: NDArray[np.int64]
    confidence: NDArray[np.float32]

    def take(self, index: NDArray[np.intp]) -> _Candidates:
        return _Candidates(self.xyxy[index], self.class_id[index], self.confidence[index])


def boxes_from(raw: NDArray[np.float32], letterbox: Letterbox, sieve: Sieve) -> Boxes:
    """Boxes by falling confidence, at most 300, clipped to the picture, each of positive area.

    `raw` is (4 + c, n) float32: centre x, centre y, width, height in pixels of the canvas, then a
    score 0..1 for each channel. Candidates with a value that is not finite are dropped.
    """
    found = _threshold(raw, sieve)
    kept = found.take(suppress(found.xyxy, found.class_id, sieve.nms_iou))
    return _in_picture(kept, letterbox)


def _threshold(raw: NDArray[np.float32], sieve: Sieve) -> _Candidates:
    """The candidates whose class reaches its floor, by falling confidence.

    The class is that of the highest raw score, as when the curves were fitted: in places unlike
    those of the fit a curve that is steep for one class only would turn heaps into bins.
    """
    best = raw[4:].max(axis=0)
    index = np.flatnonzero(best >= sieve.least_raw)
    index = index[_sound(raw[:4, index]) & np.isfinite(best[index])]
    channel = raw[4:, index].argmax(axis=0)
    confidence = sieve.confidences(raw[4 + channel, index], channel)
    clear = np.flatnonzero(confidence.astype(np.float32) >= sieve.floors[channel])
    clear = clear[np.argsort(-confidence[clear], kind="stable")[:MAX_CANDIDATES]]
    return _Candidates(
        _corners(raw[:4, index[clear]]),
        sieve.class_ids[channel[clear]],
        confidence[clear].astype(np.float32),
    )


def _sound(xywh: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which columns of (4, n) are finite boxes with an area."""
    sized = (xywh[2] > 0) & (xywh[3] > 0)
    return np.asarray(sized & np.isfinite(xywh).all(axis=0), dtype=np.bool_)


def _corners(xywh: NDArray[np.float32]) -> NDArray[np.float64]:
    """(4, n) centres and sizes to (n, 4) corners."""
    wide = xywh.T.astype(np.float64)
    half = wide[:, 2:] / 2
    corners = np.concatenate([wide[:, :2] - half, wide[:, :2] + half], axis=1)
    return np.asarray(corners.clip(-FAR_PX, FAR_PX), dtype=np.float64)


def suppress(
    xyxy: NDArray[np.float64], class_id: NDArray[np.int64], iou: float
) -> NDArray[np.intp]:
    """Class-wise greedy non-maximum suppression: the rows that stay, in their order.

    `xyxy` (n, 4) pixels, strongest first, `class_id` (n,); a box goes when a stronger box of its
    class that stays overlaps it by more than `iou`.
    """
    if not len(xyxy):
        return np.empty(0, dtype=np.intp)
    # One call for all classes: each class moves to a place of its own. OpenCV's own batched call
    # moves by the largest coordinate only, so boxes that reach below zero would meet.
    span = float(xyxy.max() - xyxy.min()) + 1
    moved = xyxy + (class_id * span)[:, None]
    rects = np.concatenate([moved[:, :2], moved[:, 2:] - moved[:, :2]], axis=1)
    # OpenCV leaves out scores of zero; the order is all that it needs to know.
    order = np.arange(len(rects), 0, -1, dtype=np.float32)
    # OpenCV's stubs know only lists here; it takes arrays, without copying each number.
    kept = cv2.dnn.NMSBoxes(rects, order, 0.0, iou)  # type: ignore[arg-type]
    return np.asarray(kept, dtype=np.intp).reshape(-1)


def _in_picture(found: _Candidates, letterbox: Letterbox) -> Boxes:
    width, height = letterbox.picture
    xyxy = letterbox.to_picture(found.xyxy).astype(np.float32)
    xyxy[:, 0::2] = xyxy[:, 0::2].clip(0, width)
    xyxy[:, 1::2] = xyxy[:, 1::2].clip(0, height)
    inside = np.flatnonzero((xyxy[:, 2] > xyxy[:, 0]) & (xyxy[:, 3] > xyxy[:, 1]))[:MAX_BOXES]
    return Boxes(xyxy[inside], found.class_id[inside], found.confidence[inside])
