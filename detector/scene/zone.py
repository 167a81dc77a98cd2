"""A zone of a camera file, and how it becomes the zone that a rule works with."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from detector.geometry.zone import InForce, ZoneKind, always
from detector.geometry.zone import Zone as SceneZone
from detector.geometry.zones import polygon_fault, scaled_polygon
from detector.observation import Frozen
from detector.scene.purposes import EVERYTHING, PURPOSES, sub_kinds_of, usual_dwell_s
from detector.scene.schedule import Span
from detector.taxonomy import TAXONOMY


def _bounds_an_area(corners: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    fault = polygon_fault(corners)
    if fault is not None:
        raise ValueError(f"the polygon {fault}; list its corners in order around the zone")
    return corners


Coordinate: TypeAlias = Annotated[
    float, Field(strict=True, ge=-100_000, le=100_000, allow_inf_nan=False)
]
Ring: TypeAlias = Annotated[
    tuple[tuple[Coordinate, Coordinate], ...], AfterValidator(_bounds_an_area)
]


class Zone(Frozen):
    """A part of the picture where a rule of its own holds."""

    name: str = Field(
        title="Name",
        description="what people call it; no two zones of a view share a name",
        min_length=1,
        max_length=100,
    )
    kind: ZoneKind = Field(
        title="Kind",
        description="no_parking (vehicles may not stand here), no_stall (nobody may trade here), "
        "keep_clear (a fire lane or entrance, where nothing may stand), bin_point (bins and what "
        "lies around them), cable_watch (cables that may hang loose), traffic_lane (where queues "
        "are no parking) or ignore (nothing is looked at)",
    )
    polygon: Ring = Field(
        title="Corners",
        description="at least 3 corners [x, y] in order around the zone",
        max_length=1000,
        json_schema_extra={"unit": "px of the view's size, or shares 0..1 without a size"},
    )
    classes: tuple[str, ...] | None = Field(
        default=None,
        title="Classes",
        description="names of what it is about; default what its kind is about: vehicles, stalls, "
        "garbage or cables, in no_parking and traffic_lane motor vehicles only, in ignore all",
        min_length=1,
        max_length=100,
    )
    exempt_classes: tuple[str, ...] = Field(
        default=(),
        title="Exempt classes",
        description="names of classes that it is not about after all, such as bus at a bus stop",
        max_length=100,
    )
    dwell_s: float | None = Field(
        default=None,
        title="Longest stay",
        description="seconds that something may stay here; default no_parking 180, with the "
        "sub-kind of a footway 300 and of a fire lane 60, keep_clear 60, no_stall 300, "
        "bin_point 120, cable_watch 600; no meaning in traffic_lane and ignore",
        gt=0,
        le=604_800,
        strict=True,
        json_schema_extra={"unit": "s"},
    )
    sub_kind: str | None = Field(
        default=None,
        title="Sub-kind",
        description="what staying here is, as a sub-kind of a violation that the zone can raise, "
        "such as parking.motor.fire_lane",
        max_length=100,
    )
    least_foot_share: float = Field(
        default=0.5,
        title="Least share of the foot",
        description="how much of the lower third of a box lies in the zone before it counts, "
        "above 0 and up to 1",
        gt=0,
        le=1,
        strict=True,
        json_schema_extra={"unit": "share"},
    )

    least_size: float = Field(
        default=0.0,
        title="Least size",
        description="how long the longer side of a box must be before it counts; default 0",
        ge=0,
        le=100_000,
        strict=True,
        json_schema_extra={
            "unit": "px of the view's size, or share of the picture's longer side without a size"
        },
    )
    schedule: tuple[Span, ...] = Field(
        default=(),
        title="Schedule",
        description="hours in which it holds, in the camera's time zone; default always",
        max_length=100,
    )

    @property
    def class_ids(self) -> frozenset[int]:
        """Ids of the classes that the zone is about, the exempt ones removed."""
        return _ids(self.classes, self.kind) - _ids(self.exempt_classes, self.kind)

    def scaled(
        self, x: float, y: float, longer: float | None = None, in_force: InForce = always
    ) -> SceneZone:
        """The zone in pixels: `x` and `y` are pixels per unit of its corners.

        `longer` is that of the picture's longer side, the larger of the two where left out.
        """
        usual_s = usual_dwell_s(self.kind, self.sub_kind)
        return SceneZone(
            name=self.name,
            kind=self.kind,
            polygon=scaled_polygon(self.polygon, x, y),
            dwell_s=usual_s if self.dwell_s is None else self.dwell_s,
            class_ids=self.class_ids,
            sub_kind=self.sub_kind,
            least_foot_share=self.least_foot_share,
            least_size_px=self.least_size * (max(x, y) if longer is None else longer),
            in_force=in_force,
        )

    @field_validator("classes")
    @classmethod
    def _classes_are_known(
        cls, names: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        for name in names or ():
            number = TAXONOMY.class_id(name)
            if number is None:
                raise ValueError(f"{name!r} is no class; the classes are {_listed(EVERYTHING)}")
            kind = info.data.get("kind", ZoneKind.IGNORE)
            if number not in (about := PURPOSES[kind].nameable):
                raise ValueError(f"{name!r} is nothing for {kind}; name {_listed(about)}")
        return names

    @field_validator("exempt_classes")
    @classmethod
    def _exempt_are_known(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for name in names:
            number = TAXONOMY.class_id(name)
            if number is None:
                raise ValueError(f"{name!r} is no class; the classes are {_listed(EVERYTHING)}")
            # "police" would let every car stand: the model sees a car.
            if name != (real := TAXONOMY.class_names[number]):
                raise ValueError(f"{name!r} is not told from {real}; exempt {real} or nothing")
        if {"kind", "classes"} <= info.data.keys():
            kind, classes = info.data["kind"], info.data["classes"]
            if not _ids(classes, kind) - _ids(names, kind):
                raise ValueError("no class is left in the zone; exempt fewer")
        return names

    @field_validator("dwell_s", "sub_kind")
    @classmethod
    def _belongs_to_a_violation(
        cls, value: float | str | None, info: ValidationInfo
    ) -> float | str | None:
        kind = info.data.get("kind")
        if value is not None and kind is not None and not PURPOSES[kind].kinds:
            raise ValueError(f"has no meaning in a zone of kind {kind}; remove it")
        return value

    @field_validator("sub_kind")
    @classmethod
    def _sub_kind_fits(cls, name: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind", ZoneKind.IGNORE)
        known = sub_kinds_of(kind, _ids(info.data.get("classes"), kind))
        if name is not None and known and name not in known:
            raise ValueError(f"{name!r} is nothing that it can raise; write {', '.join(known)}")
        return name


def _ids(names: tuple[str, ...] | None, kind: ZoneKind) -> frozenset[int]:
    if names is None:
        return PURPOSES[kind].class_ids
    return frozenset(number for name in names if (number := TAXONOMY.class_id(name)) is not None)


def _listed(class_ids: frozenset[int]) -> str:
    return ", ".join(TAXONOMY.class_names[number] for number in sorted(class_ids))
