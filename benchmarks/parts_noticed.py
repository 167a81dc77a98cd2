"""Whether a small thing that comes, or is emptied, in a 1080p picture is noticed by a motion gate.

A street of 1920 x 1080 is filmed again and again with noise, JPEG's losses and changing light; in
it a bin of 40 px comes, a full bin becomes an empty one, or nothing happens.
"""

from __future__ import annotations

import cv2
import numpy as np
from shapely.geometry import box

from benchmarks.parts_gate import Footage, contestants, zones_of
from benchmarks.pictures import SHARED
from detector.looks import Picture, Pixels, Size
from training.label_files import read
from training.pictures import read_picture

SEED = 20261121
# What is noticed in pictures of 1920 x 1080: things so wide, on pictures with so much noise of
# their own (one sigma, before JPEG), in light that changes by so much from one to the next.
SCENE = Size(1920, 1080)
THING_PX = 40
THINGS = 60
NOISE_LEVELS = 5.0
JPEG_QUALITY = 60
LIGHT = 0.12
WINDOW = (slice(400, 900), slice(1000, 1500))
GARBAGE = ("garbage_pile", "garbage_bin", "garbage_overflow")


def noticed(input_px: int) -> dict[str, dict[str, float]]:
    """Shares of pictures said to differ: a thing comes, a full bin is emptied, nothing happens."""
    rng = np.random.default_rng(SEED)
    street = sorted((SHARED / "data" / "negatives" / "streets").rglob("*.avif"))[0]
    still = np.asarray(cv2.resize(read_picture(street), SCENE), dtype=np.uint8)
    at = (1200, 600)
    zone = zones_of(box(1150, 560, 1300, 700))
    stills = Footage([still], [0.0], zone)
    things = {name: garbage(name, THINGS) for name in ("garbage_overflow", "garbage_bin")}
    rows: dict[str, dict[str, float]] = {}
    for who, contestant in contestants(stills, input_px).items():
        tally: dict[str, list[bool]] = {"nothing": [], "a bin comes": [], "a bin is emptied": []}
        for full, emptied in zip(*things.values(), strict=False):
            there = _with_thing(still, full, at)
            for what, then, now in (
                ("nothing", still, still),
                ("a bin comes", still, there),
                ("a bin is emptied", there, _with_thing(still, emptied, at, full.shape)),
            ):
                contestant.changed(Picture.from_bgr(_as_filmed(then, rng)))
                contestant.examined()
                tally[what].append(contestant.changed(Picture.from_bgr(_as_filmed(now, rng))))
        rows[who] = {what: round(float(np.mean(said)), 3) for what, said in tally.items()}
        print(f"  noticed: {who:<24} {rows[who]}")
    return rows


def garbage(name: str, most: int) -> list[Pixels]:
    """Labelled things of one class, 40 px wide."""
    folder = SHARED / "data" / "garbage"
    found: list[Pixels] = []
    for labels in sorted((folder / "labels").glob("*.txt"))[::5]:
        boxes = [it for it in read(labels) if GARBAGE[it.class_id] == name]
        if boxes and len(found) < most:
            picture = read_picture(folder / "images" / f"{labels.stem}.avif")
            left, top, right, bottom = (
                np.array(boxes[0].xyxy()) * ([picture.shape[1], picture.shape[0]] * 2)
            ).astype(int)
            found.append(picture[top:bottom, left:right])
    return [_wide(it) for it in found if min(it.shape[:2]) >= THING_PX]


def _wide(bgr: Pixels) -> Pixels:
    size = (THING_PX, min(2 * THING_PX, round(bgr.shape[0] * THING_PX / bgr.shape[1])))
    return np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _with_thing(
    bgr: Pixels, thing: Pixels, at: tuple[int, int], shape: tuple[int, ...] | None = None
) -> Pixels:
    """A copy with a thing whose top left corner is `at`, made as large as `shape`."""
    height, width = (shape or thing.shape)[:2]
    copy = bgr.copy()
    copy[at[1] : at[1] + height, at[0] : at[0] + width] = cv2.resize(thing, (width, height))
    return copy


def _as_filmed(bgr: Pixels, rng: np.random.Generator) -> Pixels:
    """With noise, another light and JPEG's losses. Only the part around the zone is looked at."""
    part = bgr[WINDOW].astype(np.float32) * rng.uniform(1 - LIGHT, 1 + LIGHT)
    part += rng.normal(0, NOISE_LEVELS, part.shape)
    _, jpeg = cv2.imencode(
        ".jpg", part.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    filmed = bgr.copy()
    filmed[WINDOW] = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), dtype=np.uint8)
    return filmed
