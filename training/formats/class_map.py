"""Another data set's class names, mapped to ours.

A class map is a YAML file of `their name: our name`, `null` for a class that is left out on
purpose. Without one, names and aliases of the taxonomy map by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from pydantic import RootModel

from detector.taxonomy import TAXONOMY
from training.errors import DataError
from training.formats.schema import read_yaml


class _ClassMap(RootModel[dict[str | int, str | None]]):
    pass


def load_class_map(path: Path) -> dict[str, int | None]:
    """A class map file: our class id by their name, None where left out on purpose.

    DataError where it is no such file or names a class that we do not have.
    """
    if not path.is_file():
        raise DataError(f"{path} is not there: give the class map with --classes")
    ids: dict[str, int | None] = {}
    for theirs, ours in read_yaml(path, _ClassMap).root.items():
        found = None if ours is None else TAXONOMY.class_id(ours)
        if ours is not None and found is None:
            raise DataError(
                f"{path} maps {theirs!r} to {ours!r}, which is none of our classes: "
                f"{', '.join(TAXONOMY.class_names)}, or null to leave it out"
            )
        ids[str(theirs)] = found
    return ids


def class_ids(
    names: Iterable[str], class_map: Mapping[str, int | None] | None
) -> dict[str, int | None]:
    """Our class id by their name, for every name; DataError lists the names without one.

    The error prints a class map to fill in.
    """
    names = tuple(names)
    if class_map is None:
        ids = {name: TAXONOMY.class_id(name) for name in names}
        missing = [name for name, found in ids.items() if found is None]
    else:
        ids = {name: class_map.get(name) for name in names}
        missing = [name for name in names if name not in class_map]
    if missing:
        raise DataError(
            f"no class of ours for {', '.join(map(repr, missing))}: save this as classes.yaml, "
            f"fill it in and give it with --classes\n\n{template(names, ids)}"
        )
    return ids


def template(names: Iterable[str], ids: Mapping[str, int | None]) -> str:
    """A class map as YAML, filled in where a class is known."""
    lines = [
        "# their class: ours, or null to leave it out",
        f"# ours: {', '.join(TAXONOMY.class_names)}",
    ]
    for name in names:
        found = ids.get(name)
        key = yaml.safe_dump(name, allow_unicode=True, width=10_000).splitlines()[0]
        lines.append(f"{key}: {'null  # ?' if found is None else TAXONOMY.class_names[found]}")
    return "\n".join(lines) + "\n"
