"""Pictures of one scene, told by their file names, kept on one side of the split."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping

from training.errors import DataError
from training.sources import Side

# Roboflow adds a hash to each augmented copy of a picture: `street_7_jpg.rf.0a1b2c.jpg`.
_ROBOFLOW_COPY = re.compile(r"^(.*?)(?:_(?:jpe?g|png|webp|avif|bmp))?\.rf\.[0-9A-Za-z]+$")


def group_pattern(text: str) -> re.Pattern[str]:
    """A regular expression for `--group-by`. DataError where it is none."""
    try:
        return re.compile(text)
    except re.error as error:
        raise DataError(f"--group-by {text!r} is no regular expression: {error}") from error


def group_of(stem: str, pattern: re.Pattern[str] | None) -> str:
    """The scene group of a picture: the pattern's first group or whole match in its stem.

    Without a pattern, or where it does not match, each picture is a group of its own, but copies
    that Roboflow augmented from one picture stay together.
    """
    found = pattern.search(stem) if pattern else None
    if found is not None:
        named = found.group(1) if found.re.groups else found.group(0)
        if named:
            return named
    copy = _ROBOFLOW_COPY.match(stem)
    return copy.group(1) if copy else stem


def sides(group_by_stem: Mapping[str, str], val_share: float, seed: int) -> dict[str, Side]:
    """Side by group. About `val_share` of the pictures are val; groups are never parted.

    Groups are taken for val in the order of a hash of seed and name, so that most keep their side
    when pictures are added later. With two groups or more, both sides get one.
    """
    members: dict[str, int] = defaultdict(int)
    for group in group_by_stem.values():
        members[group] += 1
    chosen: dict[str, Side] = dict.fromkeys(members, "train")
    if val_share <= 0 or len(members) < 2:
        return chosen
    wanted, taken = val_share * len(group_by_stem), 0
    order = sorted(members, key=lambda group: _hash(seed, group))
    for group in order:
        if taken + members[group] / 2 <= wanted:
            chosen[group] = "val"
            taken += members[group]
    if taken == 0:
        chosen[min(order, key=members.__getitem__)] = "val"
    elif taken == len(group_by_stem):
        chosen[order[-1]] = "train"
    return chosen


def _hash(seed: int, group: str) -> str:
    return hashlib.sha256(f"{seed}:{group}".encode("utf-8", "surrogatepass")).hexdigest()
