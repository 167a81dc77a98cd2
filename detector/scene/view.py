"""One direction that a camera looks in, with its zones.

Without a `size` of the view, corners and points are shares of the picture's width and height.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from detector.observation import Frozen, stays_inside
from detector.scene.calibration import Calibration
from detector.scene.faults import Fault, Misfits
from detector.scene.zone import Zone

Side = Annotated[int, Field(strict=True, ge=1, le=100_000)]


def _beside_the_file(path: str) -> str:
    if not stays_inside(path) or not path.isprintable():
        raise ValueError(
            "is no path below the camera file's folder; put the picture there and write its path, "
            "such as views/main.jpg"
        )
    return path


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
    reference: Annotated[str, AfterValidator(_beside_the_file)] | None = Field(
        default=None,
        title="Reference picture",
        description="path, relative to the camera file's folder and inside it, of a picture that "
        "shows this view as it was when the zones were drawn",
        max_length=1000,
    )
    calibration: Calibration | None = Field(
        default=None,
        title="Calibration",
        description="points that lay the ground in this view over the map, so that what is seen "
        "has a position of its own",
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        faults = [
            *doubles("zones", [zone.name for zone in self.zones]),
            *misfits(self.size, enumerate(self.zones)),
            *points_outside(self.size, self.calibration),
        ]
        if faults:
            raise Misfits(faults)
        return self


def doubles(place: str, names: Sequence[object], key: str = "name") -> Iterator[Fault]:
    """Names that are there before."""
    for index, name in enumerate(names):
        if isinstance(name, str) and name in names[:index]:
            yield Fault(f"{place}[{index}].{key}", f"{name!r} is there twice", "rename one")


def misfits(size: tuple[int, int] | None, zones: Iterable[tuple[int, Zone]]) -> Iterator[Fault]:
    """What is wrong between a view and its zones, by the index of the zone."""
    width, height = size or (1, 1)
    for index, zone in zones:
        place = f"zones[{index}].polygon"
        xs, ys = zip(*zone.polygon, strict=True)
        outside = min(xs) < 0 or max(xs) > 1 or min(ys) < 0 or max(ys) > 1
        if size is None and outside:
            what = "has corners that are no shares between 0 and 1"
            yield Fault(place, what, "give the view's `size` where they are pixels")
        elif min(xs) >= width or max(xs) <= 0 or min(ys) >= height or max(ys) <= 0:
            what = f"lies outside the picture of {width} x {height} px"
            yield Fault(place, what, "correct the corners or the `size`")
        if zone.least_size > max(width, height):
            what = "is larger than the picture"
            remedy = "give pixels of the view's `size`, or a share up to 1 without a `size`"
            yield Fault(f"zones[{index}].least_size", what, remedy)


def points_outside(
    size: tuple[int, int] | None, calibration: Calibration | None
) -> Iterator[Fault]:
    """Points of the calibration that the picture does not show."""
    width, height = size or (1, 1)
    for index, point in enumerate(calibration.points if calibration else ()):
        if not (0 <= point.x <= width and 0 <= point.y <= height):
            what = "lies outside the picture" if size else "is no share between 0 and 1"
            remedy = "correct its `x` and `y`, or the view's `size`"
            yield Fault(f"calibration.points[{index}]", what, remedy)
