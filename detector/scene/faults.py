"""Faults of a camera file in words: the place, what is wrong there, the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

# A file that is no camera file at all has one fault in every line.
MOST_FAULTS = 100

WORDS = {"missing": "is missing", "model_type": "should be keys with values"}

Models = Mapping[tuple[str, ...], type[BaseModel]]


@dataclass(frozen=True)
class Fault:
    """One fault: `place` is a path such as views[0].zones[1].polygon, empty for the whole."""

    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return ": ".join(filter(None, [self.place, f"{self.what}; {self.remedy}"]))


class Misfits(ValueError):  # noqa: N818 - it carries faults to a model, it is no user's error
    """Parts of a file that do not fit together."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))


def told(path: Path, faults: Iterable[Fault]) -> str:
    """One message for all faults of a file, a line each."""
    lines = list(dict.fromkeys(str(fault) for fault in faults))
    more = [f"and {len(lines) - MOST_FAULTS} more"] if len(lines) > MOST_FAULTS else []
    return "\n  ".join([f"{path}: is no sound camera file:", *lines[:MOST_FAULTS], *more])


def model_faults(error: ValidationError, models: Models) -> Iterator[Fault]:
    """What a model refused; `models` are the models by their place without indices."""
    details = error.errors(include_url=False, include_input=False)
    faulty = {detail["loc"][:n] for detail in details for n in range(len(detail["loc"]))}
    for detail in details:
        misfit = isinstance(detail.get("ctx", {}).get("error"), Misfits)
        # pydantic counts only the sound entries, so a list of faulty ones seems too short.
        echo = detail["type"] == "too_short" and detail["loc"] in faulty
        if not misfit and not echo:
            yield _fault(detail, models)


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
    known = list(model.model_fields) if model else []
    close = get_close_matches(key[:60], known, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{hint}the known keys are {', '.join(known)}"


def _remedy(fault: str, keys: tuple[str, ...], models: Models) -> str:
    model = models.get(keys[:-1]) if keys else None
    field = model.model_fields.get(keys[-1]) if model else None
    wanted = f"it is {field.description}" if field and field.description else _keys_of(models, keys)
    return f"put it in quotes: {wanted}" if fault == "string_type" else wanted


def _keys_of(models: Models, keys: tuple[str, ...]) -> str:
    model = models.get(keys, models[()])
    return f"write the keys {', '.join(model.model_fields)}"
