"""Reading a YAML file that a stranger may have written.

Only plain values: no tags, no anchors (a short file with aliases can unfold to gigabytes), no
key twice (YAML keeps the last without a word), no dates (they stay text). Times of day such as
22:00 are numbers in YAML 1.1; they keep their text.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode

from detector.address import mask_address
from detector.errors import CameraFileError

# Longer than any name; sexagesimal numbers of YAML 1.1 take quadratic time beyond.
LONGEST_SCALAR = 10_000


@dataclass(frozen=True)
class Limits:
    """How much a file may hold; the parser takes a second for 20,000 values."""

    largest_bytes: int = 1_000_000
    most_values: int = 20_000


# Hundreds of zones.
CAMERA_FILE = Limits()

TIMESTAMP = "tag:yaml.org,2002:timestamp"


class Sexagesimal(int):
    """A number that was written as 22:00 (YAML 1.1: 22 * 60), with its `text`."""

    text: str

    def __new__(cls, number: int, text: str) -> Self:
        """The number with its text."""
        made = super().__new__(cls, number)
        made.text = text
        return made


class _PlainLoader(yaml.SafeLoader):
    most_values = CAMERA_FILE.most_values
    values_read = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        self.values_read += 1
        fault = None
        if getattr(event, "anchor", None) is not None:
            fault = "anchors and aliases (& and *) are not accepted; write the value out"
        elif getattr(event, "tag", None) is not None:
            fault = "tags (!) are not accepted; put text that begins with ! in quotes"
        elif len(getattr(event, "value", "")) > LONGEST_SCALAR:
            fault = f"a value is longer than {LONGEST_SCALAR} characters"
        elif self.values_read > self.most_values:
            fault = f"more than {self.most_values} values are too many for one file"
        if fault is not None:
            raise ComposerError(problem=f"{fault} (line {self.line + 1})")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, object]:
        keys: set[str] = set()
        for key, _ in node.value:
            fault = None
            if not isinstance(key, ScalarNode):
                fault = "a key is no plain text; write a name before the colon"
            elif key.value in keys:
                fault = f"the key {key.value!r} is there twice; keep one"
            if fault is not None:
                raise ConstructorError(problem=fault, problem_mark=key.start_mark)
            keys.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: ScalarNode) -> int:
        number = super().construct_yaml_int(node)
        return Sexagesimal(number, node.value) if ":" in node.value else number


_PlainLoader.add_constructor("tag:yaml.org,2002:int", _PlainLoader.construct_yaml_int)
_PlainLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path, limits: Limits = CAMERA_FILE) -> object:
    """The plain values of a YAML file.

    Raises CameraFileError when it cannot be read, is too large or is not plain YAML.
    """
    content = _bytes(path, limits.largest_bytes)
    try:
        loader = _PlainLoader(content)
        loader.most_values = limits.most_values
        document: object = loader.get_single_data()
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # What could not be read may be an address with a password.
        reason = mask_address(_reason(error))
        raise CameraFileError(f"{path}: is not plain YAML: {reason}") from error
    except RecursionError as error:
        raise CameraFileError(f"{path}: is nested too deep to be read") from error
    return document


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise CameraFileError(
            f"{path}: cannot be read ({error.strerror}); check the path"
        ) from error
    if len(content) > most:
        raise CameraFileError(
            f"{path}: is larger than {most / 1e6:.0f} MB, too large to be meant; check the path"
        )
    return content


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem or error.context} (line {error.problem_mark.line + 1})"
    return f"{' '.join(str(error).split())[:200]}; save it as YAML in UTF-8"
