"""A group never lies on both sides, and the order of time is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.sources import Sample, TableSplit
from training.splits import SplitError, by_order, by_table, thinned

RULE = TableSplit(by="table", file="t.csv", picture="picture", group="group", side="split")


def row(picture: str, group: str, split: str) -> dict[str, str]:
    return {"picture": picture, "group": group, "split": split}


def test_the_table_gives_sides_by_stem() -> None:
    rows = [row("a.avif", "g1", "train"), row("b.avif", "g1", "train"), row("c.avif", "g2", "val")]
    assert by_table(rows, RULE) == {"a": "train", "b": "train", "c": "val"}


def test_a_group_on_both_sides_is_refused() -> None:
    with pytest.raises(SplitError, match="g1"):
        by_table([row("a.avif", "g1", "train"), row("b.avif", "g1", "val")], RULE)


def test_an_unknown_side_is_refused() -> None:
    with pytest.raises(SplitError, match="maybe"):
        by_table([row("a.avif", "g1", "maybe")], RULE)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["train", "val"])), min_size=1, max_size=30
    )
)
def test_an_accepted_table_never_mixes_a_group(entries: list[tuple[int, str]]) -> None:
    rows = [row(f"{n}.avif", f"g{group}", side) for n, (group, side) in enumerate(entries)]
    try:
        sides = by_table(rows, RULE)
    except SplitError:
        groups = [group for group, _ in entries]
        assert any(len({s for g, s in entries if g == group}) == 2 for group in groups)
        return
    for group, _ in entries:
        assert len({sides[str(n)] for n, (g, _) in enumerate(entries) if g == group}) == 1


@given(st.sets(st.text("0123456789", min_size=1), min_size=1), st.floats(0.01, 0.99))
def test_all_that_trains_is_earlier_than_all_that_measures(stems: set[str], share: float) -> None:
    sides = by_order(sorted(stems), share)
    train = [stem for stem, side in sides.items() if side == "train"]
    val = [stem for stem, side in sides.items() if side == "val"]
    assert len(train) == round(share * len(stems))
    assert not train or not val or max(train) < min(val)


def test_thinning_takes_every_second_in_order() -> None:
    samples = [Sample(source="s", picture=Path(f"f/images/{n}.avif"), labels=None) for n in "cabd"]
    assert [sample.picture.stem for sample in thinned(samples, 2)] == ["a", "c"]
