"""What the training commands offer to choose from."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """A side of a split."""

    TRAIN = "train"
    VAL = "val"
    CHECK = "check"
    ALL = "all"


class Slices(StrEnum):
    """Whether the model looks at large pictures in slices too."""

    NO = "no"
    YES = "yes"
    BOTH = "both"


class Format(StrEnum):
    """A way of writing labels that we read."""

    YOLO = "yolo"
    COCO = "coco"
    VOC = "voc"
    LABELME = "labelme"
    CVAT = "cvat"


class ExportFormat(StrEnum):
    """A format of labels that is written."""

    YOLO = "yolo"
    COCO = "coco"
