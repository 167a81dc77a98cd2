"""Pauses, key frames, the ring, gaps, the frozen rule, hand-over: each by its own."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest
from av.packet import Packet
from hypothesis import given
from hypothesis import strategies as st

from detector.footage.grid import Sampler
from detector.footage.live import Gap
from detector.footage.live.backoff import Backoff
from detector.footage.live.chooser import Chooser, Due, Step
from detector.footage.live.frozen import FrozenWatch
from detector.footage.live.gaps import GapLog
from detector.footage.live.handoff import Handoff
from detector.footage.live.ring import Ring
from detector.looks import Picture, Pixels

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_pauses_grow_to_a_minute_and_are_never_in_step() -> None:
    ones, others = (Backoff(Random(seed)) for seed in (1, 2))
    pauses = [ones.pause_s(0) for _ in range(12)]
    assert all(1 <= pause <= 60 for pause in pauses)
    for number, pause in enumerate(pauses):
        most = min(2.0 ** (number + 1), 60)
        assert most / 2 <= pause <= most
    assert pauses != [others.pause_s(0) for _ in range(12)]


def test_a_stream_that_held_for_a_minute_is_tried_again_quickly() -> None:
    backoff = Backoff(Random(1))
    assert [backoff.pause_s(0) for _ in range(8)][-1] > 29
    assert backoff.pause_s(held_s=59) > 29
    assert backoff.pause_s(held_s=61) <= 2


def decoded(every_s: float, keys_every: int, seconds: int, fps: int = 5) -> list[Step]:
    """What is done with the packets of a stream, one after another."""
    chooser, due = Chooser(every_s), Due(every_s)
    steps = []
    for number in range(seconds * fps):
        t_s, key = number / fps, number % keys_every == 0
        step = chooser.step(t_s, key, due.at(t_s))
        if step is not Step.SKIP and due.at(t_s):
            due.looked(t_s)
        steps.append(step)
    return steps


@pytest.mark.parametrize(("every_s", "keys_every"), [(2.0, 10), (2.0, 5), (10.0, 20), (1.0, 1)])
def test_key_frames_alone_are_decoded_where_they_come_often_enough(
    every_s: float, keys_every: int
) -> None:
    steps = decoded(every_s, keys_every, seconds=60)
    assert set(steps) <= {Step.SKIP, Step.KEY}
    assert steps.count(Step.KEY) == 60 / every_s


def test_everything_is_decoded_from_when_key_frames_prove_too_rare() -> None:
    steps = decoded(1.0, keys_every=25, seconds=30)
    assert steps[0] is Step.KEY
    turn = steps.index(Step.CATCH_UP)
    assert turn == 6, "the first packet more than 1.05 s after the key frame"
    assert set(steps[turn + 1 :]) == {Step.DECODE}


def test_key_frames_are_trusted_again_after_some_that_came_in_time() -> None:
    chooser = Chooser(1.0)
    for number in range(12):
        chooser.step(number / 5, key=number == 0, due=True)
    assert chooser.full
    steps = [chooser.step(3 + number / 5, key=number % 5 == 0, due=True) for number in range(100)]
    settled = steps.index(Step.SETTLE)
    assert set(steps[:settled]) == {Step.DECODE}
    assert set(steps[settled + 1 :]) == {Step.SKIP, Step.KEY}


def test_nothing_is_decoded_before_the_first_key_frame_unless_none_comes_at_all() -> None:
    chooser = Chooser(0.0)
    assert {chooser.step(number / 5, False, True) for number in range(40)} == {Step.SKIP}
    assert chooser.step(11, False, True) is Step.DECODE
    patient = Chooser(2.0)
    assert {patient.step(number / 5, False, True) for number in range(40)} == {Step.SKIP}
    assert patient.step(11, False, True) is Step.CATCH_UP


@given(
    every_s=st.sampled_from([0.1, 0.4, 1 / 3, 2.0, 7.0]),
    steps_ms=st.lists(st.integers(1, 5000), max_size=60),
)
def test_what_is_due_is_what_the_grid_of_recordings_takes(
    every_s: float, steps_ms: list[int]
) -> None:
    due, sampler = Due(every_s), Sampler(every_s, None)
    time_ms = 0
    for step_ms in steps_ms:
        taken = due.at(time_ms / 1000)
        assert taken == sampler.takes(time_ms)
        if taken:
            due.looked(time_ms / 1000)
        time_ms += step_ms


def ring_of(seconds: int, gop_s: int, length_s: float, most_bytes: int = 10**9) -> Ring:
    ring = Ring(length_s, most_bytes)
    for second in range(seconds):
        ring.add(float(second), second % gop_s == 0, Packet(100))
    return ring


def test_the_ring_keeps_whole_runs_and_no_more_than_its_length_needs() -> None:
    ring = ring_of(100, gop_s=4, length_s=12)
    kept = [one.t_s for one in ring.between(0, 200)]
    assert kept[0] == 84
    assert kept[-1] == 99
    assert ring.between(0, 200)[0].key


def test_a_ring_that_is_full_lets_the_oldest_go() -> None:
    ring = ring_of(100, gop_s=4, length_s=1000, most_bytes=1050)
    assert ring.between(0, 200)[0].t_s == 92, "the first key frame that is left"


def test_a_stretch_begins_at_the_key_frame_before_it() -> None:
    ring = ring_of(100, gop_s=4, length_s=50)
    assert [one.t_s for one in ring.between(73.5, 77)] == [72, 73, 74, 75, 76, 77]
    assert ring.between(120, 130) == []
    assert ring.between(0, 10) == []
    assert len(ring.since_key()) == 4


@given(
    keys=st.lists(st.booleans(), max_size=80),
    size=st.integers(0, 300),
    length_s=st.floats(0, 30),
    most=st.integers(0, 3000),
)
def test_the_ring_never_holds_more_bytes_than_it_may(
    keys: list[bool], size: int, length_s: float, most: int
) -> None:
    ring = Ring(length_s, most)
    for second, key in enumerate(keys):
        ring.add(float(second), key, Packet(size))
        assert sum(packet.size for packet in ring.since_key()) <= most
        run = ring.between(0, 1000)
        assert not run or run[0].key


def log(every_s: float = 2.0, steady: bool = True) -> tuple[GapLog, list[Gap]]:
    gaps: list[Gap] = []
    return GapLog(gaps.append, NOON, every_s, steady), gaps


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_gap_reaches_from_the_last_look_to_the_next_and_has_the_first_reason() -> None:
    gaps_of, gaps = log()
    gaps_of.look(at(2))
    gaps_of.broke("the stream ended")
    gaps_of.broke("refuses the connection")
    gaps_of.look(at(33))
    gaps_of.look(at(35))
    assert gaps == [Gap(at(2), at(33), "the stream ended")]


def test_looks_that_stay_away_are_a_gap_but_for_a_picture_that_does_not_change() -> None:
    gaps_of, gaps = log()
    for second in (2, 4, 30, 32):
        gaps_of.look(at(second))
    assert gaps == [Gap(at(4), at(30), "no pictures came")]
    still, none = log(steady=False)
    still.look(at(2))
    still.look(at(3600))
    assert none == []


def test_a_gap_that_is_open_at_the_end_is_told() -> None:
    gaps_of, gaps = log()
    gaps_of.broke("refuses the connection")
    gaps_of.close(at(9))
    gaps_of.close(at(10))
    assert gaps == [Gap(NOON, at(9), "refuses the connection")]


@pytest.mark.parametrize("steady", [True, False])
def test_the_time_when_nobody_watched_is_a_gap_unless_it_was_short(steady: bool) -> None:
    gaps_of, gaps = log(steady=steady)
    gaps_of.begin(at(-600))
    gaps_of.broke("refuses the connection")
    gaps_of.look(at(2))
    assert gaps == [Gap(at(-600), at(2), "nobody watched")]
    for seen_until in (at(-4), at(600)):
        quick, none = log(steady=steady)
        quick.begin(seen_until)
        quick.look(at(1))
        assert none == []


def grey(changes: int = 0) -> Picture:
    pixels: Pixels = np.full((64, 96, 3), 90, np.uint8)
    for number in range(changes):
        pixels[3, 5 + number] = 91
    return Picture.from_bgr(pixels)


def test_the_very_same_picture_is_frozen_after_its_time_and_one_pixel_frees_it() -> None:
    watch = FrozenWatch(60)
    assert not any(watch.see(grey(), second) for second in range(0, 60, 10))
    assert watch.see(grey(), 60)
    assert watch.see(grey(), 600)
    assert not watch.see(grey(changes=1), 610)
    assert not watch.see(grey(changes=1), 660)
    assert watch.see(grey(changes=1), 670)


def test_a_picture_that_always_changes_somewhere_is_never_frozen() -> None:
    watch = FrozenWatch(60)
    assert not any(watch.see(grey(changes=number % 7), number * 10) for number in range(1, 50))


def test_the_oldest_look_is_dropped_where_nobody_takes() -> None:
    handoff: Handoff[int] = Handoff(waits=False)
    for number in range(5):
        handoff.put(number)
    assert [handoff.take(0), handoff.take(0), handoff.take(0)] == [3, 4, None]
    assert handoff.dropped == 3


def test_a_giver_that_waits_is_freed_when_the_taker_goes() -> None:
    handoff: Handoff[int] = Handoff(waits=True)
    giver = threading.Thread(target=lambda: [handoff.put(number) for number in range(9)])
    giver.start()
    assert handoff.take(5) == 0
    handoff.close()
    giver.join(5)
    assert not giver.is_alive()
    assert handoff.dropped == 0
