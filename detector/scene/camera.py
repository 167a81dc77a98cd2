"""The camera file: what a person tells about a camera, read strictly.

Without a `size` of the view, corners are shares of the picture's width and height.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from detector.errors import CameraFileError
from detector.geometry.zone import Zone as SceneZone
from detector.looks import Size
from detector.observation import Frozen, Position, PositionMethod
from detector.scene.faults import Fault, Misfits, model_faults, told
from detector.scene.yaml_file import read_yaml
from detector.scene.zone import Zone

Part = TypeVar("Part", bound=BaseModel)
Side = Annotated[int, Field(strict=True, ge=1, le=100_000)]


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Asia/Shanghai") from error
    return name


def _names_differ(views: tuple[View, ...]) -> tuple[View, ...]:
    if faults := list(_doubles("views", [view.name for view in views])):
        raise Misfits(faults)
    return views


class CameraPosition(Frozen):
    """Where the camera hangs, in WGS-84."""

    lat: float = Field(
        title="Latitude",
        description="degrees north in WGS-84, -90 to 90",
        ge=-90,
        le=90,
        strict=True,
        json_schema_extra={"unit": "deg"},
    )
    lon: float = Field(
        title="Longitude",
        description="degrees east in WGS-84, -180 to 180",
        ge=-180,
        le=180,
        strict=True,
        json_schema_extra={"unit": "deg"},
    )
    accuracy_m: float = Field(
        title="Accuracy",
        description="one-sigma radius in metres that covers what the camera sees, above 0",
        gt=0,
        le=10_000,
        strict=True,
        json_schema_extra={"unit": "m"},
    )


class View(Frozen):
    """One direction that the camera looks in, with its zones."""

    name: str = Field(
        title="Name",
        description="what people call it; no two views of a camera share a name",
        min_length=1,
        max_length=100,
    )
    size: tuple[Side, Side] | None = Field(
        default=None,
        title="Size",
        description="[width, height] of the picture that the corners were drawn in",
        json_schema_extra={"unit": "px"},
    )
    zones: tuple[Zone, ...] = Field(
        default=(),
        title="Zones",
        description="parts of the picture where a rule of its own holds; they may overlap",
        max_length=1000,
    )

    @model_validator(mode="after")
    def _zones_fit(self) -> Self:
        doubles = _doubles("zones", [zone.name for zone in self.zones])
        if faults := [*doubles, *_misfits(self.size, enumerate(self.zones))]:
            raise Misfits(faults)
        return self


class Camera(Frozen):
    """What is known of a camera."""

    id: str = Field(
        title="Id",
        description="small letters, digits, dot, dash and underscore, up to 64, the first a "
        "letter or digit",
        pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$",
    )
    name: str = Field(title="Name", description="what people call it", min_length=1, max_length=200)
    timezone: Annotated[str, AfterValidator(_known_timezone)] = Field(
        title="Time zone",
        description="IANA name of the zone of its clock, such as Asia/Shanghai",
        max_length=100,
    )
    position: CameraPosition | None = Field(
        default=None, title="Position", description="where the camera hangs: lat, lon, accuracy_m"
    )
    views: Annotated[tuple[View, ...], AfterValidator(_names_differ)] = Field(
        title="Views",
        description="the directions that it looks in; the first is the usual one",
        min_length=1,
        max_length=100,
    )

    @property
    def located(self) -> Position | None:
        """The camera's own position, as what it sees is located without anything better."""
        place = self.position
        if place is None:
            return None
        return Position(**place.model_dump(), method=PositionMethod.CAMERA)

    def zones_for(self, size: Size, view: str | None = None) -> tuple[SceneZone, ...]:
        """Zones of the first or the named view, in pixels of a picture of this size.

        Width and height are scaled apart. Raises CameraFileError for an unknown view.
        """
        names = [known.name for known in self.views]
        if view is not None and view not in names:
            raise CameraFileError(
                f"camera {self.id} has no view {view!r}; its views are {', '.join(names)}"
            )
        chosen = self.views[0 if view is None else names.index(view)]
        width, height = chosen.size or (1, 1)
        return tuple(zone.scaled(size.width / width, size.height / height) for zone in chosen.zones)


# The model at each place of the file, for the names of its keys.
MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): Camera,
    ("position",): CameraPosition,
    ("views",): View,
    ("views", "zones"): Zone,
}


def load_camera(path: Path) -> Camera:
    """The camera that a YAML file tells of.

    Raises CameraFileError that lists every fault with its place in the file and the remedy.
    """
    document = read_yaml(path)
    try:
        return Camera.model_validate(document)
    except ValidationError as error:
        faults = [*model_faults(error, MODELS), *_hidden_faults(document)]
        raise CameraFileError(told(path, faults)) from error
    except ValueError as error:
        # Text that is no Unicode, such as half of a surrogate pair.
        raise CameraFileError(f"{path}: holds text that is no Unicode; write it anew") from error


def camera_schema() -> dict[str, object]:
    """The JSON schema of a camera file."""
    schema = Camera.model_json_schema()
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **schema, "title": "Streetwarden camera file"}


def _doubles(place: str, names: Sequence[object]) -> Iterator[Fault]:
    for index, name in enumerate(names):
        if isinstance(name, str) and name in names[:index]:
            yield Fault(f"{place}[{index}].name", f"{name!r} is there twice", "rename one")


def _misfits(size: tuple[int, int] | None, zones: Iterable[tuple[int, Zone]]) -> Iterator[Fault]:
    """What is wrong between a view and its zones, by the index of the zone."""
    width, height = size or (1, 1)
    for index, zone in zones:
        xs, ys = zip(*zone.polygon, strict=True)
        outside = min(xs) < 0 or max(xs) > 1 or min(ys) < 0 or max(ys) > 1
        if size is None and outside:
            what = "has corners that are no shares between 0 and 1"
            remedy = "give the view's `size` where they are pixels"
            yield Fault(f"zones[{index}].polygon", what, remedy)
        elif min(xs) >= width or max(xs) <= 0 or min(ys) >= height or max(ys) <= 0:
            what = f"lies outside the picture of {width} x {height} px"
            yield Fault(f"zones[{index}].polygon", what, "correct the corners or the `size`")


def _hidden_faults(document: object) -> Iterator[Fault]:
    """What does not fit together, also where other faults keep the parts from being a model."""
    views = _entries(document, "views")
    yield from _doubles("views", _names(views))
    for index, view in enumerate(views):
        entries, place = _entries(view, "zones"), f"views[{index}]"
        yield from _doubles(f"{place}.zones", _names(entries))
        size = view.get("size") if isinstance(view, dict) else None
        frame = _sound(View, {"name": "any", "size": size})
        sound = [(n, zone) for n, entry in enumerate(entries) if (zone := _sound(Zone, entry))]
        for fault in _misfits(frame.size, sound) if frame else ():
            yield Fault(f"{place}.{fault.place}", fault.what, fault.remedy)


def _entries(holder: object, key: str) -> list[object]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return found if isinstance(found, list) else []


def _names(entries: Sequence[object]) -> list[object]:
    return [entry.get("name") if isinstance(entry, dict) else None for entry in entries]


def _sound(model: type[Part], entry: object) -> Part | None:
    try:
        return model.model_validate(entry)
    except ValueError:
        return None
