"""`streetwarden data export`: our labels for other tools, as YOLO or COCO.

supervision's writers are not used: its YOLO writer decodes every picture, its COCO writer states a
CC BY 4.0 licence that our pictures do not have.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import yaml

from training import labels
from training.errors import DataError
from training.formats.collection import read_collection
from training.formats.folder import picture_size
from training.formats.output import new_folder, place, unique_stems
from training.labelled import Collection
from training.labels import inside

ExportFormat = Literal["yolo", "coco"]


def export_data(
    source: Path | Collection,
    out: Path,
    format: ExportFormat,  # noqa: A002  the word that the option has
    *,
    class_map: Path | None = None,
    link: bool = False,
) -> int:
    """Writes labelled pictures for other tools, whole or not at all; the count of pictures.

    YOLO: OUT/images, OUT/labels, OUT/data.yaml. COCO: OUT/images, OUT/annotations.json, with
    category ids that start at 1. Only the classes that the source labels are declared, so that
    reading it back gives the same `labelled_classes`. DataError as for `read_collection` and
    `import_data`.
    """
    collection = read_collection(source, class_map) if isinstance(source, Path) else source
    stems = unique_stems(tuple(entry.picture for entry in collection.pictures))
    names = {
        entry.picture: f"{stems[entry.picture]}{entry.picture.suffix.lower()}"
        for entry in collection.pictures
    }
    classes = sorted(collection.labelled_classes.intersection(range(len(collection.class_names))))
    with new_folder(out) as folder:
        (folder / "images").mkdir()
        for entry in collection.pictures:
            place(entry.picture, folder / "images" / names[entry.picture], link=link)
        if format == "yolo":
            _write_yolo(folder, collection, classes, names)
        else:
            text = json.dumps(_coco(collection, classes, names), ensure_ascii=False, indent=1)
            (folder / "annotations.json").write_text(text + "\n", encoding="utf-8")
    return len(collection.pictures)


def _write_yolo(
    folder: Path, collection: Collection, classes: list[int], names: dict[Path, str]
) -> None:
    new_id = {class_id: number for number, class_id in enumerate(classes)}
    (folder / "labels").mkdir()
    for entry in collection.pictures:
        path = (folder / "labels" / names[entry.picture]).with_suffix(".txt")
        boxes = [
            labels.LabelBox(new_id[box.class_id], box.x, box.y, box.width, box.height)
            for box in entry.boxes
        ]
        labels.write(path, boxes)
    data = {
        "path": ".",
        "train": "images",
        "val": "images",
        "names": {number: collection.class_names[key] for key, number in new_id.items()},
    }
    (folder / "data.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


def _coco(
    collection: Collection, classes: list[int], names: dict[Path, str]
) -> dict[str, list[dict[str, object]]]:
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for number, entry in enumerate(collection.pictures, start=1):
        size = picture_size(entry.picture)
        if size is None:
            raise DataError(f"{entry.picture} cannot be read as a picture: mend or remove it")
        width, height = size
        images.append(
            {
                "id": number,
                "file_name": names[entry.picture],
                "width": width,
                "height": height,
            }
        )
        for box in map(inside, entry.boxes):
            left, top, _, _ = box.xyxy()
            bbox = [left * width, top * height, box.width * width, box.height * height]
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": box.class_id + 1,
                    "bbox": [round(value, 4) for value in bbox],
                    "area": round(bbox[2] * bbox[3], 2),
                    "iscrowd": 0,
                }
            )
    categories: list[dict[str, object]] = [
        {"id": key + 1, "name": collection.class_names[key], "supercategory": ""} for key in classes
    ]
    return {"images": images, "annotations": annotations, "categories": categories}
