"""The camera file: what a person tells about a camera, read strictly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, model_validator

from detector.errors import CameraFileError
from detector.geometry.zone import Zone as SceneZone
from detector.looks import Size
from detector.observation import Frozen, Position, PositionMethod
from detector.scene.calendar import Calendar
from detector.scene.calibration import Calibration, PointPair
from detector.scene.faults import Fault, Misfits, Models, read_model, told
from detector.scene.ground import Ground
from detector.scene.look_settings import LookSettings
from detector.scene.schedule import Span, hours
from detector.scene.view import View, doubles, misfits, points_outside
from detector.scene.yaml_file import read_yaml
from detector.scene.zone import Zone

Part = TypeVar("Part", bound=BaseModel)

# A stay rests on three looks, and as many must miss a thing before it is gone.
LOOKS_IN_GAP = 3


def _gap_faults(gap_s: float, looking: LookSettings) -> Iterator[Fault]:
    every_s = looking.every_s
    if LOOKS_IN_GAP * every_s > gap_s:
        yield Fault(
            "gap_s",
            f"is shorter than three looks, one every {every_s:g} s, so that no stay would last",
            f"write {LOOKS_IN_GAP * every_s:g} or more, or a smaller looking.every_s",
        )


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Asia/Shanghai") from error
    return name


def _names_differ(views: tuple[View, ...]) -> tuple[View, ...]:
    if faults := list(doubles("", [view.name for view in views])):
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
    calendar: Calendar = Field(
        default=Calendar(),
        title="City calendar",
        description="what the city knows better than the public calendar, for the schedules",
    )
    gap_s: float = Field(
        default=300.0,
        title="Longest gap",
        description="seconds that nobody may have looked before a stay counts as lost; default 300",
        gt=0,
        le=86_400,
        strict=True,
        json_schema_extra={"unit": "s"},
    )
    looking: LookSettings = Field(
        default=LookSettings(),
        title="Looking",
        description="how often a live camera is looked at, and how much of its picture",
    )

    @model_validator(mode="after")
    def _stays_can_last(self) -> Self:
        if faults := list(_gap_faults(self.gap_s, self.looking)):
            raise Misfits(faults)
        return self

    def lasts_over(self, every_s: float) -> bool:
        """Whether stays last where there is a look every so many seconds."""
        return LOOKS_IN_GAP * every_s <= self.gap_s

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
        chosen = self.view(view)
        days = self.calendar.days(self.timezone)
        width, height = chosen.size or (1, 1)
        longer = max(size) / max(width, height)
        return tuple(
            zone.scaled(
                size.width / width,
                size.height / height,
                longer,
                hours(zone.schedule, self.timezone, days),
            )
            for zone in chosen.zones
        )

    def ground_for(self, size: Size, view: str | None = None) -> Ground | None:
        """The ground of the first or the named view in a picture of this size.

        None without a calibration; keep it, making one takes a while. Raises CameraFileError for
        an unknown view.
        """
        chosen = self.view(view)
        return chosen.calibration.ground(chosen.size, size) if chosen.calibration else None

    def view(self, name: str | None = None) -> View:
        """The first or the named view; CameraFileError when there is none of that name."""
        names = [known.name for known in self.views]
        if name is not None and name not in names:
            raise CameraFileError(
                f"camera {self.id} has no view {name!r}; its views are {', '.join(names)}"
            )
        return self.views[0 if name is None else names.index(name)]


# The model at each place of the file, for the names of its keys.
MODELS: Models = {
    (): Camera,
    ("position",): CameraPosition,
    ("calendar",): Calendar,
    ("looking",): LookSettings,
    ("views",): View,
    ("views", "calibration"): Calibration,
    ("views", "calibration", "points"): PointPair,
    ("views", "zones"): Zone,
    ("views", "zones", "schedule"): Span,
}


def load_camera(path: Path) -> Camera:
    """The camera that a YAML file tells of.

    Raises CameraFileError that lists every fault with its place in the file and the remedy.
    """
    read = read_camera(read_yaml(path))
    if isinstance(read, Camera):
        return read
    raise CameraFileError(told(path, read))


def read_camera(document: object, models: Models = MODELS) -> Camera | list[Fault]:
    """The camera that plain values tell of, or every fault of them."""
    read = read_model(Camera, document, models)
    return read if isinstance(read, Camera) else [*read, *_hidden_faults(document)]


def camera_schema() -> dict[str, object]:
    """The JSON schema of a camera file."""
    schema = Camera.model_json_schema()
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **schema, "title": "Streetwarden camera file"}


def _hidden_faults(document: object) -> Iterator[Fault]:
    """What does not fit together where other faults keep the parts from being a model."""
    keys = document if isinstance(document, dict) else {}
    looking = _sound(LookSettings, keys.get("looking", {}))
    gap_s = keys.get("gap_s", Camera.model_fields["gap_s"].default)
    if looking and type(gap_s) in (int, float) and gap_s > 0:
        yield from _gap_faults(gap_s, looking)
    views = _entries(document, "views")
    yield from doubles("views", _names(views))
    for index, view in enumerate(views):
        entries, place = _entries(view, "zones"), f"views[{index}]"
        yield from doubles(f"{place}.zones", _names(entries))
        given = view if isinstance(view, dict) else {}
        frame = _sound(View, {"name": "any", "size": given.get("size")})
        sound = [(n, zone) for n, entry in enumerate(entries) if (zone := _sound(Zone, entry))]
        points = _sound(Calibration, given.get("calibration"))
        if frame:
            found = [*misfits(frame.size, sound), *points_outside(frame.size, points)]
            yield from (fault.below(place) for fault in found)


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
