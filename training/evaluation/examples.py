"""The worst misses and false alarms, as small pictures with their boxes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Literal

import cv2
import numpy as np

from detector.geometry.boxes import area, covered_share
from detector.looks import Boxes, Pixels, Size
from detector.taxonomy import TAXONOMY
from training.evaluation.causes import Cause, why_false, why_missed
from training.evaluation.look import picture
from training.evaluation.scene import Scene, SceneSet

MOST = 24
SIDE_PX = 480
QUALITY = 72
# How much of its surroundings a thing is shown with, in its own sizes, and at least in pixels.
SURROUNDINGS = 3.0
LEAST_REGION_PX = 200
# A box of which less lies in the region is not drawn.
VISIBLE_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Fault:
    """A label that was missed or a box that was false; `index` into the scene's boxes."""

    kind: Literal["miss", "alarm"]
    scene: Scene
    index: int

    @property
    def boxes(self) -> Boxes:
        """The boxes of the scene that it is one of."""
        return self.scene.truth if self.kind == "miss" else self.scene.released

    @property
    def class_id(self) -> int:
        """The class of its target."""
        return int(self.boxes.class_id[self.index])

    @property
    def weight(self) -> float:
        """How bad it is: the area of what was missed, the confidence of a false alarm."""
        if self.kind == "alarm":
            return float(self.boxes.confidence[self.index])
        return float(area(self.boxes.xyxy[self.index])[0])


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box on a small picture, in shares 0..1 of it: left, top, width, height."""

    role: Literal["truth", "found"]
    main: bool
    class_id: int
    confidence: float | None
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Example:
    """A fault as the page shows it; `image` is a JPEG as a data URI, `width` x `height` pixels.

    `box_px` is the width and height of the box in the full picture of `size`.
    """

    kind: Literal["miss", "alarm"]
    class_id: int
    cause: Cause
    set_name: str
    file: str
    confidence: float | None
    size: Size
    box_px: tuple[int, int]
    image: str
    width: int
    height: int
    boxes: tuple[DrawnBox, ...]


def worst(sets: Sequence[SceneSet], kind: Literal["miss", "alarm"]) -> tuple[Example, ...]:
    """The worst faults, at most 24, the classes in turn, a class once in each picture."""
    by_class: dict[int, dict[int, Fault]] = {}
    for number, scene in enumerate(scene for it in sets for scene in it.scenes):
        for fault in _faults(scene, kind):
            known = by_class.setdefault(fault.class_id, {})
            if number not in known or fault.weight > known[number].weight:
                known[number] = fault
    ranked = [
        sorted(by_class[class_id].values(), key=lambda fault: -fault.weight)
        for class_id in sorted(by_class)
    ]
    in_turn = chain.from_iterable(zip_longest(*ranked))
    chosen = [fault for fault in in_turn if fault is not None][:MOST]
    return tuple(map(_example, sorted(chosen, key=lambda it: (it.class_id, -it.weight))))


def _faults(scene: Scene, kind: Literal["miss", "alarm"]) -> Iterator[Fault]:
    mask = scene.missed if kind == "miss" else scene.false
    return (Fault(kind, scene, int(index)) for index in np.flatnonzero(mask))


def _example(fault: Fault) -> Example:
    scene, box = fault.scene, fault.boxes.xyxy[fault.index].astype(float)
    left, top, right, bottom = region_around(box, scene.size)
    view = picture(scene.picture)[top:bottom, left:right]
    image, size = _jpeg(view)
    why = why_missed if fault.kind == "miss" else why_false
    return Example(
        kind=fault.kind,
        class_id=fault.class_id,
        cause=why(scene, fault.index),
        set_name=scene.set_name,
        file=scene.picture.name,
        confidence=float(fault.boxes.confidence[fault.index]) if fault.kind == "alarm" else None,
        size=scene.size,
        box_px=(round(box[2] - box[0]), round(box[3] - box[1])),
        image=image,
        width=size.width,
        height=size.height,
        boxes=tuple(_drawn(fault, (left, top, right, bottom))),
    )


def region_around(box: Iterable[float], size: Size) -> tuple[int, int, int, int]:
    """The part of a picture, xyxy in whole pixels, that shows a box with its surroundings."""
    x1, y1, x2, y2 = box
    width = max(SURROUNDINGS * (x2 - x1), LEAST_REGION_PX)
    height = max(SURROUNDINGS * (y2 - y1), LEAST_REGION_PX)
    # Four to three at least either way, so that the pictures of a page are alike.
    width, height = max(width, height * 4 / 3), max(height, width * 3 / 4)
    left, right = _span((x1 + x2) / 2, width, size.width)
    top, bottom = _span((y1 + y2) / 2, height, size.height)
    return left, top, right, bottom


def _span(middle: float, length: float, whole: int) -> tuple[int, int]:
    """A stretch of that length round a middle, moved and cut to lie within 0 and `whole`."""
    length = min(length, whole)
    start = min(max(middle - length / 2, 0), whole - length)
    return int(start), min(whole, int(np.ceil(start + length)))


def _jpeg(view: Pixels) -> tuple[str, Size]:
    height, width = view.shape[:2]
    scale = min(1.0, SIDE_PX / max(width, height))
    size = Size(max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(view, size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return "data:image/jpeg;base64," + b64encode(data.tobytes()).decode("ascii"), size


def _drawn(fault: Fault, region: tuple[int, int, int, int]) -> Iterator[DrawnBox]:
    scene = fault.scene
    for role, boxes, own in (
        ("truth", scene.truth, fault.kind == "miss"),
        ("found", scene.released, fault.kind == "alarm"),
    ):
        left, top, right, bottom = region
        for k, (x1, y1, x2, y2) in enumerate(boxes.xyxy.astype(float)):
            main = own and k == fault.index
            if not main and covered_share((x1, y1, x2, y2), [region])[0] < VISIBLE_SHARE:
                continue
            x1, x2 = np.clip((x1, x2), left, right)
            y1, y2 = np.clip((y1, y2), top, bottom)
            yield DrawnBox(
                role="truth" if role == "truth" else "found",
                main=main,
                class_id=int(boxes.class_id[k]),
                confidence=None if role == "truth" else round(float(boxes.confidence[k]), 2),
                x=round(float((x1 - left) / (right - left)), 4),
                y=round(float((y1 - top) / (bottom - top)), 4),
                width=round(float((x2 - x1) / (right - left)), 4),
                height=round(float((y2 - y1) / (bottom - top)), 4),
            )


def class_names() -> dict[int, dict[str, str]]:
    """Both names of every class by id."""
    return {entry.id: {"zh": entry.zh, "en": entry.en} for entry in TAXONOMY.classes}
