"""What a check can find, in both languages, and how bad each kind is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.formats.reading import FaultKind


class Severity(StrEnum):
    """Errors make training or measuring wrong; warnings deserve a look; notes are to be known."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


SEVERITY_ZH = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.NOTE: "提示"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding with its names and what to do about it."""

    name: str
    severity: Severity
    zh: str
    en: str
    remedy: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "unreadable",
            Severity.ERROR,
            "图片无法读取",
            "Unreadable picture",
            "replace or remove it",
        ),
        Kind(FaultKind.BAD_LABEL, Severity.ERROR, "标注无法读取", "Bad label", "mend the line"),
        Kind(FaultKind.BAD_BOX, Severity.ERROR, "标注框越界", "Box out of range", "draw it again"),
        Kind(FaultKind.NO_AREA, Severity.ERROR, "标注框无面积", "Box without area", "remove it"),
        Kind(
            FaultKind.NO_PICTURE,
            Severity.ERROR,
            "标注没有对应图片",
            "Labels for no picture",
            "bring the picture or remove the labels",
        ),
        Kind(
            FaultKind.UNSAFE_PATH,
            Severity.ERROR,
            "路径指向文件夹之外",
            "Path leaves the folder",
            "name pictures relative to the folder",
        ),
        Kind(
            FaultKind.WRONG_SIZE,
            Severity.ERROR,
            "图片尺寸与标注不符",
            "Labelled at another size",
            "label the picture as it is now",
        ),
        Kind(
            "torn_group",
            Severity.ERROR,
            "同一场景分到两侧",
            "Scene group on two sides",
            "give the whole group one side",
        ),
        Kind(
            "no_side", Severity.ERROR, "图片未划分", "Picture without a side", "add it to the table"
        ),
        Kind(
            "double_across",
            Severity.ERROR,
            "训练与验证图片近似",
            "Near-duplicates on two sides",
            "put both on one side",
        ),
        Kind(
            "crop_across",
            Severity.WARNING,
            "疑似同一照片的不同裁剪",
            "Perhaps one photograph, cropped anew",
            "look; if it is one, put both on one side",
        ),
        Kind(
            "double_sources",
            Severity.WARNING,
            "不同文件夹图片近似",
            "Near-duplicates in two folders",
            "keep one, or keep both on one side of every fold",
        ),
        Kind(
            "contradiction",
            Severity.WARNING,
            "近似图片标注矛盾",
            "Near-duplicates labelled differently",
            "look at both and mend one",
        ),
        Kind(
            "double_within",
            Severity.WARNING,
            "同一文件夹图片近似",
            "Near-duplicates in one folder",
            "keep one of them",
        ),
        Kind(
            "fixed_view",
            Severity.NOTE,
            "固定机位，按时间划分",
            "Fixed view split by time",
            "its val says nothing about other places",
        ),
        Kind(
            "double_box",
            Severity.WARNING,
            "重复标注框",
            "Duplicate boxes",
            "remove one of them",
        ),
        Kind("tiny_box", Severity.WARNING, "标注框过小", "Tiny box", "remove it or enlarge it"),
        Kind(
            "clipped_box",
            Severity.NOTE,
            "标注框略超出图片",
            "Box sticks out a little",
            "it is cut at the picture's edge",
        ),
        Kind(
            "unlabelled",
            Severity.WARNING,
            "图片没有标注文件",
            "Picture without labels",
            "label it; write an empty file where nothing is in sight",
        ),
        Kind(
            "empty",
            Severity.NOTE,
            "空标注",
            "Empty labels",
            "make sure that nothing is in sight",
        ),
        Kind(
            "imbalance",
            Severity.WARNING,
            "类别不均衡",
            "Class imbalance",
            "collect or repeat the rare",
        ),
        Kind(
            "unmeasured",
            Severity.WARNING,
            "验证集缺少该类",
            "Class never measured",
            "put some of its scenes on the val side",
        ),
        Kind(
            "square",
            Severity.NOTE,
            "图片被压成正方形",
            "Pictures all square",
            "squashed when exported? use the originals",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: its kind, where, and what exactly.

    `keys` are the pictures concerned, for the contact sheet.
    """

    kind: str
    where: str
    text: str = ""
    keys: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """How bad its kind is."""
        return KINDS[self.kind].severity

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.text else self.where
