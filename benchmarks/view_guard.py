"""The view guard on real footage: what it trusts, what it refuses, what it names, what it costs.

    python -m benchmarks.view_guard [--every N] [--out FILE]

Fixed cameras should be trusted, look for look; the same pictures shifted, turned and zoomed by a
known amount should be trusted with a matrix that says so; other cameras, moving cameras, covered,
blurred, black and glaring pictures should never be. The first look is the reference, unless a
series says otherwise. Nudges are cut from the inside of real pictures that are later than the
reference, so that nothing is made up at their edges. The peer in the same run is what is commonly
published: 500 ORB features, a ratio test, a homography by RANSAC, trusted from 15 inliers on.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import cos, sin, tau
from pathlib import Path
from time import process_time
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_machine, write_result
from benchmarks.pictures import SHARED
from detector.device import DeviceFault
from detector.looks import Picture, Pixels, Planes, Size
from detector.scene.guard import Bearing, Verdict, ViewGuard

RESULTS = Path(__file__).parent / "results" / "view_guard.json"
CAMERA = SHARED / "data" / "traffic_camera"
VIDEO = SHARED / "video"
FIXED = (
    "timelapse_busstop_day_ourcamera",
    "timelapse_busstop_night_ourcamera",
    "signalled_road_opendatacam",
    "parking_aisle_intel_car_detection",
    "free_flow_topdown_opencv4nodejs",
    "freeway_free_flow_hc1",
    "motorway_free_flow_hc2",
    "dense_traffic_imageai_mini",
)
# Its camera creeps by 2 % of the width within half a minute: no look is in the place of another
# that is more than some seconds older.
CREEPING = "parking_aisle_intel_car_detection"
MOVING = (
    "moving/us_motorway_day",
    "moving/us_motorway_dusk",
    "kerb_parking_china_ltb2k",
    "park_1080p_no_gps",
    "gopro/gopro_karma",
    "gopro/gopro_max-heromode",
    "gopro/gopro_hero5-trimmed",
    "gopro/gopro_hero6-trimmed",
    "gopro/gopro_hero8-trimmed",
)
# Where pictures of other places come from.
ELSEWHERE = ("street_asia/images", "negatives", "unlabelled", "stall", "cable")
SEED = 20261121
LEARNING_S = 3.0
APART_S = 5.0
# A nudged view is the inside of a picture, so that the picture has something beyond its edges.
INSIDE = 0.7
RIGHT_WITHIN = 0.01
NIGHT_GREY = 80.0


class Judge(Protocol):
    """Who says whether a look is to be trusted."""

    def check(self, picture: Picture, t_s: float) -> Verdict:
        """Look at a picture at a stream time."""


Make = Callable[[Mapping[str, Pixels | Picture | None]], Judge]


@dataclass(frozen=True)
class Shot:
    """A real picture, BGR, its time, and `light`: day, night or infrared."""

    bgr: Pixels
    t_s: float
    light: str


class Peer:
    """ORB and RANSAC against the reference of each view, without any memory."""

    def __init__(self, references: Mapping[str, Pixels | Picture | None]) -> None:
        self._orb = cv2.ORB.create(500)
        self._matcher = cv2.BFMatcher(cv2.NORM_HAMMING)
        self._first = next(iter(references), "")
        self._known = {
            name: self._features(given.bgr if isinstance(given, Picture) else given)
            for name, given in references.items()
            if given is not None
        }

    def check(self, picture: Picture, t_s: float) -> Verdict:
        """The view with most inliers, trusted from 15 on."""
        points, described = self._features(picture.bgr)
        self._known = self._known or {self._first: (points, described)}
        matched = [(*self._match(points, described, it), name) for name, it in self._known.items()]
        inliers, matrix, name = max(matched, key=lambda it: it[0])
        trusted = inliers >= 15
        state = Bearing.AS_IT_WAS if trusted else Bearing.LOST
        return Verdict(name, matrix, trusted, None, float(inliers), state)

    def _features(self, bgr: Pixels) -> tuple[NDArray[np.float64], Pixels]:
        points, described = self._orb.detectAndCompute(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), None)
        places = np.array([point.pt for point in points], dtype=np.float64).reshape(-1, 2)
        empty = np.zeros((0, 32), dtype=np.uint8)
        return places, empty if described is None else np.asarray(described, dtype=np.uint8)

    def _match(
        self,
        points: NDArray[np.float64],
        described: Pixels,
        known: tuple[NDArray[np.float64], Pixels],
    ) -> tuple[int, NDArray[np.float64]]:
        pairs = self._matcher.knnMatch(known[1], described, k=2) if len(described) else []
        good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < 0.75 * p[1].distance]
        if len(good) < 4:
            return 0, np.eye(3)
        from_px = known[0][[match.queryIdx for match in good]]
        to_px = points[[match.trainIdx for match in good]]
        matrix, mask = cv2.findHomography(from_px, to_px, cv2.RANSAC, 5.0)
        if not np.any(mask):
            return 0, np.eye(3)
        return int(mask.sum()), np.asarray(matrix, dtype=np.float64)


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="of the pictures, for a quick run")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args(argv)
    if not VIDEO.is_dir():
        raise SystemExit(f"no footage at {SHARED}: lay the shared material beside the checkout")
    cv2.setNumThreads(1)
    camera = list(camera_shots())[:: args.every]
    clips = {name: list(clip_shots(name))[:: args.every] for name in FIXED}
    strangers = list(elsewhere())[:: args.every]
    result: dict[str, object] = {"machine": describe_machine(), "threads": 1, "every": args.every}
    makers: dict[str, Make] = {"view guard": ViewGuard, "ORB and RANSAC": Peer}
    for who, make in makers.items():
        print(who)
        row = {
            "fixed": fixed(make, {"traffic_camera": camera, **clips}),
            "nudged": nudged(make, camera, clips),
            "presets": presets(make, clips),
            "unknown": unknown(make, camera, clips, strangers),
            "blind": blind(make, camera, clips),
            "moving": moving(make),
            "cost": cost(make, strangers),
        }
        result[who] = row
    write_result(args.out, result)


def camera_shots() -> Iterator[Shot]:
    """Four days of one camera, 352 x 240, at irregular times."""
    with (CAMERA / "timestamps.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            bgr = read(CAMERA / "images" / row["file"])
            dark = "night" if float(row["mean_grey"]) < NIGHT_GREY else "day"
            light = "infrared" if row["infrared_night_guess"] == "1" else dark
            yield Shot(bgr, float(row["t_s"]), light)


def clip_shots(name: str, looks_a_second: float = 5.0) -> Iterator[Shot]:
    """Looks of a video; a time lapse gives each picture, 30 s apart."""
    capture = cv2.VideoCapture(str(VIDEO / f"{name}.mp4"))
    fps = capture.get(cv2.CAP_PROP_FPS)
    lapse = name.startswith("timelapse")
    step = 1 if lapse else max(1, round(fps / looks_a_second))
    frame = 0
    while capture.grab():
        if frame % step == 0:
            _, bgr = capture.retrieve()
            light = "night" if "night" in name else "day"
            yield Shot(np.asarray(bgr, np.uint8), frame * 30.0 if lapse else frame / fps, light)
        frame += 1


def elsewhere() -> Iterator[Pixels]:
    """Pictures of other places, and one of each video."""
    for folder in ELSEWHERE:
        for file in sorted((SHARED / "data" / folder).rglob("*.avif"))[::3]:
            yield read(file)
    for name in MOVING:
        yield next(clip_shots(name)).bgr


def read(file: Path) -> Pixels:
    """A picture as BGR."""
    return np.asarray(cv2.imread(str(file)), dtype=np.uint8)


def fixed(make: Make, series: Mapping[str, Sequence[Shot]]) -> dict[str, object]:
    """Looks of fixed cameras that are not trusted, or not as they were, without the first look."""
    rows: dict[str, object] = {}
    total: Counter[str] = Counter()
    for name, shots in series.items():
        judge, tally = make({name: None}), Counter[str]()
        for place, shot in enumerate(shots):
            verdict = judge.check(Picture.from_bgr(shot.bgr), shot.t_s)
            if place == 0:
                continue
            tally[f"{shot.light} looks"] += 1
            tally[f"{shot.light} distrusted"] += not verdict.trusted
            off = misplaced(verdict.matrix, np.eye(3), picture_size(shot.bgr))
            if name != CREEPING:
                tally["trusted but misplaced"] += verdict.trusted and off > RIGHT_WITHIN
            tally["faults"] += verdict.fault is not None
        rows[name] = dict(tally)
        total += tally
    shares = {
        light: round(total[f"{light} distrusted"] / max(1, total[f"{light} looks"]), 4)
        for light in ("day", "night", "infrared")
    }
    return shown("fixed", {"distrusted": shares, "all": dict(total), "by_footage": rows})


def nudged(
    make: Make, camera: Sequence[Shot], clips: Mapping[str, Sequence[Shot]]
) -> dict[str, object]:
    """Nudges of later pictures: share trusted within two looks and right to 1 % of the width.

    `at once` knows only the reference; `in service` has watched the camera until then.
    """
    rng = np.random.default_rng(SEED)
    rows: dict[str, Counter[str]] = {}
    for name, shots in {"traffic_camera": camera, **{it: clips[it] for it in FIXED[2:]}}.items():
        samples = {place for place, _ in sample(shots, 60 if shots is camera else 8)}
        reference = {"view": inside(shots[0].bgr)}
        service = make(reference)
        for place, shot in enumerate(shots):
            service.check(Picture.from_bgr(inside(shot.bgr)), shot.t_s)
            if place not in samples:
                continue
            if name == CREEPING:
                reference = {"view": inside(shots[max(0, place - 3)].bgr)}
            kind = shot.light if shots is camera else name
            judges = {"at once": make(reference)}
            if isinstance(service, ViewGuard) and name != CREEPING:
                judges["in service"] = clone = ViewGuard(reference)
                clone.restore(service.state())
            true = random_nudge(rng, reference["view"].shape)
            for how, judge in judges.items():
                tally = rows.setdefault(f"{kind}, {how}", Counter())
                tally.update(look_thrice(judge, Picture.from_bgr(inside(shot.bgr, true)), true))
    return shown("nudged", {name: dict(tally) for name, tally in rows.items()})


def look_thrice(judge: Judge, picture: Picture, true: NDArray[np.float64]) -> Counter[str]:
    """What is made of a nudge: one more of them, whether recovered, whether ever misplaced."""
    seen = [judge.check(picture, 1e7 + APART_S * n) for n in range(3)]
    right = [misplaced(it.matrix, true, picture.size) <= RIGHT_WITHIN for it in seen]
    wrong = any(it.trusted and not fits for it, fits in zip(seen, right, strict=True))
    return Counter(
        {
            "nudges": 1,
            "recovered": int(seen[-1].trusted and right[-1]),
            "trusted but misplaced": int(wrong),
        }
    )


def presets(make: Make, clips: Mapping[str, Sequence[Shot]]) -> dict[str, object]:
    """One camera that turns from view to view: the footage of all, each as large as the first."""
    views = {name: shots for name, shots in clips.items() if not name.startswith("timelapse")}
    size = Size(640, 360)
    judge = make({name: resized(shots[0].bgr, size) for name, shots in views.items()})
    tally, t_s = Counter[str](), 0.0
    for turn in range(1, 5):
        for name, shots in views.items():
            t_s += 120.0
            for shot in islice(shots, turn * len(shots) // 6, turn * len(shots) // 6 + 3):
                t_s += APART_S
                verdict = judge.check(Picture.from_bgr(resized(shot.bgr, size)), t_s)
                tally["looks"] += 1
                tally["trusted with another view"] += verdict.trusted and verdict.view != name
            tally["turns"] += 1
            tally["right view at the third look"] += verdict.trusted and verdict.view == name
    return shown("presets", dict(tally))


def unknown(
    make: Make,
    camera: Sequence[Shot],
    clips: Mapping[str, Sequence[Shot]],
    strangers: Sequence[Pixels],
) -> dict[str, object]:
    """Pictures of other places, each looked at three times, by guards of every fixed camera."""
    tally = Counter[str]()
    for name, shots in {"traffic_camera": camera, **clips}.items():
        if name.startswith("timelapse"):
            continue
        judge, t_s = make({name: None}), 0.0
        for shot in shots[:: max(1, len(shots) // 60)]:
            t_s += APART_S
            judge.check(Picture.from_bgr(shot.bgr), t_s)
        others = [its[0].bgr for it, its in clips.items() if it != name and "timelapse" not in it]
        for bgr in [*strangers, *others]:
            t_s += 60.0
            for _ in range(3):
                t_s += APART_S
                verdict = judge.check(Picture.from_bgr(bgr), t_s)
                tally["looks"] += 1
                tally["trusted"] += verdict.trusted
    return shown("unknown", dict(tally))


def blind(
    make: Make, camera: Sequence[Shot], clips: Mapping[str, Sequence[Shot]]
) -> dict[str, object]:
    """Real pictures spoilt in different ways for 15 s: looks trusted, and how they are named."""
    rng = np.random.default_rng(SEED)
    rows: dict[str, Counter[str]] = {}
    for name, shots in {"traffic_camera": camera, **clips}.items():
        for place, shot in sample(shots, 3):
            for what, spoil in SPOILT.items():
                judge, t_s = make({name: resized(shots[0].bgr, picture_size(shot.bgr))}), 0.0
                for old in shots[max(0, place - 3) : place + 1]:
                    t_s += 61.0
                    judge.check(Picture.from_bgr(old.bgr), t_s)
                tally = rows.setdefault(what, Counter())
                for _ in range(4):
                    t_s += APART_S
                    verdict = judge.check(Picture.from_bgr(spoil(shot.bgr, rng)), t_s)
                    tally["looks"] += 1
                    tally["trusted"] += verdict.trusted
                tally["times"] += 1
                tally["named right"] += verdict.fault is EXPECTED[what]
                tally[f"named {verdict.fault}"] += 1
    return shown("blind", {name: dict(tally) for name, tally in rows.items()})


def moving(make: Make) -> dict[str, object]:
    """Cameras that move, at 5 and at 1 look a second: looks not trusted after 3 s."""
    rows: dict[str, object] = {}
    total = Counter[str]()
    for name in MOVING:
        for pace in (5.0, 1.0):
            judge, tally = make({name: None}), Counter[str]()
            for shot in clip_shots(name, pace):
                verdict = judge.check(Picture.from_bgr(shot.bgr), shot.t_s)
                if shot.t_s >= LEARNING_S:
                    tally["looks"] += 1
                    tally["untrusted"] += not verdict.trusted
            rows[f"{name}, {pace:g} a second"] = dict(tally)
            total += tally
    share = round(total["untrusted"] / max(1, total["looks"]), 4)
    return shown("moving", {"untrusted": share, "by_footage": rows})


def cost(make: Make, strangers: Sequence[Pixels]) -> dict[str, object]:
    """Milliseconds of one core for a look of 1920 x 1080, from planes as a decoder gives them:
    a fixed camera enlarged to that size, and something else.
    """
    size = Size(1920, 1080)
    shots = [resized(shot.bgr, size) for shot in clip_shots("signalled_road_opendatacam")]
    judge = make({"view": shots[0]})
    known = [as_decoded(bgr) for bgr in shots[1:]]
    strange = [as_decoded(resized(bgr, size)) for bgr in strangers[:40]]
    rows: dict[str, object] = {}
    for name, pictures in (("as it was", known), ("something else", strange)):
        took_ms = []
        for place, picture in enumerate(pictures):
            start = process_time()
            judge.check(picture, float(place))
            took_ms.append(1000 * (process_time() - start))
        median, most = np.percentile(took_ms, (50, 95))
        rows[name] = {"median_ms": round(float(median), 2), "p95_ms": round(float(most), 2)}
    return shown("cost", rows)


def _blurred(bgr: Pixels, rng: np.random.Generator) -> Pixels:
    return np.asarray(cv2.GaussianBlur(bgr, (0, 0), rng.uniform(6, 10)), dtype=np.uint8)


def _noisy(level: float, spread: float) -> Callable[[Pixels, np.random.Generator], Pixels]:
    def spoil(bgr: Pixels, rng: np.random.Generator) -> Pixels:
        return np.asarray(rng.normal(level, spread, bgr.shape).clip(0, 255), dtype=np.uint8)

    return spoil


def _snowed(bgr: Pixels, rng: np.random.Generator) -> Pixels:
    """Soft white flakes over 70 to 90 % of the picture."""
    height, width = bgr.shape[:2]
    ground = rng.normal(size=(height, width)).astype(np.float32)
    rough = cv2.GaussianBlur(ground, (0, 0), width / 60)
    flakes = (rough > np.quantile(rough, 1 - rng.uniform(0.7, 0.9))).astype(np.float32)
    soft = cv2.GaussianBlur(flakes, (0, 0), width / 300)[..., None]
    return np.asarray(bgr * (1 - soft) + 225 * soft, dtype=np.uint8)


def _glaring(bgr: Pixels, rng: np.random.Generator) -> Pixels:
    bright = bgr.astype(np.float32) * rng.uniform(4, 8) + 120
    return np.asarray(bright.clip(0, 255), dtype=np.uint8)


SPOILT: dict[str, Callable[[Pixels, np.random.Generator], Pixels]] = {
    "blurred by 6 to 10 px": _blurred,
    "black": _noisy(4, 2),
    "covered evenly": _noisy(110, 2),
    "white noise": _noisy(128, 60),
    "snow over 70 to 90 %": _snowed,
    "overexposed": _glaring,
}
EXPECTED = {
    "blurred by 6 to 10 px": DeviceFault.OUT_OF_FOCUS,
    "black": DeviceFault.BLACK,
    "covered evenly": DeviceFault.COVERED,
    "white noise": DeviceFault.COVERED,
    "snow over 70 to 90 %": DeviceFault.COVERED,
    "overexposed": DeviceFault.OVEREXPOSED,
}


def sample(shots: Sequence[Shot], most: int = 60) -> Iterator[tuple[int, Shot]]:
    """Shots evenly over a series, not the first, with their place."""
    step = max(1, len(shots) // most)
    return ((place, shots[place]) for place in range(step, len(shots), step))


def inside(bgr: Pixels, nudge: NDArray[np.float64] | None = None) -> Pixels:
    """The inner part of a picture, as a camera sees it that was nudged by a (3, 3) matrix."""
    height, width = bgr.shape[:2]
    size = (round(width * INSIDE), round(height * INSIDE))
    left, top = (width - size[0]) / 2, (height - size[1]) / 2
    to_inside = np.array([(1, 0, -left), (0, 1, -top), (0, 0, 1.0)])
    half = np.array([(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1)])
    matrix = np.linalg.inv(half) @ (np.eye(3) if nudge is None else nudge) @ to_inside @ half
    warped = cv2.warpAffine(bgr, matrix[:2], size, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(warped, dtype=np.uint8)


def random_nudge(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Shifted by 1 to 12 % of the width, turned by up to 5 degrees, zoomed by up to 5 %."""
    height, width = shape[:2]
    shift, way = rng.uniform(0.01, 0.12) * width, rng.uniform(0, tau)
    rows = cv2.getRotationMatrix2D(
        (width / 2, height / 2), rng.uniform(-5, 5), rng.uniform(0.95, 1.05)
    )
    nudge = np.vstack([rows, (0, 0, 1)]).astype(np.float64)
    nudge[:2, 2] += np.array((shift * cos(way), shift * sin(way)))
    return nudge


def misplaced(a: NDArray[np.float64], b: NDArray[np.float64], size: Size) -> float:
    """How far a corner lies apart under two matrices at most, as a share of the width."""
    corners = np.array([(0, 0, 1), (size.width, 0, 1), (0, size.height, 1), (*size, 1)]).T
    one, other = a @ corners, b @ corners
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = one[:2] / one[2] - other[:2] / other[2]
    far = np.hypot(*apart).max()
    return float(far) / size.width if np.isfinite(far) else float("inf")


def picture_size(bgr: Pixels) -> Size:
    """Width and height."""
    return Size(bgr.shape[1], bgr.shape[0])


def resized(bgr: Pixels, size: Size) -> Pixels:
    """Shrunk or enlarged, without keeping its shape."""
    return np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def as_decoded(bgr: Pixels) -> Picture:
    """A picture in YUV planes."""
    height, width = bgr.shape[:2]
    packed = cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420)
    chroma = np.asarray(packed[height:], np.uint8).reshape(2, height // 2, width // 2)
    return Picture(planes=Planes(np.asarray(packed[:height], np.uint8), chroma[0], chroma[1]))


def shown(name: str, row: dict[str, object]) -> dict[str, object]:
    """A row of the result, printed as it is made."""
    print(f"  {name}: {row}", flush=True)
    return row


if __name__ == "__main__":
    main()
