"""A recipe: all settings of one training, in one file that the run copies beside its weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from training.formats.schema import read_yaml
from training.sources import ClassName

Setting = bool | int | float | str
Times = Annotated[int, Field(ge=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TeacherPart(_Frozen):
    """Weights that label what a source leaves unlabelled.

    A box of at least `sure` confidence becomes a label; one from `unsure` on becomes a region in
    which the class is neither rewarded nor punished.
    """

    weights: str
    classes: tuple[ClassName, ...] = Field(min_length=1)
    sure: float = Field(gt=0, le=1)
    unsure: float = Field(gt=0, le=1)
    input_px: int = Field(default=640, ge=32, multiple_of=32)

    @model_validator(mode="after")
    def _in_order(self) -> TeacherPart:
        if self.unsure > self.sure:
            raise ValueError("unsure must not be above sure")
        return self


class SyntheticPart(_Frozen):
    """How many synthetic pictures of a kind, over pictures of which sources.

    `without` names pictures (stems) that nothing is cut out of.
    """

    count: int = Field(ge=0)
    backgrounds: tuple[str, ...] = Field(min_length=1)
    without: tuple[str, ...] = ()


class DataPart(_Frozen):
    """What the dataset is made of.

    `leave_out` are patterns of source/folder/picture, with * and [..] as in file names: what they
    match neither trains nor measures, nor lends itself to synthetic pictures. `repeat` and `every`
    replace what the sources say.
    """

    sources: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    repeat: Mapping[str, Times] = {}
    every: Mapping[str, Times] = {}
    teachers: tuple[TeacherPart, ...] = ()
    cables: SyntheticPart | None = None
    stalls: SyntheticPart | None = None
    seed: int = 7

    @field_validator("sources")
    @classmethod
    def _once(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(sources)) < len(sources):
            raise ValueError("a source is named twice; `repeat` lists pictures more often")
        return sources


class CameraPart(_Frozen):
    """How often, 0..1, a training picture is made to look as from another camera."""

    distance: float = Field(default=0.0, ge=0, le=1)
    compression: float = Field(default=0.0, ge=0, le=1)
    night: float = Field(default=0.0, ge=0, le=1)
    infrared: float = Field(default=0.0, ge=0, le=1)
    noise: float = Field(default=0.0, ge=0, le=1)
    blur: float = Field(default=0.0, ge=0, le=1)
    rain: float = Field(default=0.0, ge=0, le=1)
    snow: float = Field(default=0.0, ge=0, le=1)
    wide_angle: float = Field(default=0.0, ge=0, le=1)
    colour: float = Field(default=0.0, ge=0, le=1)


class TrainPart(_Frozen):
    """How the network learns; `ultralytics` goes to Ultralytics' trainer as it stands.

    `threads` compute on a CPU, `workers` make pictures. Without the one-to-one head only what the
    run time uses is trained.
    """

    threads: int = Field(default=2, ge=1)
    workers: int = Field(default=1, ge=0)
    one_to_one_head: bool = False
    camera: CameraPart = CameraPart()
    ultralytics: dict[str, Setting]


class Recipe(_Frozen):
    """One training: where it starts, what it learns from, how.

    `start` is a weights file under the weights folder, a path, or `run:NAME` for the last weights
    of another run.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    start: str
    data: DataPart = DataPart()
    train: TrainPart


def load_recipe(path: Path) -> Recipe:
    """Reads a recipe; DataError names the file and the first fault."""
    return read_yaml(path, Recipe)
