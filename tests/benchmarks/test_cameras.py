"""The capacity benchmark: its search, its judgement of a trial, and one small real trial."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.cameras import films, trials
from benchmarks.cameras.films import Scene, encode, grain, pictures
from benchmarks.cameras.fleets import Mount, mounts, write_fleet
from benchmarks.cameras.ours import Reading
from benchmarks.cameras.probe import StopWatch
from benchmarks.cameras.processes import CORES, Usage, machine_busy_s, usage
from benchmarks.cameras.search import most_held, search
from benchmarks.cameras.soak import pauses, summary
from benchmarks.cameras.trials import Loads, Times, Trial, lags, try_ours
from detector.scene.fleet import load_fleet
from tests.rtsp import missing

KERB = ((0.1, 0.6), (0.4, 0.6), (0.4, 0.9), (0.1, 0.9))
SCENE = Scene("kerb", "kerb.mp4", 0.0, 1.0, still=True, zones=(KERB,))
ROAD = films.SCENES[1]
ROAD_CLIP = films.FOOTAGE / ROAD.clip


@dataclass(frozen=True)
class Tried:
    cameras: int
    held: bool


def trial(**other: object) -> Trial:
    usual: dict[str, object] = {
        "cameras": 40,
        "looks_per_s": 20.0,
        "due_share": 1.0,
        "dropped_share": 0.0,
        "lag_s": (0.5, 1.0, 3.0),
        "loads": Loads(1.0, 0.0, 0.0),
        "cpu_ms": 50.0,
        "rss_mb": 1000,
    }
    return Trial(**(usual | other))  # type: ignore[arg-type]


def reading(**other: object) -> Reading:
    sums = dict.fromkeys(
        ("looks_dropped_total", "reconnects_total", "gaps_total", "open_stays"), 0.0
    )
    usual: dict[str, object] = {
        "metrics": sums | {"state live": 2.0},
        "lag_s": (0.1, 0.2),
        "plans": {},
        "stages_s": {},
        "threads_s": {},
        "judged_lags_s": (),
        "usage": Usage(0.0, 100 << 20, 20, 9),
    }
    return Reading(**(usual | other))  # type: ignore[arg-type]


@given(limit=st.integers(1, 200), first=st.integers(1, 200))
def test_the_search_comes_close_to_any_limit(limit: int, first: int) -> None:
    found = most_held(search(lambda cameras: Tried(cameras, cameras <= limit), first, 40))
    assert found <= limit
    assert limit - found <= max(1, 0.05 * limit)


def test_the_search_tries_no_more_often_than_it_may_and_nothing_twice() -> None:
    tried = search(lambda cameras: Tried(cameras, cameras <= 37), 10, 5)
    assert [it.cameras for it in tried] == [10, 12, 15, 19, 24]
    longer = [it.cameras for it in search(lambda n: Tried(n, n <= 37), 10, 40)]
    assert len(set(longer)) == len(longer)


def test_a_number_that_was_held_by_luck_above_one_that_was_not_does_not_count() -> None:
    assert most_held([Tried(10, True), Tried(20, False), Tried(25, True)]) == 10
    assert most_held([Tried(10, False)]) == 0


@pytest.mark.parametrize(
    ("what", "held"),
    [
        ({}, True),
        ({"lag_s": (4.5, 4.6, 5.0)}, False),
        ({"lag_s": (0.5, 4.2, 5.0)}, False),
        ({"lag_s": (0.5, 1.0, 9.0)}, True),
        ({"dropped_share": 0.02}, False),
        ({"due_share": 0.9}, False),
    ],
)
def test_cameras_are_held_where_looks_come_in_time_and_all_of_them(
    what: dict[str, object], held: bool
) -> None:
    assert trial(**what).held is held


def test_what_a_look_costs_tells_how_many_cameras_all_cores_would_hold() -> None:
    assert trial(cpu_ms=50.0).ceiling == pytest.approx(CORES * 2.0 / 0.05)


def test_cores_that_the_stream_server_took_are_given_back_in_proportion() -> None:
    shared = trial(cameras=40, loads=Loads(1.0, CORES / 5, 0.0))
    assert shared.without_server == pytest.approx(50.0)


def test_lag_is_told_as_median_95th_and_longest_and_is_endless_without_looks() -> None:
    assert lags(list(range(101))) == (50.0, 95.0, 100.0)
    assert lags([]) == (math.inf,) * 3


def test_what_no_stage_accounts_for_is_told_as_other() -> None:
    before = reading(usage=Usage(1.0, 0, 9, 9))
    after = reading(
        usage=Usage(2.0, 0, 9, 9),
        judged_lags_s=(0.1,) * 10,
        stages_s={"decode": 0.2, "rules": 0.1},
        threads_s={"live-stream": 0.5, "engine": 0.3},
        plans={"parts": 8, "repeat": 2},
    )
    it = trials._trial(10, 2.0, Loads(0.5, 0.0, 0.0), before, after)
    assert it.cpu_ms == 100.0
    assert it.look_ms == {"decode": 20.0, "demux": 30.0, "other": 40.0, "rules": 10.0}
    assert it.shares == {"parts": 0.8, "repeat": 0.2}
    assert it.due_share == 1.0


def test_time_in_a_stage_inside_another_is_told_apart_from_it() -> None:
    def work() -> None:
        sum(range(400_000))

    watch = StopWatch()
    inner = watch.timed("inner", work)
    watch.timed("outer", inner)()
    assert watch.stages_s["inner"] > 20 * watch.stages_s["outer"] > 0


def test_a_stage_that_fails_is_counted_all_the_same() -> None:
    def fail() -> None:
        raise ValueError

    watch = StopWatch()
    with pytest.raises(ValueError):
        watch.timed("stage", fail)()
    assert watch.stages_s["stage"] > 0


def test_a_process_tells_its_time_memory_files_and_threads() -> None:
    before = usage(os.getpid())
    sum(range(3_000_000))
    after = usage(os.getpid())
    assert after.cpu_s > before.cpu_s
    assert after.rss_bytes > 10 << 20
    assert after.open_files >= 3
    assert after.threads >= 1
    assert machine_busy_s() >= after.cpu_s - before.cpu_s
    with pytest.raises(ProcessLookupError):
        usage(2**22 + 1)


def test_cameras_share_mounts_in_turn_and_their_zones_are_sound(tmp_path: Path) -> None:
    served = mounts([(SCENE, tmp_path / "a.mp4"), (films.SCENES[1], tmp_path / "b.mp4")], each=1)
    path = write_fleet(
        tmp_path / "fleet.yaml", 3, served, "rtsp://127.0.0.1:8554/{}".format, {"gate": False}
    )
    fleet = load_fleet(path)
    assert not fleet.faults
    names = [it.stream.address.rpartition("/")[2] for it in fleet.cameras]
    assert names == ["kerb-0", "road-0", "kerb-0"]
    assert not fleet.cameras[0].camera.looking.gate
    assert len(fleet.cameras[1].camera.views[0].zones) == 2


def test_half_of_the_scenes_are_still_and_all_their_zones_make_cameras(tmp_path: Path) -> None:
    stills = [scene.still for scene in films.SCENES]
    assert stills == [True, False, True, False]
    served = mounts([(scene, tmp_path) for scene in films.SCENES], each=1)
    path = write_fleet(tmp_path / "fleet.yaml", 4, served, "rtsp://127.0.0.1/{}".format, {})
    assert not load_fleet(path).faults


def test_a_film_has_its_key_frames_where_they_were_asked_for(tmp_path: Path) -> None:
    source = (np.full((36, 64, 3), 90, dtype=np.uint8) for _ in range(12))
    encode(source, tmp_path / "film.mp4", key_every=5)
    with av.open(str(tmp_path / "film.mp4")) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert [at for at, packet in enumerate(packets) if packet.is_keyframe] == [0, 5, 10]
    assert not (tmp_path / "film.part.mp4").exists()


def test_grain_differs_from_picture_to_picture_and_is_weak() -> None:
    first, second, *_ = grain(np.random.default_rng(1))
    assert not np.array_equal(first, second)
    assert 2.0 < float(first.std()) < 3.0


@pytest.mark.parametrize(("held_s", "changes"), [(None, 12), (0.5, 2)])
def test_a_scene_shows_a_clip_in_its_time_or_each_picture_for_long(
    tmp_path: Path, held_s: float | None, changes: int
) -> None:
    clip = tmp_path / "clip.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(24):
            pixels = np.full((48, 64, 3), 10 * index, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, 12)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    shown = list(pictures(Scene("s", "clip.mp4", 0.0, 1.0, True, (KERB,), held_s), clip))
    levels = [int(picture.mean()) for picture in shown]
    assert len(shown) == films.RATE
    assert len(set(levels)) == changes


def test_readings_of_a_soak_cover_all_of_it() -> None:
    assert pauses(540, 60) == [60] * 9
    assert pauses(100, 60) == [60, 40]


def test_a_soak_tells_what_grew() -> None:
    grown = reading(judged_lags_s=(0.2,) * 60, usage=Usage(9.0, 110 << 20, 25, 12))
    told = summary(2, 60.0, [reading(), grown])
    assert told["memory_grew_mb"] == 10.0
    assert told["due_share"] == 1.0
    assert told["lag_s"] == (0.2, 0.2, 0.2)
    assert told["readings"] == [
        {"rss_mb": 100.0, "open_files": 20, "threads": 9},
        {"rss_mb": 110.0, "open_files": 25, "threads": 12},
    ]


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.skipif(not ROAD_CLIP.exists(), reason="the shared footage is not here")
@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_the_true_command_is_measured_on_a_real_stream(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    encode(islice(pictures(ROAD, ROAD_CLIP), 100), film, key_every=50)
    told = try_ours(2, [Mount("road", ROAD, film)], {"gate": False}, Times(4, 6), tmp_path / "run")
    assert told.due_share == pytest.approx(1.0, abs=0.35)
    assert told.shares.get("parts", 0.0) + told.shares.get("whole", 0.0) > 0.9
    assert {"decode", "demux", "engine", "guard", "rules", "other"} <= set(told.look_ms)
    assert min(told.look_ms["decode"], told.look_ms["engine"], told.look_ms["demux"]) > 0
    assert sum(told.look_ms.values()) == pytest.approx(told.cpu_ms, rel=0.02)
    assert 0 < told.lag_s[0] < 30
