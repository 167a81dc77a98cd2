"""The fleet file: the cameras that are watched, each with its stream.

One faulty camera does not stop the others; it is told of with its place in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from detector.address import PRIVATE_NETWORKS, IPNetwork
from detector.errors import CameraFileError
from detector.observation import Frozen
from detector.scene.calendar import Calendar
from detector.scene.faults import Fault, Models, read_model, told
from detector.scene.fleet_entry import (
    CameraOfFile,
    FleetCamera,
    InlineCamera,
    Unsound,
    read_entry,
)
from detector.scene.yaml_file import Limits, read_yaml

__all__ = ["Fleet", "FleetCamera", "FleetFault", "fleet_schema", "load_fleet"]

# Hundreds of cameras in the file itself; thousands in files of their own.
FLEET_FILE = Limits(largest_bytes=5_000_000, most_values=100_000)


def _is_network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError as error:
        raise ValueError("is no network; write one such as 10.20.0.0/16") from error
    return text


class FleetHead(Frozen):
    """What holds for all cameras of a fleet."""

    networks: tuple[Annotated[str, AfterValidator(_is_network)], ...] = Field(
        default=tuple(str(network) for network in PRIVATE_NETWORKS),
        title="Networks",
        description="networks that streams may lie in, such as 10.20.0.0/16; default the private "
        "ones. Loopback, link-local and metadata addresses need a network of their own",
        min_length=1,
        max_length=100,
    )
    calendar: Calendar = Field(
        default=Calendar(),
        title="City calendar",
        description="what the city knows better than the public calendar; a camera's own "
        "`calendar` goes first",
    )


class FleetFile(FleetHead):
    """A fleet file as a whole."""

    cameras: tuple[InlineCamera | CameraOfFile, ...] = Field(
        title="Cameras",
        description="the cameras: each with the fields of a camera file, or with `file`; and "
        "with its `stream`. No two share an id",
    )


# With the names of all keys that may stand beside the head's own.
MODELS: Models = {(): FleetFile, ("calendar",): Calendar}


@dataclass(frozen=True)
class FleetFault:
    """What is wrong with one camera of the file; `id` is None where it cannot be told."""

    place: str
    id: str | None
    faults: tuple[str, ...]

    def __str__(self) -> str:
        name = (self.id or "").encode("utf-8", "backslashreplace").decode()
        head = f"{self.place}{f' ({name})' if name else ''}: is left out:"
        return "\n  ".join([head, *self.faults])


@dataclass(frozen=True)
class Fleet:
    """The sound cameras of a fleet file, and what is wrong with the others.

    `networks` are those that streams may lie in; `warnings` are lines about sound cameras.
    """

    networks: tuple[IPNetwork, ...]
    cameras: tuple[FleetCamera, ...]
    faults: tuple[FleetFault, ...] = ()
    warnings: tuple[str, ...] = ()


def load_fleet(path: Path) -> Fleet:
    """The fleet that a YAML file tells of, with the camera files that it names.

    Raises CameraFileError when it cannot be read, is no plain YAML, or when what holds for all
    cameras is faulty. What is wrong with single cameras stands in `faults`.
    """
    document = read_yaml(path, FLEET_FILE)
    given = dict(document) if isinstance(document, dict) else {}
    entries = given.pop("cameras", None)
    head = read_model(FleetHead, given, MODELS)
    if isinstance(head, FleetHead) and isinstance(entries, list):
        return _fleet(path.parent, head, entries)
    faults = head if isinstance(head, list) else []
    if not isinstance(entries, list):
        remedy = "write the list of cameras, each with its `stream`"
        faults = [*faults, Fault("cameras", "is no list", remedy)]
    raise CameraFileError(told(path, faults, "fleet file"))


def fleet_schema() -> dict[str, object]:
    """The JSON schema of a fleet file."""
    schema = FleetFile.model_json_schema()
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **schema, "title": "Streetwarden fleet file"}


def _fleet(folder: Path, head: FleetHead, entries: list[object]) -> Fleet:
    networks = tuple(ip_network(text) for text in head.networks)
    cameras: list[FleetCamera] = []
    faults: list[FleetFault] = []
    ids: set[str | None] = set()
    for index, entry in enumerate(entries):
        found = read_entry(folder, entry, networks)
        name = found.id
        if isinstance(found, Unsound):
            faults.append(FleetFault(f"cameras[{index}]", name, found.faults))
        elif name in ids:
            twice = Fault("id", f"{name!r} is there twice", "rename one")
            faults.append(FleetFault(f"cameras[{index}]", name, (str(twice),)))
        else:
            cameras.append(found.with_calendar(head.calendar))
        ids.add(name)
    return Fleet(networks, tuple(cameras), tuple(faults), tuple(_warnings(cameras)))


def _warnings(cameras: Iterable[FleetCamera]) -> Iterator[str]:
    for it in cameras:
        if it.stream.has_password:
            yield (
                f"camera {it.id}: the address holds a login; keep the password apart with "
                "`user` and `password_env` or `password_file`"
            )
