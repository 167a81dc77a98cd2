"""Contact sheets: small pictures with their boxes, to be looked at by a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from detector.evidence.text import drawable, font, rgb, text_colour_on, width_px
from detector.taxonomy import TAXONOMY
from training.check.subject import Item
from training.errors import DataError
from training.labels import LabelBox
from training.pictures import read_picture

COLUMNS, ROWS = 5, 4
PAIR_COLUMNS = 3
# Size of one picture on the sheet, and of the line below it, in pixels.
TILE_W, TILE_H, LINE_H = 320, 240, 20
HEAD_H, MARGIN = 58, 6
_GROUND, _INK, _FAINT = (24, 26, 30), (240, 240, 240), (170, 174, 180)
_TEXT_PX, _TAG_PX, _TITLE_PX = 12, 13, 18
# A box narrower than this on the sheet carries no name: colour and legend tell its class.
_TAGGED_PX = 34


@dataclass(frozen=True, slots=True)
class Tile:
    """What is shown together in one place: one picture, or the two of a pair, and a line."""

    items: tuple[Item, ...]
    line: str


def write_sheet(path: Path, title: str, tiles: Sequence[Tile]) -> None:
    """Writes places as one JPEG, five in a row; pairs side by side, three in a row."""
    wide = max(len(tile.items) for tile in tiles)
    columns = COLUMNS if wide == 1 else PAIR_COLUMNS
    tile_w, step_h = TILE_W * wide, TILE_H + LINE_H + MARGIN
    rows = -(-len(tiles) // columns)
    width = columns * (tile_w + MARGIN) + MARGIN
    sheet = Image.new("RGB", (width, HEAD_H + rows * step_h + MARGIN), _GROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((MARGIN, 5), drawable(title), font=font(_TITLE_PX), fill=_INK)
    _legend(draw, {box.class_id for tile in tiles for item in tile.items for box in item.boxes})
    for number, tile in enumerate(tiles):
        left = MARGIN + number % columns * (tile_w + MARGIN)
        top = HEAD_H + number // columns * step_h
        for place, item in enumerate(tile.items):
            sheet.paste(_thumbnail(item), (left + place * TILE_W, top))
        line = _fitting(drawable(tile.line), tile_w)
        draw.text((left, top + TILE_H + 3), line, font=font(_TEXT_PX), fill=_FAINT)
    sheet.save(path, quality=88)


def _legend(draw: ImageDraw.ImageDraw, class_ids: Iterable[int]) -> None:
    left = MARGIN
    for class_id in sorted(class_ids):
        entry = TAXONOMY.classes[class_id]
        text = f"{entry.zh} {entry.en}"
        draw.rectangle((left, 33, left + 13, 46), fill=rgb(entry.colour))
        draw.text((left + 18, 31), text, font=font(14), fill=_INK)
        left += 18 + width_px(text, 14) + 18


def _thumbnail(item: Item) -> Image.Image:
    tile = Image.new("RGB", (TILE_W, TILE_H), (40, 43, 48))
    draw = ImageDraw.Draw(tile)
    try:
        bgr = read_picture(item.picture)
    except (DataError, OSError, cv2.error):
        text = "无法读取 unreadable"
        draw.text(
            (TILE_W // 2, TILE_H // 2), text, font=font(16), fill=(255, 120, 120), anchor="mm"
        )
        return tile
    height, width = bgr.shape[:2]
    scale = min(TILE_W / width, TILE_H / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = Image.fromarray(
        np.ascontiguousarray(cv2.resize(bgr, size, interpolation=way)[:, :, ::-1])
    )
    left, top = (TILE_W - size[0]) // 2, (TILE_H - size[1]) // 2
    tile.paste(small, (left, top))
    edges = [_edges(box, size, (left, top)) for box in item.boxes]
    for box, xyxy in zip(item.boxes, edges, strict=True):
        draw.rectangle(xyxy, outline=rgb(TAXONOMY.classes[box.class_id].colour), width=2)
    for box, xyxy in zip(item.boxes, edges, strict=True):
        if xyxy[2] - xyxy[0] >= _TAGGED_PX:
            _tag(draw, box.class_id, xyxy)
    return tile


def _edges(
    box: LabelBox, size: tuple[int, int], corner: tuple[int, int]
) -> tuple[float, float, float, float]:
    left, top, right, bottom = box.xyxy()
    x, y = corner
    return x + left * size[0], y + top * size[1], x + right * size[0], y + bottom * size[1]


def _tag(draw: ImageDraw.ImageDraw, class_id: int, xyxy: tuple[float, float, float, float]) -> None:
    entry = TAXONOMY.classes[class_id]
    ground = rgb(entry.colour)
    left, top = xyxy[0], max(0.0, xyxy[1] - _TAG_PX - 3)
    draw.rectangle(
        (left, top, left + width_px(entry.zh, _TAG_PX) + 3, top + _TAG_PX + 3), fill=ground
    )
    draw.text((left + 2, top), entry.zh, font=font(_TAG_PX), fill=text_colour_on(ground))


def _fitting(text: str, room_px: int) -> str:
    while text and width_px(text, _TEXT_PX) > room_px:
        text = text[:-2] + "…" if not text.endswith("…") else text[:-3] + "…"
    return text
