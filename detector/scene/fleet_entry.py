"""One camera of a fleet file: read by itself, so that its faults stay its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pydantic import Field

from detector.address import IPNetwork, StreamKind, mask_address, may_lead_to
from detector.errors import CameraFileError
from detector.observation import Frozen
from detector.scene.calendar import Calendar
from detector.scene.camera import MODELS, Camera, read_camera
from detector.scene.faults import Fault, Models, read_model, told
from detector.scene.paths import contained
from detector.scene.stream import StreamModel
from detector.scene.stream_address import literal_host
from detector.scene.yaml_file import read_yaml


class InlineCamera(Camera):
    """A camera that stands in the fleet file itself: all fields of a camera file, and a stream."""

    stream: StreamModel = Field(title="Stream", description="where its pictures come from")


class FileOfCamera(Frozen):
    """Where the camera file of a camera is."""

    file: str = Field(
        title="Camera file",
        description="path of a camera file, relative to the fleet file's folder and inside it",
        min_length=1,
        max_length=1000,
    )


class CameraOfFile(FileOfCamera):
    """A camera with a camera file of its own."""

    stream: StreamModel = Field(title="Stream", description="where its pictures come from")


# With the names of all keys that may stand beside a camera's own.
INLINE: Models = {**MODELS, (): InlineCamera}
OF_FILE: Models = {(): CameraOfFile}


@dataclass(frozen=True)
class FleetCamera:
    """A camera with its stream; equal where nothing in the files changed.

    `folder` is that of the file that the camera stands in: its reference pictures are beside it.
    """

    camera: Camera
    stream: StreamModel
    folder: Path

    @property
    def id(self) -> str:
        """The camera's id."""
        return self.camera.id

    def with_calendar(self, city: Calendar) -> FleetCamera:
        """The same with what only the city's calendar knows."""
        calendar = self.camera.calendar.over(city)
        return replace(self, camera=self.camera.model_copy(update={"calendar": calendar}))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it; the stream's address is in it, so it is for no log."""
        parts = (self.camera.model_dump_json(), self.stream.model_dump_json(), str(self.folder))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Unsound:
    """An entry that is no camera: what is wrong, a line each, and its id where it can be told."""

    id: str | None
    faults: tuple[str, ...]


def read_entry(
    folder: Path, entry: object, networks: tuple[IPNetwork, ...]
) -> FleetCamera | Unsound:
    """The camera of one entry of a fleet file in this folder, or every fault of it.

    Relative paths of the stream come back absolute.
    """
    given = dict(entry) if isinstance(entry, dict) else {}
    stream = _stream(given.pop("stream", None), networks)
    document, camera, home = _camera(folder, given)
    faults = [line for part in (camera, stream) if isinstance(part, list) for line in part]
    if isinstance(camera, Camera) and isinstance(stream, StreamModel):
        if camera.lasts_over(stream.picture_every_s or 0.0):
            return FleetCamera(camera, _absolute(stream, folder), home)
        what = "is so long that three pictures take longer than the camera's gap_s"
        faults = [str(Fault("stream.picture_every_s", what, "shorten it, or lengthen gap_s"))]
    return Unsound(_id_of(document), tuple(dict.fromkeys(faults)))


def _stream(document: object, networks: tuple[IPNetwork, ...]) -> StreamModel | list[str]:
    if document is None:
        remedy = "write where its pictures come from: kind, address"
        return [str(Fault("stream", "is missing", remedy))]
    read = read_model(StreamModel, document, {(): StreamModel})
    faults = read if isinstance(read, list) else _beyond(read, networks)
    if isinstance(read, StreamModel) and not faults:
        return read
    return [str(fault.below("stream")) for fault in faults]


def _beyond(stream: StreamModel, networks: tuple[IPNetwork, ...]) -> list[Fault]:
    """Where the address is one of numbers, it is told early that it may not be opened."""
    host = None if stream.kind is StreamKind.FILE else literal_host(stream.address)
    if host is None or may_lead_to(host, networks):
        return []
    what = f"leads to {host}, which lies in none of the networks"
    return [Fault("address", what, "correct it, or add its network to `networks`")]


def _camera(folder: Path, given: dict[object, object]) -> tuple[object, Camera | list[str], Path]:
    """The plain values, the camera or its faults, the folder of its file."""
    if "file" not in given:
        return given, _or_lines(read_camera(given, INLINE)), folder
    named = read_model(FileOfCamera, given, OF_FILE)
    if isinstance(named, list):
        return given, [str(fault) for fault in named], folder
    try:
        path = contained(folder, named.file)
        document = read_yaml(path)
    except CameraFileError as error:
        return given, [mask_address(f"file: {error}")], folder
    read = read_camera(document)
    return document, [told(path, read)] if isinstance(read, list) else read, path.parent


def _or_lines(read: Camera | list[Fault]) -> Camera | list[str]:
    return [str(fault) for fault in read] if isinstance(read, list) else read


def _absolute(stream: StreamModel, folder: Path) -> StreamModel:
    root = folder.absolute()
    paths = {"password_file": stream.password_file}
    if stream.kind is StreamKind.FILE:
        paths["address"] = stream.address
    return stream.model_copy(
        update={key: str(root / path) for key, path in paths.items() if path is not None}
    )


def _id_of(document: object) -> str | None:
    name = document.get("id") if isinstance(document, dict) else None
    return name[:64] if isinstance(name, str) else None
