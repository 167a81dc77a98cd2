"""One small scene, written by hand in every format: two pictures, three boxes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

WIDTH, HEIGHT = 80, 60
# bin (pixels 8..24, 15..45), garbage (40..60, 30..54) in a.png; nothing in b.png.
BIN = (8, 15, 24, 45)
HEAP = (40, 30, 60, 54)
YOLO_LINES = "0 0.2 0.5 0.2 0.5\n1 0.625 0.7 0.25 0.4\n"

Maker = Callable[[Path], Path]


def picture(path: Path, width: int = WIDTH, height: int = HEIGHT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(len(path.name)).integers(0, 255, (height, width, 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def yolo(root: Path) -> Path:
    for stem, lines in (("a", YOLO_LINES), ("b", "")):
        picture(root / "images" / f"{stem}.png")
        label = root / "labels" / f"{stem}.txt"
        label.parent.mkdir(exist_ok=True)
        label.write_text(lines)
    (root / "data.yaml").write_text("train: images\nval: images\nnc: 2\nnames: [bin, garbage]\n")
    return root


def yolo_flat(root: Path) -> Path:
    for stem, lines in (("a", YOLO_LINES), ("b", "")):
        picture(root / f"{stem}.png")
        (root / f"{stem}.txt").write_text(lines)
    (root / "classes.txt").write_text("bin\ngarbage\n")
    return root


def yolo_roboflow(root: Path) -> Path:
    for side, stem, lines in (("train", "a", YOLO_LINES), ("valid", "b", "")):
        picture(root / side / "images" / f"{stem}.png")
        (root / side / "labels").mkdir()
        (root / side / "labels" / f"{stem}.txt").write_text(lines)
    (root / "data.yaml").write_text("train: ../train/images\nnames:\n  0: bin\n  1: garbage\n")
    (root / "README.roboflow.txt").write_text("An export.\n")
    return root


def coco(root: Path) -> Path:
    picture(root / "images" / "a.png")
    picture(root / "images" / "b.png")
    boxes = [
        {
            "id": number,
            "image_id": 1,
            "category_id": number,
            "bbox": [left, top, right - left, bottom - top],
            "iscrowd": 0,
        }
        for number, (left, top, right, bottom) in ((1, BIN), (2, HEAP))
    ]
    crowd = {"id": 3, "image_id": 1, "category_id": 2, "bbox": [0, 0, 80, 60], "iscrowd": 1}
    text = json.dumps(
        {
            "images": [
                {"id": key, "file_name": f"{stem}.png", "width": WIDTH, "height": HEIGHT}
                for key, stem in ((1, "a"), (2, "b"))
            ],
            "categories": [{"id": 1, "name": "bin"}, {"id": 2, "name": "garbage"}],
            "annotations": [*boxes, crowd],
        }
    )
    (root / "annotations.json").write_text(text)
    return root


def voc(root: Path) -> Path:
    for stem, things in (("a", (("bin", BIN), ("garbage", HEAP))), ("b", ())):
        picture(root / "JPEGImages" / f"{stem}.png")
        objects = "".join(
            f"<object><name>{name}</name><bndbox><xmin>{left + 1}</xmin><ymin>{top + 1}</ymin>"
            f"<xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>"
            for name, (left, top, right, bottom) in things
        )
        file = root / "Annotations" / f"{stem}.xml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(
            f"<annotation><filename>{stem}.png</filename><size><width>{WIDTH}</width>"
            f"<height>{HEIGHT}</height><depth>3</depth></size>{objects}</annotation>"
        )
    return root


def labelme(root: Path) -> Path:
    left, top, right, bottom = HEAP
    shapes = [
        {"label": "bin", "shape_type": "rectangle", "points": [[24, 15], [8, 45]]},
        {
            "label": "garbage",
            "shape_type": "polygon",
            "points": [[left, top], [right, (top + bottom) / 2], [left + 5, bottom]],
        },
        {"label": "note", "shape_type": "point", "points": [[1, 1]]},
    ]
    for stem, found in (("a", shapes), ("b", [])):
        picture(root / f"{stem}.png")
        text = json.dumps(
            {
                "version": "5.5.0",
                "imagePath": f"{stem}.png",
                "imageData": None,
                "imageWidth": WIDTH,
                "imageHeight": HEIGHT,
                "shapes": found,
            }
        )
        (root / f"{stem}.json").write_text(text)
    return root


def cvat(root: Path) -> Path:
    for stem in ("a", "b"):
        picture(root / "images" / f"{stem}.png")
    (root / "annotations.xml").write_text(
        f"""<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version>
<meta><task><labels><label><name>bin</name></label><label><name>garbage</name></label></labels>
</task></meta>
<image id="0" name="a.png" width="{WIDTH}" height="{HEIGHT}">
<box label="bin" xtl="8" ytl="15" xbr="24" ybr="45" occluded="0"/>
<polygon label="garbage" points="40.0,30.0;60.0,40.0;45.0,54.0"/>
<points label="bin" points="3,3"/>
</image>
<image id="1" name="b.png" width="{WIDTH}" height="{HEIGHT}"/>
</annotations>"""
    )
    return root


MAKERS: dict[str, Maker] = {
    maker.__name__: maker for maker in (yolo, yolo_flat, yolo_roboflow, coco, voc, labelme, cvat)
}


@pytest.fixture(params=MAKERS)
def any_format(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The scene in one format after another."""
    return MAKERS[request.param](tmp_path / request.param)
