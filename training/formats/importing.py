"""`streetwarden data import`: a labelled folder becomes a source of ours."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml

from detector.taxonomy import TAXONOMY
from training import labels
from training.choices import Format
from training.errors import DataError
from training.formats.card import card
from training.formats.class_map import load_class_map
from training.formats.collection import in_our_classes, refuse_faults
from training.formats.groups import group_of, group_pattern, sides
from training.formats.output import new_folder, place, unique_stems
from training.formats.reading import Reading
from training.formats.recognise import read
from training.labelled import Collection
from training.sources import Side, Source, TableSplit

_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import wrote, and what it left out.

    `pictures` by side; `groups` are scene groups by side; `boxes` by class name. `dropped` boxes
    are of classes that the class map leaves out; `clipped` ones stuck out of the picture a little;
    `skipped` shapes have no area (points, lines). `unlabelled` pictures had no label at all.
    """

    out: Path
    name: str
    format: Format
    pictures: dict[Side, int]
    groups: dict[Side, int]
    boxes: dict[str, int]
    labelled: tuple[str, ...]
    empty: int
    dropped: int
    clipped: int
    skipped: int
    unlabelled: int


def import_data(
    source: Path,
    out: Path,
    *,
    name: str,
    origin: str,
    licence: str,
    class_map: Path | None = None,
    format: Format | None = None,  # noqa: A002
    group_by: str | None = None,
    val_share: float = 0.15,
    seed: int = 0,
    link: bool = False,
) -> ImportReport:
    """Writes OUT/images, OUT/labels, OUT/scenes.csv, OUT/NAME.yaml, OUT/NAME.md, OUT/data.yaml.

    Pictures are copied as they are (or hard-linked with `link`), labels are YOLO lines in our class
    ids. `group_by` is a regular expression on the file name without suffix: what it finds names the
    scene group. DataError where the input has faults, a class has no mapping, `out` is not empty or
    the disk is full; nothing is left behind then.
    """
    if not _NAME.match(name):
        raise DataError(f"--name {name!r}: use small letters, digits and _, a letter first")
    if not 0 <= val_share < 1:
        raise DataError(f"--val-share {val_share:g}: give a share from 0 to below 1")
    pattern = group_pattern(group_by) if group_by else None
    reading = read(source, format)
    refuse_faults(reading, source)
    collection = in_our_classes(reading, load_class_map(class_map) if class_map else None)
    stems = unique_stems(tuple(entry.picture for entry in collection.pictures))
    groups = {
        stem: group_of(picture.stem if group_by else stem, pattern)
        for picture, stem in stems.items()
    }
    side = sides(groups, val_share, seed)
    report = _report(out, name, reading, collection, groups, side)
    with new_folder(out) as folder:
        _write_pictures(folder, collection, stems, link=link)
        _write_table(folder / "scenes.csv", stems, groups, side, reading.root)
        described = _source(out, report)
        (folder / f"{name}.yaml").write_text(_yaml(described), encoding="utf-8")
        names = yaml.safe_dump({"names": described.classes})
        (folder / "data.yaml").write_text(names, encoding="utf-8")
        (folder / f"{name}.md").write_text(card(report, origin, licence), encoding="utf-8")
    return report


def _write_pictures(
    folder: Path, collection: Collection, stems: dict[Path, str], *, link: bool
) -> None:
    images, label_folder = folder / "images", folder / "labels"
    images.mkdir()
    label_folder.mkdir()
    for entry in collection.pictures:
        stem = stems[entry.picture]
        place(entry.picture, images / f"{stem}{entry.picture.suffix.lower()}", link=link)
        labels.write(label_folder / f"{stem}.txt", entry.boxes)


def _write_table(
    path: Path, stems: dict[Path, str], groups: dict[str, str], side: dict[str, Side], root: Path
) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["picture", "scene_group", "split", "original"])
        for picture, stem in stems.items():
            group = groups[stem]
            suffix = picture.suffix.lower()
            original = picture.relative_to(root).as_posix()
            writer.writerow([f"{stem}{suffix}", group, side[group], original])


def _source(out: Path, report: ImportReport) -> Source:
    """The source file: folders count from the folder that holds `out`, which is `--data`."""
    folder = out.resolve().name
    return Source(
        name=report.name,
        folders=(folder,),
        labelled=True,
        classes={TAXONOMY.class_names.index(label): label for label in report.labelled},
        split=TableSplit(
            by="table",
            file=f"{folder}/scenes.csv",
            picture="picture",
            group="scene_group",
            side="split",
        ),
        fill=tuple(label for label in TAXONOMY.class_names if label not in report.labelled),
    )


def _yaml(source: Source) -> str:
    head = (
        f"# See {source.name}.md. Put both files into a folder of your own, given as --datasets;\n"
        f"# the folder that holds {source.folders[0]}/ is --data.\n"
    )
    fields = source.model_dump(mode="json", exclude_defaults=True) | {"classes": source.classes}
    return head + yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)


def _report(
    out: Path,
    name: str,
    reading: Reading,
    collection: Collection,
    groups: dict[str, str],
    side: dict[str, Side],
) -> ImportReport:
    kept = Counter(box.class_id for entry in collection.pictures for box in entry.boxes)
    pictures = Counter(side[group] for group in groups.values())
    return ImportReport(
        out=out,
        name=name,
        format=reading.format,
        pictures={key: pictures[key] for key in ("train", "val")},
        groups={key: Counter(side.values())[key] for key in ("train", "val")},
        boxes={TAXONOMY.class_names[key]: count for key, count in sorted(kept.items())},
        labelled=tuple(TAXONOMY.class_names[key] for key in sorted(collection.labelled_classes)),
        empty=sum(not entry.boxes for entry in collection.pictures),
        dropped=sum(len(entry.boxes) for entry in reading.pictures) - kept.total(),
        clipped=reading.clipped,
        skipped=reading.skipped,
        unlabelled=len(reading.unlabelled),
    )
