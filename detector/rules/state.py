"""What a rulebook remembers, as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from detector.rules.past import PastLook
from detector.rules.places import SavedPlaces
from detector.rules.stay import SavedStays
from detector.taxonomy import Kind


@dataclass(frozen=True)
class Saved:
    """All that a rulebook remembers; `made_for` says which one may take it up."""

    made_for: str
    latest_s: float | None
    past: list[PastLook]
    stays: dict[Kind, SavedStays]
    seen: dict[Kind, SavedPlaces]


_SAVED = TypeAdapter(Saved)


def written(saved: Saved) -> bytes:
    """The JSON of a state."""
    return _SAVED.dump_json(saved)


def read(text: bytes) -> Saved:
    """The state that JSON holds; raises ValueError when it holds none."""
    return _SAVED.validate_json(text)
