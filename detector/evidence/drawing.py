"""Annotated copies of a picture: boxes, zones, labels, and a caption bar below.

A picture narrower than 640 px is enlarged two to eight times, to about 960 px, so that text on it
can be read; the copy is for people, measurements belong to the original. Line width and text size
follow the size of the copy. The caption is added below the picture and covers none of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import supervision as sv
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from detector.evidence.layout import Rect, place_label
from detector.evidence.marks import Caption, Mark, ZoneOutline
from detector.evidence.text import Rgb, fitted, font, rgb, text_colour_on, width_px
from detector.looks import Pixels, Size
from detector.observation import BoxXyxy

SMALL_WIDTH_PX = 640
ENLARGED_WIDTH_PX = 960
ENLARGED_HEIGHT_LIMIT_PX = 2160
_ZONE_FILL = 0.10
_CAPTION_GROUND, _CAPTION_TEXT = Rgb(17, 24, 39), Rgb(243, 244, 246)


@dataclass(frozen=True, slots=True)
class _Scale:
    """How big things are drawn on one picture: the enlargement, then pixels of the copy."""

    enlarged: int
    text_px: int
    line_px: int

    @property
    def pad_px(self) -> int:
        return max(self.text_px // 4, 3)


def annotate(
    bgr: Pixels,
    marks: Sequence[Mark],
    zones: Sequence[ZoneOutline] = (),
    caption: Caption | None = None,
) -> Pixels:
    """A drawn copy of a (h, w, 3) uint8 BGR picture.

    The copy is (h * k + bar, w * k, 3) with k >= 1 the enlargement and bar the height of the
    caption. Boxes are cut at the picture's rim; one that is not finite or lies outside is left
    out. Raises ValueError for a colour that is not #rrggbb.
    """
    scale = _scale_of(Size(bgr.shape[1], bgr.shape[0]))
    scene = _enlarged(bgr, scale.enlarged)
    for zone in zones:
        _draw_zone(scene, zone, scale)
    size = Size(scene.shape[1], scene.shape[0])
    visible = [(mark, rect) for mark in marks if (rect := _on_copy(mark.box, scale, size))]
    visible.sort(key=lambda pair: pair[0].main)
    for mark, rect in visible:
        _draw_box(scene, mark, rect, scale)
    with_labels = _with_labels(scene, visible, zones, scale)
    return _with_caption(with_labels, caption, scale) if caption else with_labels


def _scale_of(size: Size) -> _Scale:
    enlarged = 1
    if size.width < SMALL_WIDTH_PX:
        wanted = round(ENLARGED_WIDTH_PX / size.width)
        enlarged = max(min(wanted, ENLARGED_HEIGHT_LIMIT_PX // size.height, 8), 1)
    # A tall picture is read at its width, a wide one at its height.
    reach = min(size.width, size.height * 1.6) * enlarged
    return _Scale(enlarged, max(round(reach * 0.016), 15), max(round(reach / 480), 2))


def _enlarged(bgr: Pixels, times: int) -> Pixels:
    if times == 1:
        return bgr.copy()
    bigger = cv2.resize(bgr, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    return np.asarray(bigger, dtype=np.uint8)


def _on_copy(box: BoxXyxy, scale: _Scale, size: Size) -> Rect | None:
    """The part of a box that shows, in pixels of the copy; None where nothing does."""
    if not all(math.isfinite(value) for value in box):
        return None
    x1, y1, x2, y2 = (value * scale.enlarged for value in box)
    rect = Rect(
        max(math.floor(x1), 0),
        max(math.floor(y1), 0),
        min(math.ceil(x2), size.width),
        min(math.ceil(y2), size.height),
    )
    return rect if rect.x2 > rect.x1 and rect.y2 > rect.y1 else None


def _draw_box(scene: Pixels, mark: Mark, rect: Rect, scale: _Scale) -> None:
    """The main box is three times as strong, with a dark rim so that it shows on any ground."""
    line = scale.line_px * 3 // 2 if mark.main else max(scale.line_px // 2, 1)
    shape = sv.Rect(rect.x1, rect.y1, rect.x2 - rect.x1 - 1, rect.y2 - rect.y1 - 1)
    if mark.main:
        rim = sv.Color(*_CAPTION_GROUND)
        sv.draw_rectangle(scene, shape, color=rim, thickness=line + scale.line_px)
    sv.draw_rectangle(scene, shape, color=sv.Color(*rgb(mark.colour)), thickness=line)


def _draw_zone(scene: Pixels, zone: ZoneOutline, scale: _Scale) -> None:
    corners = np.asarray(zone.polygon, dtype=np.float64).reshape(-1, 2) * scale.enlarged
    if len(corners) < 3 or not np.isfinite(corners).all():
        return
    # OpenCV holds coordinates in 16 bits while drawing; a zone may reach far out of the picture.
    clipped = np.clip(np.rint(corners), -16000, 16000).astype(np.int32)
    polygon = cast("NDArray[np.int_]", clipped)
    colour = sv.Color(*rgb(zone.colour))
    sv.draw_filled_polygon(scene, polygon, color=colour, opacity=_ZONE_FILL)
    sv.draw_polygon(scene, polygon, color=colour, thickness=scale.line_px)


def _with_labels(
    scene: Pixels,
    visible: Sequence[tuple[Mark, Rect]],
    zones: Sequence[ZoneOutline],
    scale: _Scale,
) -> Pixels:
    """The scene with the labels of the marks, the main ones placed first, then of the zones."""
    picture = Image.fromarray(cv2.cvtColor(scene, cv2.COLOR_BGR2RGB))
    draw = ImageDraw.Draw(picture)
    size = Size(*picture.size)
    # The room that the drawn line takes belongs to the box.
    boxes = [_widened(rect, scale.line_px) for _, rect in visible]
    todo = [
        (mark.label, rgb(mark.colour), box, scale.text_px if mark.main else _small(scale))
        for (mark, _), box in reversed(list(zip(visible, boxes, strict=True)))
    ]
    todo += [
        (zone.name, rgb(zone.colour), anchor, _small(scale))
        for zone in zones
        if (anchor := _zone_anchor(zone, scale, size))
    ]
    placed: list[Rect] = []
    for text, colour, own, text_px in todo:
        if text:
            shown = fitted(text, text_px, size.width - 2 * scale.pad_px)
            place = place_label(_label_size(shown, text_px, scale), own, size, boxes, placed)
            _draw_label(draw, shown, place, colour, text_px, scale)
            placed.append(place)
    return np.asarray(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR), dtype=np.uint8)


def _small(scale: _Scale) -> int:
    return max(scale.text_px * 4 // 5, 13)


def _widened(rect: Rect, by: int) -> Rect:
    return Rect(rect.x1 - by, rect.y1 - by, rect.x2 + by, rect.y2 + by)


def _zone_anchor(zone: ZoneOutline, scale: _Scale, size: Size) -> Rect | None:
    """The highest corner of the zone that lies in the picture, as an empty rectangle."""
    inside = [
        (int(y * scale.enlarged), int(x * scale.enlarged))
        for x, y in zone.polygon
        if 0 <= x * scale.enlarged < size.width and 0 <= y * scale.enlarged < size.height
    ]
    if not inside:
        return None
    y, x = min(inside)
    return Rect(x, y, x, y)


def _label_size(text: str, text_px: int, scale: _Scale) -> Size:
    return Size(width_px(text, text_px) + 2 * scale.pad_px, text_px + 2 * scale.pad_px)


def _draw_label(
    draw: ImageDraw.ImageDraw, text: str, place: Rect, ground: Rgb, text_px: int, scale: _Scale
) -> None:
    corners = (place.x1, place.y1, place.x2 - 1, place.y2 - 1)
    draw.rectangle(corners, fill=ground)
    middle = (place.x1 + scale.pad_px, (place.y1 + place.y2) / 2)
    draw.text(middle, text, fill=text_colour_on(ground), font=font(text_px), anchor="lm")


def _with_caption(scene: Pixels, caption: Caption, scale: _Scale) -> Pixels:
    """The scene with a dark bar below it that holds the caption on as many lines as it needs."""
    width = scene.shape[1]
    text_px, pad = scale.text_px, scale.pad_px * 2
    lines = _caption_lines(caption.parts(), text_px, width - 2 * pad)
    leading = text_px * 3 // 2
    bar = Image.new("RGB", (width, leading * len(lines) + pad), _CAPTION_GROUND)
    draw = ImageDraw.Draw(bar)
    for row, line in enumerate(lines):
        middle = (pad, pad / 2 + leading * (row + 0.5))
        draw.text(middle, line, fill=_CAPTION_TEXT, font=font(text_px), anchor="lm")
    below = cv2.cvtColor(np.asarray(bar), cv2.COLOR_RGB2BGR)
    return np.asarray(np.vstack([scene, below]), dtype=np.uint8)


def _caption_lines(parts: Sequence[str], text_px: int, room_px: int) -> list[str]:
    """The parts in order, on one line while there is room, a part never broken over two."""
    lines: list[str] = []
    for part in (fitted(text, text_px, room_px) for text in parts):
        longer = f"{lines[-1]}   ·   {part}" if lines else part
        if lines and width_px(longer, text_px) <= room_px:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines
