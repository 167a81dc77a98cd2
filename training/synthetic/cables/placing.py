"""What is drawn into a picture and where: kinds, poles, lines, frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.cables.coils import coil
from training.synthetic.cables.frame import Frame, box_size
from training.synthetic.cables.poles import Pole, find_poles, new_pole
from training.synthetic.cables.slack import charging_wire, ends, loop, low_line
from training.synthetic.cables.strand import Plate, Strand, Thing
from training.synthetic.cables.tangles import tangle, web
from training.synthetic.cables.tidy import arms, tight_lines

Maker = Callable[[Frame, np.random.Generator], Thing]

# How often each kind is drawn.
KINDS: tuple[tuple[Maker, float], ...] = (
    (tangle, 0.30),
    (coil, 0.19),
    (loop, 0.16),
    (ends, 0.10),
    (web, 0.08),
    (low_line, 0.10),
    (charging_wire, 0.07),
)
# Shares of pictures: without any exposed cable; with tight lines; with a second thing.
TIDY_SHARE, LINES_SHARE, SECOND_SHARE = 0.12, 0.45, 0.15
# Shares: a pole that is found is used; a pole is drawn where none is used.
USE_POLE_SHARE, NEW_POLE_SHARE = 0.85, 0.5
# A pole is drawn for things that hang at poles; the others are on walls.
HUNG_POLE_SHARE = 0.85
# Things at poles end in this upper share of the picture, or as low as their height demands.
LOWEST_SHARE = 0.75
# A second thing shares at most this much (of the smaller frame) with the first.
MAX_SHARED = 0.1
PLACE_TRIES = 5
# Places tried for a thing without a pole: it goes where most is to be seen, not into the sky.
WALL_TRIES = 5
_DETAIL_CELLS = 32


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a background.

    `size` is (width, height), pixels; `detail` (32, 32) float32 is the steepness of the picture,
    cell by cell: small in the sky.
    """

    size: tuple[int, int]
    poles: tuple[Pole, ...]
    detail: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn: `lines` at the back, then the pole if it is new, its arms, the things."""

    lines: tuple[Strand, ...]
    pole: Pole | None
    arms: tuple[Plate, ...]
    things: tuple[Thing, ...]


def site_of(background: NDArray[np.uint8]) -> Site:
    """Reads poles and detail from a picture (H, W, 3), BGR."""
    cells = 8 * _DETAIL_CELLS
    grey = cv2.cvtColor(
        cv2.resize(background, (cells, cells), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY
    )
    steep = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    detail = cv2.resize(steep, (_DETAIL_CELLS, _DETAIL_CELLS), interpolation=cv2.INTER_AREA)
    height, width = background.shape[:2]
    return Site((width, height), find_poles(background), np.asarray(detail, np.float32))


def planned(site: Site, rng: np.random.Generator) -> Plan:
    """A scene for a background."""
    tidy = rng.random() < TIDY_SHARE
    makers = () if tidy else _kinds(rng)
    pole, drawn = _pole(site, makers, tidy, rng)
    lines: list[Strand] = []
    while tidy or rng.random() < LINES_SHARE:
        lines += tight_lines(site.size, pole, rng)
        if rng.random() < 0.6:
            break
    frames: list[Frame] = []
    things: list[Thing] = []
    for maker in makers:
        tried = (_placed(maker, site, pole, rng) for _ in range(PLACE_TRIES))
        apart = (
            frame for frame in tried if all(_shared(frame, known) <= MAX_SHARED for known in frames)
        )
        frame = next(apart, None)
        if frame is not None:
            frames.append(frame)
            things.append(maker(frame, rng))
    bars = arms(drawn, rng) if drawn is not None else ()
    return Plan(tuple(lines), drawn, bars, tuple(things))


def _kinds(rng: np.random.Generator) -> tuple[Maker, ...]:
    shares = np.array([share for _, share in KINDS])
    count = 2 if rng.random() < SECOND_SHARE else 1
    return tuple(KINDS[int(k)][0] for k in rng.choice(len(KINDS), count, p=shares / shares.sum()))


def _pole(
    site: Site, makers: tuple[Maker, ...], tidy: bool, rng: np.random.Generator
) -> tuple[Pole | None, Pole | None]:
    """The pole of the scene, and the same where it must be drawn."""
    if site.poles and rng.random() < USE_POLE_SHARE:
        return site.poles[int(rng.integers(len(site.poles)))], None
    share = HUNG_POLE_SHARE if set(makers) & {coil, tangle, ends} else NEW_POLE_SHARE
    if set(makers) == {charging_wire} or rng.random() >= share:
        return None, None
    near = float(rng.beta(1.6, 2.6))
    across = 0.08 + 0.84 * (near if rng.random() < 0.5 else 1 - near)
    pole = new_pole(site.size, site.size[0] * across, rng)
    return pole, pole


def _placed(maker: Maker, site: Site, pole: Pole | None, rng: np.random.Generator) -> Frame:
    """A frame as large as labelled boxes are, at the pole or before something."""
    size = _sized(maker, site, rng)
    if pole is not None and maker is not charging_wire:
        return _at_pole(maker, size, site, pole, rng)
    frames = [_anywhere(size, site, rng) for _ in range(WALL_TRIES)]
    return max(frames, key=lambda frame: _detail(frame, site))


def _sized(maker: Maker, site: Site, rng: np.random.Generator) -> tuple[float, float]:
    """Width and height that suit the kind, pixels."""
    width, height = box_size(rng)
    if maker is web:
        width, height = max(width, float(rng.uniform(0.5, 1.0))), min(height, 0.5)
    elif maker is charging_wire:
        width, height = float(rng.uniform(0.03, 0.18)), float(rng.uniform(0.3, 0.85))
    elif maker is low_line:
        width, height = max(width, 0.35), min(height, float(rng.uniform(0.08, 0.4)))
    across, down = width * site.size[0], height * site.size[1]
    if maker is coil:
        down = min(float(np.sqrt(across * down)), 0.7 * site.size[1])
        wide = rng.random() < 0.2
        across = down * float(rng.uniform(1.2, 2.2) if wide else rng.uniform(0.6, 1.2))
    elif maker is loop:
        down = min(down, 1.5 * across)
    return across, down


def _at_pole(
    maker: Maker, size: tuple[float, float], site: Site, pole: Pole, rng: np.random.Generator
) -> Frame:
    (across, down), (width, height) = size, site.size
    span = pole.bottom[1] - pole.top[1]
    top = pole.top[1] + span * float(rng.uniform(0.0, 0.35)) - 0.1 * down
    top = float(np.clip(top, -0.05 * height, max(LOWEST_SHARE * height - down, 0.0)))
    offset = float(rng.uniform(0.05, 0.95)) if maker in (coil, ends) else 0.5
    left = pole.x_at(top + 0.2 * down) - across * (offset + float(rng.normal(0, 0.12)))
    left = float(np.clip(left, -0.3 * across, width - 0.7 * across))
    return Frame(left, top, across, down, site.size, pole)


def _anywhere(size: tuple[float, float], site: Site, rng: np.random.Generator) -> Frame:
    (across, down), (width, height) = size, site.size
    top = float(rng.uniform(-0.02, max(0.0, 0.6 - down / height))) * height
    left = float(rng.uniform(-0.05, max(0.0, 1.05 - across / width))) * width
    return Frame(left, top, across, down, site.size)


def _detail(frame: Frame, site: Site) -> float:
    """Mean steepness of the picture behind the upper half of a frame."""
    width, height = site.size
    cells = _DETAIL_CELLS
    left, right = (int(np.clip(x / width * cells, 0, cells - 1)) for x in (frame.left, frame.right))
    middle = frame.top + frame.height / 2
    top, low = (int(np.clip(y / height * cells, 0, cells - 1)) for y in (frame.top, middle))
    return float(np.minimum(site.detail[top : low + 1, left : right + 1], 12).mean())


def _shared(one: Frame, other: Frame) -> float:
    """Shared area of two frames, of the smaller."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    tall = min(one.bottom, other.bottom) - max(one.top, other.top)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(0.0, wide) * max(0.0, tall) / max(smaller, 1e-6)
