"""A zone of a camera file, and how it becomes the zone that a rule works with."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from detector.geometry.zone import Zone as SceneZone
from detector.geometry.zone import ZoneKind
from detector.geometry.zones import polygon_fault, scaled_polygon
from detector.observation import Frozen
from detector.taxonomy import TAXONOMY, Kind

# How long a vehicle may stand, by sub-kind of zone: defaults that a city may change.
DWELL_S = {"parking.motor.sidewalk": 300.0, "parking.motor.fire_lane": 60.0}
DEFAULT_DWELL_S = 180.0

# Zones that look for a violation, with its kind and the classes that may be named there.
VIOLATIONS = {ZoneKind.NO_PARKING: Kind.ILLEGAL_PARKING}
VEHICLES = TAXONOMY.class_ids_of(Kind.ILLEGAL_PARKING) | TAXONOMY.class_ids_of(
    Kind.NON_MOTOR_PARKING
)


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
        description="no_parking (vehicles may not stand here) or ignore (nothing is looked at)",
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
        description="names of what it is about; default car, bus, truck, and all where ignored",
        min_length=1,
        max_length=100,
    )
    exempt_classes: tuple[str, ...] = Field(
        default=(),
        title="Exempt classes",
        description="names of classes that it is not about after all",
        max_length=100,
    )
    dwell_s: float | None = Field(
        default=None,
        title="Longest stay",
        description="seconds that a vehicle may stand here; default 180, on a footway "
        "(parking.motor.sidewalk) 300, in a fire lane 60",
        gt=0,
        le=604_800,
        strict=True,
        json_schema_extra={"unit": "s"},
    )
    sub_kind: str | None = Field(
        default=None,
        title="Sub-kind",
        description="what standing here is, as one of the taxonomy's sub-kinds of this violation",
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

    @property
    def class_ids(self) -> frozenset[int]:
        """Ids of the classes that the zone is about, the exempt ones removed."""
        return _ids(self.classes, self.kind) - _ids(self.exempt_classes, self.kind)

    def scaled(self, x: float, y: float) -> SceneZone:
        """The zone in pixels: `x` and `y` are pixels per unit of its corners."""
        looked_at = self.kind is not ZoneKind.IGNORE
        usual_s = DWELL_S.get(self.sub_kind or "", DEFAULT_DWELL_S) if looked_at else 0.0
        return SceneZone(
            name=self.name,
            kind=self.kind,
            polygon=scaled_polygon(self.polygon, x, y),
            dwell_s=usual_s if self.dwell_s is None else self.dwell_s,
            class_ids=self.class_ids,
            sub_kind=self.sub_kind,
            least_foot_share=self.least_foot_share,
        )

    @field_validator("classes")
    @classmethod
    def _classes_are_known(
        cls, names: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        for name in names or ():
            number = TAXONOMY.class_id(name)
            if number is None:
                raise ValueError(f"{name!r} is no class; the classes are {_listed()}")
            if info.data.get("kind") in VIOLATIONS and number not in VEHICLES:
                raise ValueError(f"{name!r} is no vehicle; no_parking is about vehicles")
        return names

    @field_validator("exempt_classes")
    @classmethod
    def _exempt_are_known(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for name in names:
            number = TAXONOMY.class_id(name)
            if number is None:
                raise ValueError(f"{name!r} is no class; the classes are {_listed()}")
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
        if value is not None and info.data.get("kind") is ZoneKind.IGNORE:
            raise ValueError("has no meaning in an ignore zone; remove it")
        return value

    @field_validator("sub_kind")
    @classmethod
    def _sub_kind_fits(cls, name: str | None, info: ValidationInfo) -> str | None:
        violation = VIOLATIONS.get(info.data.get("kind", ZoneKind.IGNORE))
        known = [entry.name for entry in TAXONOMY.sub_kinds if entry.kind == violation]
        if name is not None and violation and name not in known:
            raise ValueError(f"{name!r} is no sub-kind of {violation}; write {', '.join(known)}")
        return name


def _ids(names: tuple[str, ...] | None, kind: ZoneKind) -> frozenset[int]:
    if names is None:
        violation = VIOLATIONS.get(kind)
        everything = frozenset(range(len(TAXONOMY.classes)))
        return TAXONOMY.class_ids_of(violation) if violation else everything
    return frozenset(number for name in names if (number := TAXONOMY.class_id(name)) is not None)


def _listed() -> str:
    return ", ".join(TAXONOMY.class_names)
