"""The state of a guard between runs: JSON, with pictures as PNG in base64."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from detector.device import DeviceFault
from detector.looks import Pixels, Size
from detector.scene.guard.known import MOST_LIGHTS, KnownView, Light
from detector.scene.guard.patches import working_size
from detector.scene.guard.pose import within_bounds
from detector.scene.guard.steady import MOST_MOVES, Move, Sighting, Steady
from detector.scene.guard.verdict import Matrix

MOST_PICTURE = 200_000

Age = Annotated[FiniteFloat, Field(ge=0)]
Row = tuple[FiniteFloat, FiniteFloat, FiniteFloat]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SavedPose(_Strict):
    """A similarity: its upper two rows, in pixels of the view's working size."""

    rows: tuple[Row, Row]

    @classmethod
    def of(cls, pose: Matrix) -> SavedPose:
        """To be saved."""
        first, second = pose[:2].tolist()
        return cls(rows=(tuple(first), tuple(second)))

    def matrix(self, size: Size) -> Matrix:
        """The (3, 3) matrix; ValueError where no camera could have been nudged so."""
        pose = np.array([*self.rows, (0.0, 0.0, 1.0)])
        if not within_bounds(pose, size):
            raise ValueError("a pose is out of bounds")
        return pose


class SavedSighting(_Strict):
    """A view and how it lies."""

    view: str
    pose: SavedPose


class SavedMove(_Strict):
    """A new pose, how long ago, by what share of the width."""

    age_s: Age
    by: Age


class SavedLight(_Strict):
    """A picture of a view in one light."""

    png: Annotated[str, Field(max_length=MOST_PICTURE)]
    pose: SavedPose
    sharpness: FiniteFloat
    edges: FiniteFloat

    @classmethod
    def of(cls, light: Light) -> SavedLight:
        """To be saved."""
        _, png = cv2.imencode(".png", light.grey)
        return cls(
            png=b64encode(png.tobytes()).decode("ascii"),
            pose=SavedPose.of(light.pose),
            sharpness=light.sharpness,
            edges=light.edges,
        )

    def light(self) -> Light:
        """The light again; ValueError where the picture is none of ours."""
        coded = np.frombuffer(b64decode(self.png, validate=True), dtype=np.uint8)
        # The head of a PNG tells its size: a picture of gigabytes is not even begun.
        width, height = (int.from_bytes(coded[at : at + 4].tobytes()) for at in (16, 20))
        size = Size(width, height)
        if not (width and height) or working_size(size) != size:
            raise ValueError("a picture is not of working size")
        grey = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
        if grey is None or grey.shape != (height, width):
            raise ValueError("a picture cannot be read")
        pixels: Pixels = np.asarray(grey, dtype=np.uint8)
        return Light(pixels, self.pose.matrix(size), self.sharpness, self.edges)


class SavedView(_Strict):
    """A view: its learned reference, or the checksum of the one that was given, and its lights."""

    name: str
    checksum: int
    learned: SavedLight | None
    later: Annotated[tuple[SavedLight, ...], Field(max_length=MOST_LIGHTS - 1)]
    since_kept_s: Age

    @classmethod
    def of(cls, view: KnownView) -> SavedView:
        """To be saved."""
        return cls(
            name=view.name,
            checksum=checksum(view),
            learned=SavedLight.of(view.reference) if view.learned else None,
            later=tuple(SavedLight.of(light) for light in view.later),
            since_kept_s=view.since_kept_s,
        )


class Saved(_Strict):
    """The whole state of a guard."""

    version: Literal[1]
    known: tuple[SavedView, ...]
    held: SavedSighting | None
    candidate: SavedSighting | None
    rested_s: Age
    rested_looks: Annotated[int, Field(ge=0)]
    last: SavedSighting | None
    moves: Annotated[tuple[SavedMove, ...], Field(max_length=MOST_MOVES)]
    bad_s: Age
    bad_looks: dict[DeviceFault, Annotated[int, Field(ge=0)]]

    @classmethod
    def of(cls, views: Iterable[KnownView], steady: Steady) -> Saved:
        """To be saved."""
        return cls(
            version=1,
            known=tuple(SavedView.of(view) for view in views),
            held=_sighting(steady.held),
            candidate=_sighting(steady.candidate),
            rested_s=steady.rested_s,
            rested_looks=steady.rested_looks,
            last=_sighting(steady.last),
            moves=tuple(SavedMove(age_s=it.age_s, by=it.by) for it in steady.moves),
            bad_s=steady.bad_s,
            bad_looks=dict(steady.bad_looks),
        )

    def packed(self) -> bytes:
        """As JSON."""
        return self.model_dump_json().encode("ascii")

    @classmethod
    def unpacked(cls, state: bytes) -> Saved:
        """From JSON; ValueError where it is no state of this version."""
        try:
            return cls.model_validate_json(state)
        except ValidationError as error:
            raise ValueError(f"no state of a view guard: {error.errors()[0]['msg']}") from error

    def views(self, given: Mapping[str, KnownView], first: str) -> dict[str, KnownView]:
        """The given views with the lights they had, or the learned one where none is given."""
        restored = dict(given)
        for saved in self.known:
            view = given.get(saved.name)
            if view is None and not given and saved.learned and saved.name == first:
                view = KnownView(saved.name, saved.learned.light(), learned=True)
            if view is not None and checksum(view) == saved.checksum:
                lights = [light.light() for light in saved.later]
                view.later = [it for it in lights if it.grey.shape == view.reference.grey.shape]
                view.since_kept_s = saved.since_kept_s
                restored[saved.name] = view
        return restored

    def steadiness(self, views: Mapping[str, KnownView]) -> Steady:
        """The memory between looks, as far as the views in it are still the same."""
        same = {
            saved.name
            for saved in self.known
            if saved.name in views and checksum(views[saved.name]) == saved.checksum
        }
        held, candidate, last = (
            Sighting(it.view, it.pose.matrix(views[it.view].size), views[it.view].size)
            if it is not None and it.view in same
            else None
            for it in (self.held, self.candidate, self.last)
        )
        return Steady(
            held=held,
            candidate=candidate,
            rested_s=self.rested_s,
            rested_looks=self.rested_looks,
            last=last,
            moves=[Move(it.age_s, it.by) for it in self.moves],
            bad_s=self.bad_s,
            bad_looks=Counter(self.bad_looks),
        )


def checksum(view: KnownView) -> int:
    """Tells whether a reference is the one that it was."""
    return zlib.crc32(view.reference.grey.tobytes())


def _sighting(sighting: Sighting | None) -> SavedSighting | None:
    if sighting is None:
        return None
    return SavedSighting(view=sighting.view, pose=SavedPose.of(sighting.pose))
