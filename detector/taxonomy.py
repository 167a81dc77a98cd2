"""The one list of classes, kinds and sub-kinds that everything else reads."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from importlib import resources
from typing import NoReturn

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Kind(StrEnum):
    """A violation that a city works off."""

    ILLEGAL_PARKING = "illegal_parking"
    STALL_ENCROACHMENT = "stall_encroachment"
    GARBAGE_OVERFLOW = "garbage_overflow"
    EXPOSED_GARBAGE = "exposed_garbage"
    EXPOSED_CABLE = "exposed_cable"
    NON_MOTOR_PARKING = "non_motor_parking"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ObjectClass(_Frozen):
    """Something that the model can see."""

    id: int = Field(ge=0)
    name: str
    zh: str
    en: str
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    aliases: tuple[str, ...] = ()


class KindInfo(_Frozen):
    """A kind of violation: its names, the classes that feed it, its default sub-kind."""

    name: Kind
    zh: str
    en: str
    classes: tuple[str, ...]
    default_sub_kind: str


class SubKind(_Frozen):
    """The finer name of a problem, with the numbers that its score needs.

    `base`, `d_cap` and `floor` are points of 100; `n_full` counts things; `t_full_h` is hours.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    base: float = Field(ge=0, le=25)
    n_full: float = Field(gt=0)
    t_full_h: float = Field(gt=0)
    d_cap: float = Field(default=15, ge=0, le=15)
    floor: float = Field(default=0, ge=0, le=100)


class Taxonomy(_Frozen):
    """Classes in id order, kinds and sub-kinds."""

    classes: tuple[ObjectClass, ...]
    kinds: tuple[KindInfo, ...]
    sub_kinds: tuple[SubKind, ...]

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """Names in class-id order."""
        return tuple(entry.name for entry in self.classes)

    @cached_property
    def _class_ids(self) -> dict[str, int]:
        names = {entry.name: entry.id for entry in self.classes}
        return names | {alias: entry.id for entry in self.classes for alias in entry.aliases}

    def class_id(self, name: str) -> int | None:
        """The id of a class by its name or alias, None when it is unknown."""
        return self._class_ids.get(name.strip().lower().replace(" ", "_"))

    def kind(self, name: str) -> KindInfo:
        """The kind of that name; KeyError when there is none."""
        return next((kind for kind in self.kinds if kind.name == name), None) or _missing(name)

    def sub_kind(self, name: str) -> SubKind:
        """The sub-kind of that name; KeyError when there is none."""
        return next((sub for sub in self.sub_kinds if sub.name == name), None) or _missing(name)

    def class_ids_of(self, kind: str) -> frozenset[int]:
        """The ids of the classes that feed a kind."""
        return frozenset(self._class_ids[name] for name in self.kind(kind).classes)

    def colour_of(self, kind: str) -> str:
        """The colour (#rrggbb) of a kind: that of the first class that feeds it."""
        return self.classes[self._class_ids[self.kind(kind).classes[0]]].colour


def _missing(name: str) -> NoReturn:
    raise KeyError(f"{name} is not in the taxonomy")


def _load() -> Taxonomy:
    text = resources.files("detector").joinpath("taxonomy.yaml").read_text(encoding="utf-8")
    return Taxonomy.model_validate(yaml.safe_load(text))


TAXONOMY = _load()
