"""Faults of a camera or fleet file in words: the place, what is wrong there, the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from detector.address import mask_address

# A file that is no camera file at all has one fault in every line.
MOST_FAULTS = 100

WORDS = {"missing": "is missing", "model_type": "should be keys with values"}

Part = TypeVar("Part", bound=BaseModel)
Models = Mapping[tuple[str, ...], type[BaseModel]]


@dataclass(frozen=True)
class Fault:
    """One fault: `place` is a path such as views[0].zones[1].polygon, empty for the whole."""

    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        # What a person typed into the wrong place may be an address with a password.
        return mask_address(": ".join(filter(None, [self.place, f"{self.what}; {self.remedy}"])))

    def below(self, place: str) -> Fault:
        """The same fault, told from a place further up."""
        joint = "." if place and self.place and not self.place.startswith("[") else ""
        return replace(self, place=f"{place}{joint}{self.place}")


class Misfits(ValueError):  # noqa: N818 - it carries faults to a model, it is no user's error
    """Parts of a file that do not fit together."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


def told(path: Path, faults: Iterable[Fault], what: str = "camera file") -> str:
    """One message for all faults of a file, a line each."""
    lines = list(dict.fromkeys(str(fault) for fault in faults))
    more = [f"and {len(lines) - MOST_FAULTS} more"] if len(lines) > MOST_FAULTS else []
    return "\n  ".join([f"{path}: is no sound {what}:", *lines[:MOST_FAULTS], *more])


def model_faults(error: ValidationError, models: Models) -> Iterator[Fault]:
    """What a model refused; `models` are the models by their place without indices."""
    details = error.errors(include_url=False, include_input=False)
    faulty = {detail["loc"][:n] for detail in details for n in range(len(detail["loc"]))}
    for detail in details:
        misfit = detail.get("ctx", {}).get("error")
        # pydantic counts only the sound entries, so a list of faulty ones seems too short.
        echo = detail["type"] == "too_short" and detail["loc"] in faulty
        if isinstance(misfit, Misfits):
            yield from (fault.below(_path(detail["loc"])) for fault in misfit.faults)
        elif not echo:
            yield _fault(detail, models)


def read_model(model: type[Part], document: object, models: Models) -> Part | list[Fault]:
    """The model that plain values tell of, or what is wrong with them."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        return list(model_faults(error, models))
    except ValueError:
        # Such as half of a surrogate pair.
        return [Fault("", "holds text that is no Unicode", "write it anew")]


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the keys that a file gives them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _fault(detail: ErrorDetails, models: Models) -> Fault:
    place = _path(detail["loc"])
    keys = tuple(part for part in detail["loc"] if isinstance(part, str))
    what = re.sub(r"^\w+ should", "should", detail["msg"].removeprefix("Value error, "))
    if detail["type"] == "extra_forbidden":
        return Fault(place, "is an unknown key", _known(keys[-1], models.get(keys[:-1])))
    if detail["type"] == "value_error":
        what, _, remedy = what.rpartition("; ")
        return Fault(place, what, remedy)
    what = WORDS.get(detail["type"], what)
    return Fault(place, what, _remedy(detail["type"], keys, models))


def _path(location: Sequence[str | int]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{_shown(part)}" for part in location)
    return "".join(parts).removeprefix(".")


def _shown(key: str) -> str:
    return key if key.isidentifier() else repr(key)[:60]


def _known(key: str, model: type[BaseModel] | None) -> str:
    known = list(fields_of(model)) if model else []
    close = get_close_matches(key[:60], known, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{hint}the known keys are {', '.join(known)}"


def _remedy(fault: str, keys: tuple[str, ...], models: Models) -> str:
    model = models.get(keys[:-1]) if keys else None
    field = fields_of(model).get(keys[-1]) if model else None
    wanted = f"it is {field.description}" if field and field.description else _keys_of(models, keys)
    return f"put it in quotes: {wanted}" if fault == "string_type" else wanted


def _keys_of(models: Models, keys: tuple[str, ...]) -> str:
    model = models.get(keys, models[()])
    return f"write the keys {', '.join(fields_of(model))}"
