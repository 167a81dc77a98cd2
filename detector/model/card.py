"""What a model says about itself: its classes, thresholds and size."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from detector.errors import ModelError
from detector.model.calibration import Curve
from detector.model.engines.base import Precision
from detector.taxonomy import TAXONOMY

METADATA_KEY = "streetwarden"
DEFAULT_THRESHOLD = 0.25
DEFAULT_NMS_IOU = 0.6
DEFAULT_INPUT_SIZE_PX = 640
InputSize = Annotated[int, Field(ge=32, le=4096, multiple_of=32)]


@dataclass(frozen=True, slots=True)
class Card:
    """`class_ids` gives the taxonomy's class for each channel of the network; `thresholds` are
    confidences, 0..1, by class name; `input_size_px` is the longer side; `nms_iou` is 0..1;
    `precision` is the fastest that keeps the model's figures, for an engine that offers several.

    `curves` make confidences of raw scores, by class name. All confidences, the thresholds among
    them, are then probabilities; where there are no curves, all are raw scores.
    """

    version: str
    class_ids: tuple[int, ...]
    thresholds: Mapping[str, float]
    input_size_px: int
    nms_iou: float
    precision: Precision
    curves: Mapping[str, Curve] = field(default_factory=dict)


class _Precision(BaseModel):
    # Schema 1 knew one precision for all engines.
    openvino: Precision = Field(validation_alias=AliasChoices("openvino", "default"))


class _Release(BaseModel):
    """The part of the `streetwarden` entry that is needed to run; see training/release.py.

    Schema 2 adds the head, which must be the raw one, and a calibration curve for each class.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_: Literal[1, 2] = Field(alias="schema")
    head: Literal["one-to-many"] = "one-to-many"
    version: str = Field(min_length=1)
    names: tuple[str, ...] = Field(min_length=1)
    input_size: InputSize
    thresholds: dict[str, float]
    calibration: dict[str, tuple[tuple[float, float], ...]] = Field(default_factory=dict)
    nms_iou: float = Field(gt=0, lt=1)
    precision: _Precision


_EXPORTED_NAMES = TypeAdapter(dict[int, str])
_EXPORTED_SIZE = TypeAdapter(list[InputSize])


def card_from_metadata(metadata: Mapping[str, str], origin: str) -> Card:
    """The card in an ONNX file's metadata; `origin` names the file in errors.

    Reads our own entry, or else what Ultralytics' export writes, if all of its classes are ours.
    ModelError for anything else.
    """
    if METADATA_KEY in metadata:
        return _released(metadata[METADATA_KEY], origin)
    if "names" in metadata:
        return _exported(metadata, origin)
    raise ModelError(
        f"{origin} does not say which classes it sees: write the file with `streetwarden export`"
    )


def _released(text: str, origin: str) -> Card:
    try:
        release = _Release.model_validate_json(text)
    except ValidationError as error:
        raise ModelError(
            f"the {METADATA_KEY} metadata of {origin} cannot be used ({_first(error)}): "
            "write the file again with `streetwarden export`"
        ) from error
    return Card(
        version=release.version,
        class_ids=class_ids_of(release.names, origin),
        thresholds=_thresholds(release, origin),
        input_size_px=release.input_size,
        nms_iou=release.nms_iou,
        precision=release.precision.openvino,
        curves=_curves(release, origin) if release.schema_ == 2 else {},
    )


def _first(error: ValidationError) -> str:
    fault = error.errors()[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'text'}: {fault['msg']}"


def _thresholds(release: _Release, origin: str) -> dict[str, float]:
    if set(release.thresholds) != set(release.names) or not all(
        0 <= value <= 1 for value in release.thresholds.values()
    ):
        raise ModelError(
            f"{origin} must give each of its classes one threshold from 0 to 1: "
            "correct its card and export it again"
        )
    return {_name(name): value for name, value in release.thresholds.items()}


def _curves(release: _Release, origin: str) -> dict[str, Curve]:
    if set(release.calibration) != set(release.names):
        raise ModelError(
            f"{origin} must give each of its classes one calibration curve: export it again"
        )
    curves: dict[str, Curve] = {}
    for name, knots in release.calibration.items():
        try:
            curves[_name(name)] = Curve.of(knots)
        except ValueError as error:
            raise ModelError(
                f"the calibration of {name} in {origin} cannot be used ({error}): "
                "calibrate the model and export it again"
            ) from error
    return curves


def _name(name: str) -> str:
    class_id = TAXONOMY.class_id(name)
    return name if class_id is None else TAXONOMY.class_names[class_id]


def _exported(metadata: Mapping[str, str], origin: str) -> Card:
    if metadata.get("end2end", "False") != "False":
        raise ModelError(
            f"{origin} was exported with its end-to-end head: export the one-to-many head "
            "(`streetwarden export`, or Ultralytics' export without end2end)"
        )
    try:
        names = _EXPORTED_NAMES.validate_python(ast.literal_eval(metadata["names"]))
        size = _EXPORTED_SIZE.validate_python(
            ast.literal_eval(metadata.get("imgsz", f"[{DEFAULT_INPUT_SIZE_PX}]"))
        )
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ModelError(
            f"the metadata of {origin} is not what Ultralytics writes: export the model again"
        ) from error
    return card_from_names(names, max(size, default=DEFAULT_INPUT_SIZE_PX), origin)


def card_from_names(names: Mapping[int, str], input_size_px: int, origin: str) -> Card:
    """A card for a network that only knows its classes' names, by channel. ModelError where one is
    not in the taxonomy.
    """
    ordered = [names[index] for index in sorted(names)]
    class_ids = class_ids_of(ordered, origin)
    return Card(
        version="not released",
        class_ids=class_ids,
        thresholds={TAXONOMY.class_names[index]: DEFAULT_THRESHOLD for index in class_ids},
        input_size_px=input_size_px,
        nms_iou=DEFAULT_NMS_IOU,
        precision="f32",
    )


def class_ids_of(names: Iterable[str], origin: str) -> tuple[int, ...]:
    """The taxonomy's class ids of names or aliases. ModelError names those that are unknown."""
    found = [(name, TAXONOMY.class_id(name)) for name in names]
    unknown = [name for name, class_id in found if class_id is None]
    if unknown or not found:
        listed = ", ".join(unknown[:5]) + (", ..." if len(unknown) > 5 else "")
        raise ModelError(
            f"{origin} sees classes that the taxonomy does not have ({listed or 'none at all'}): "
            "use a model trained on the classes of detector/taxonomy.yaml"
        )
    return tuple(class_id for _, class_id in found if class_id is not None)
