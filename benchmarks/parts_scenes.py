"""Pictures of 1920 x 1080 with small labelled things, and zones drawn loosely around them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon, box

from benchmarks.pictures import SHARED
from benchmarks.slices import Scene
from detector.geometry.zone import Zone, ZoneKind
from detector.looks import Pixels, Size
from detector.taxonomy import TAXONOMY
from training.label_files import read
from training.pictures import read_picture

DATA = SHARED / "data"
SCENE = Size(1920, 1080)
SEED = 20261121
THING_PX = 40.0
# Drawn by hand: this much of the side of what they enclose too wide, each border by itself.
LOOSE = (0.05, 0.4)
LARGEST_ZONE_PX = 420
TRIES = 200
# Class names by the ids of the sources' label files.
GARBAGE: tuple[str, ...] = ("garbage_pile", "garbage_bin", "garbage_overflow")
MOTORCYCLE = ("car", "bus", "motorcycle", "bicycle", "person", "truck")
CAMERA = ("car", "truck", "bus", "truck", "car", "person", "bicycle")


@dataclass(frozen=True)
class Watched:
    """A picture with its truth and the zones of its camera."""

    scene: Scene
    zones: tuple[Zone, ...]


@dataclass(frozen=True)
class _Source:
    """A labelled picture; `names` are its label file's classes."""

    picture: Path
    labels: Path
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Cutting:
    """A shrunk picture with its boxes."""

    bgr: Pixels
    xyxy: NDArray[np.float64]
    class_id: NDArray[np.int64]


def scenes(name: str) -> Iterator[Watched]:
    """The pictures of one set, `garbage`, `street` or `camera`; always the same."""
    rng = np.random.default_rng(SEED)
    streets = sorted((DATA / "negatives" / "streets").rglob("*.avif"))
    sources = _sources(name)
    order = [sources[place] for place in rng.permutation(len(sources))]
    for some in _in_groups([it for it in map(_shrunk, order) if it is not None], 3):
        canvas = read_picture(streets[rng.integers(len(streets))])
        yield _laid(np.asarray(cv2.resize(canvas, SCENE), dtype=np.uint8), some, rng)


def _sources(name: str) -> list[_Source]:
    if name == "garbage":
        folder, names = DATA / "garbage", GARBAGE
        with (folder / "scenes.csv").open(encoding="utf-8", newline="") as table:
            stems = [Path(it["picture"]).stem for it in csv.DictReader(table) if _unseen(it)]
    elif name == "street":
        folder, names = DATA / "street_asia", MOTORCYCLE
        stems = [it.stem for it in sorted((folder / "labels").glob("ktmA_*.txt"))]
    else:
        folder, names = DATA / "traffic_camera", CAMERA
        stems = [it.stem for it in sorted((folder / "labels").glob("*.txt"))[::9]]
    return [
        _Source(folder / "images" / f"{it}.avif", folder / "labels" / f"{it}.txt", names)
        for it in stems
    ]


def _unseen(row: dict[str, str]) -> bool:
    return row["split"] == "val"


def _in_groups(cuttings: list[_Cutting], size: int) -> Iterator[list[_Cutting]]:
    for start in range(0, len(cuttings), size):
        yield cuttings[start : start + size]


def _shrunk(source: _Source) -> _Cutting | None:
    """A picture made so small that half of what is labelled is below 40 px wide; never enlarged.

    None where nothing is labelled, or the zone would be no small part of a camera's picture.
    """
    boxes = [it for it in read(source.labels) if it.class_id < len(source.names)]
    if not boxes:
        return None
    bgr = read_picture(source.picture)
    shares = np.array([it.xyxy() for it in boxes], dtype=np.float64)
    widths = (shares[:, 2] - shares[:, 0]) * bgr.shape[1]
    ratio = min(1.0, THING_PX / float(np.median(widths)))
    size = Size(*(max(2, round(side * ratio)) for side in (bgr.shape[1], bgr.shape[0])))
    xyxy = shares * [*size, *size]
    spread = xyxy[:, 2:].max(axis=0) - xyxy[:, :2].min(axis=0)
    if max(spread) > LARGEST_ZONE_PX or max(size) > min(SCENE):
        return None
    small = np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    ids = [TAXONOMY.class_id(source.names[it.class_id]) for it in boxes]
    return _Cutting(small, xyxy, np.array(ids, dtype=np.int64))


def _laid(bgr: Pixels, cuttings: list[_Cutting], rng: np.random.Generator) -> Watched:
    """The cuttings on a street, a zone around the things of each, and one around nothing."""
    taken: list[Polygon] = []
    boxes, ids, zones = [], [], []
    for number, it in enumerate(cuttings):
        size = Size(it.bgr.shape[1], it.bgr.shape[0])
        corner = _room(size, taken, rng)
        if corner is None:
            continue
        left, top = corner
        bgr[top : top + size.height, left : left + size.width] = it.bgr
        moved = it.xyxy + np.array([left, top] * 2)
        boxes.append(moved)
        ids.append(it.class_id)
        zones.append(_zone(f"place {number}", moved, rng))
    blank = Size(*rng.integers(60, 200, 2).tolist())
    corner = _room(blank, taken, rng)
    if corner is not None:
        nothing = np.array(
            [[*corner, *(at + side for at, side in zip(corner, blank, strict=True))]]
        )
        zones.append(_zone("nothing here", nothing, rng))
    return Watched(Scene(bgr, np.concatenate(boxes), np.concatenate(ids)), tuple(zones))


def _room(size: Size, taken: list[Polygon], rng: np.random.Generator) -> tuple[int, int] | None:
    """Where something of this size lies on nothing else, which it then takes."""
    for _ in range(TRIES):
        left = int(rng.integers(SCENE.width - size.width + 1))
        top = int(rng.integers(SCENE.height - size.height + 1))
        place = box(left, top, left + size.width, top + size.height)
        if not any(place.intersects(it) for it in taken):
            taken.append(place)
            return left, top
    return None


def _zone(name: str, boxes: NDArray[np.float64], rng: np.random.Generator) -> Zone:
    """A four-cornered zone around boxes (n, 4), each corner loose by itself."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    loose = rng.uniform(*LOOSE, (4, 2)) * (high - low)
    outward = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])]) + loose * outward
    corners = corners.clip(0, [*SCENE])
    kind, every_class = ZoneKind.KEEP_CLEAR, frozenset(range(len(TAXONOMY.class_names)))
    return Zone(name, kind, Polygon(corners), 0.0, every_class, None, 0.5)
