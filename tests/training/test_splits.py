"""A group never lies on both sides, and the order of time is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.sources import Sample, Side, TableSplit
from training.splits import Row, SplitError, by_order, by_table, read_table, thinned

RULE = TableSplit(by="table", file="t.csv", picture="picture", group="group", side="split")


def write_table(folder: Path, *lines: str) -> None:
    text = "\n".join(("picture,group,split", *lines, ""))
    (folder / "t.csv").write_text(text, encoding="utf-8")


def test_the_table_gives_sides_by_stem(tmp_path: Path) -> None:
    write_table(tmp_path, "a.avif,g1,train", "b.avif,g1,train", "c.avif,g2,val")
    sides = by_table(read_table(RULE, tmp_path), "t.csv")
    assert sides == {"a": "train", "b": "train", "c": "val"}


def test_a_group_on_both_sides_is_refused() -> None:
    with pytest.raises(SplitError, match="g1"):
        by_table([Row("a", "g1", "train"), Row("b", "g1", "val")], "t.csv")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a.avif,g1,maybe", r"t\.csv line 2: 'maybe' is not a side"),
        ("a.avif,g1", r"t\.csv line 2 says no split"),
        ("a.avif,,val", r"t\.csv line 2 says no group"),
    ],
)
def test_a_faulty_row_is_named_by_its_line(tmp_path: Path, line: str, told: str) -> None:
    write_table(tmp_path, line)
    with pytest.raises(SplitError, match=told):
        read_table(RULE, tmp_path)


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SplitError, match=r"t\.csv cannot be read"):
        read_table(RULE, tmp_path)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["train", "val"])), min_size=1, max_size=30
    )
)
def test_an_accepted_table_never_mixes_a_group(entries: list[tuple[int, Side]]) -> None:
    rows = [Row(str(n), f"g{group}", side) for n, (group, side) in enumerate(entries)]
    try:
        sides = by_table(rows, "t.csv")
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
