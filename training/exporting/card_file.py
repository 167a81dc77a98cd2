"""The release card (YAML): what cannot be derived, see training/street11n.yaml."""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from detector.files import file_sha256
from detector.taxonomy import TAXONOMY
from training.build import digest
from training.errors import DataError
from training.formats.folder import read_bytes
from training.formats.schema import read_yaml
from training.release import (
    Precisions,
    Recipe,
    Release,
    ReleaseNumbers,
    Stage,
    Trained,
)
from training.release_numbers import load_numbers


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Failure(_Frozen):
    """A typical failure in a sentence, with a picture (relative to the model card) if there is."""

    text: str
    picture: str | None = None


class Words(_Frozen):
    """What the model card says beside the figures: paragraphs of Markdown."""

    data: str
    figures: str = ""
    elsewhere: str = ""
    failures: tuple[Failure, ...] = Field(min_length=1)


class CardTraining(_Frozen):
    """As in `Trained`; `data_sha256` only where the dataset is not at hand when exporting."""

    stages: tuple[Stage, ...] = Field(min_length=1)
    data: str
    data_sha256: str | None = None


class ReleaseCard(_Frozen):
    """`numbers` is a file beside the card, see release_numbers.py. `precision` is only needed where
    the export has no labelled pictures to measure it on.
    """

    version: str
    input_size: int
    nms_iou: float
    numbers: str
    precision: Precisions | None = None
    trained: CardTraining
    words: Words


def load_card(path: Path) -> tuple[ReleaseCard, ReleaseNumbers]:
    """The card and its numbers; DataError names the file and the fault."""
    card = read_yaml(path, ReleaseCard)
    numbers = load_numbers(path.parent / card.numbers)
    if set(numbers.classes) != set(TAXONOMY.class_names):
        raise DataError(
            f"{path.parent / card.numbers} must have numbers for the classes of the taxonomy, each "
            "once: calibrate the model again"
        )
    return card, numbers


def release_of(
    card: ReleaseCard,
    numbers: ReleaseNumbers,
    weights: Path,
    recipe: Recipe,
    dataset: Path | None,
    precision: Precisions,
) -> Release:
    """The release entry: the card completed with digests, numbers by class and the recipe."""
    classes = {name: numbers.classes[name] for name in TAXONOMY.class_names}
    return Release(
        version=card.version,
        names=TAXONOMY.class_names,
        input_size=card.input_size,
        nms_iou=card.nms_iou,
        stated_precision=numbers.precision,
        measured_on=numbers.measured_on,
        thresholds={name: it.threshold for name, it in classes.items()},
        calibration={name: it.knots for name, it in classes.items()},
        chosen={name: it.chosen() for name, it in classes.items()},
        precision=precision,
        trained=Trained(
            stages=card.trained.stages,
            data=card.trained.data,
            data_sha256=_data_sha256(card, dataset),
            pt_sha256=file_sha256(weights),
            recipe=recipe,
        ),
    )


def _data_sha256(card: ReleaseCard, dataset: Path | None) -> str:
    if dataset is None:
        if card.trained.data_sha256 is None:
            raise DataError(
                "nothing says what the weights were trained on: give the dataset, or its digest as "
                "trained.data_sha256 in the card"
            )
        return card.trained.data_sha256
    if not (dataset / "train.txt").is_file():
        raise DataError(f"{dataset} is no dataset of `streetwarden data build`: check the path")
    return digest(dataset)


def read_recipe(path: Path) -> Recipe:
    """The settings file of a training, whole, under the name that it gives itself."""
    content = read_bytes(path)
    try:
        text = content.decode("utf-8")
        settings = yaml.safe_load(text)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path} is no recipe (YAML): name the one that the run copied") from error
    name = settings.get("name", path.stem) if isinstance(settings, dict) else path.stem
    return Recipe(name=str(name), sha256=hashlib.sha256(content).hexdigest(), text=text)
