"""The one list of classes and kinds: what is derived from it."""

from __future__ import annotations

import pytest

from detector.taxonomy import TAXONOMY, Kind


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_the_colour_of_its_first_class(kind: Kind) -> None:
    first = TAXONOMY.class_id(TAXONOMY.kind(kind).classes[0])
    assert first is not None
    assert TAXONOMY.colour_of(kind) == TAXONOMY.classes[first].colour


def test_no_two_kinds_share_a_colour() -> None:
    assert len({TAXONOMY.colour_of(kind) for kind in Kind}) == len(Kind)


def test_an_unknown_kind_has_no_colour() -> None:
    with pytest.raises(KeyError, match="graffiti"):
        TAXONOMY.colour_of("graffiti")
