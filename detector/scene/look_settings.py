"""How often a camera is looked at, and how much of its picture."""

from __future__ import annotations

from pydantic import Field

from detector.observation import Frozen


class LookSettings(Frozen):
    """How often a live camera is looked at, and how much of its picture."""

    every_s: float = Field(
        default=2.0,
        title="Time between looks",
        description="seconds from one look to the next; default 2",
        gt=0,
        le=3600,
        strict=True,
        json_schema_extra={"unit": "s"},
    )
    whole_every_s: float = Field(
        default=30.0,
        title="Time between whole looks",
        description="seconds from one look at the whole picture to the next where looks between "
        "examine only the zones, 0: every look is a whole one; default 30",
        ge=0,
        le=3600,
        strict=True,
        json_schema_extra={"unit": "s"},
    )
    gate: bool = Field(
        default=True,
        title="Motion gate",
        description="true: a look at a picture in which nothing moved repeats the last result; "
        "default true",
        strict=True,
    )
    still_every_s: float = Field(
        default=30.0,
        title="Time between looks at a still picture",
        description="seconds after which a picture is examined even though nothing moved; "
        "default 30",
        gt=0,
        le=3600,
        strict=True,
        json_schema_extra={"unit": "s"},
    )
    enlarge: float = Field(
        default=1.0,
        title="Enlargement",
        description="times that zones are enlarged at most before the model sees them, for things "
        "that are small in the picture, 1 to 4; default 1",
        ge=1,
        le=4,
        strict=True,
        json_schema_extra={"unit": "times"},
    )
    inputs: int = Field(
        default=2,
        title="Inputs of a look",
        description="pictures that the model may be given for one look at the zones, 1 to 32; with "
        "fewer, zones are shrunk until they fit; default 2",
        ge=1,
        le=32,
        strict=True,
        json_schema_extra={"unit": "pictures"},
    )
