from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.pipeline.watch.queue import LookQueue

CAMERAS = st.sampled_from("abcde")
STEPS = st.lists(st.one_of(CAMERAS, st.integers(min_value=1, max_value=4)), max_size=200)


def play(
    steps: Iterable[str | int], queue: LookQueue[int]
) -> tuple[Counter[str], dict[str, list[int]]]:
    """A letter puts a look of that camera, a number takes so many; returns puts and takes."""
    put: Counter[str] = Counter()
    taken: dict[str, list[int]] = {camera: [] for camera in "abcde"}
    for step in steps:
        if isinstance(step, str):
            queue.put(step, put[step])
            put[step] += 1
            continue
        batch = queue.take(step, timeout_s=0)
        for camera, look in batch:
            taken[camera].append(look)
            queue.release(camera)
    return put, taken


@given(steps=STEPS, most=st.integers(1, 12), most_each=st.integers(1, 3))
def test_it_never_holds_more_than_it_may(steps, most, most_each):
    queue: LookQueue[int] = LookQueue(most=most, most_each=most_each)
    for end in range(len(steps)):
        play(steps[end : end + 1], queue)
        assert len(queue) <= most


@given(steps=STEPS, most=st.integers(1, 12), most_each=st.integers(1, 3))
def test_every_look_is_taken_or_waits_or_is_counted_as_dropped(steps, most, most_each):
    queue: LookQueue[int] = LookQueue(most=most, most_each=most_each)

    put, taken = play(steps, queue)

    drops = queue.drops
    waiting = queue.take(most, timeout_s=0)
    for camera in "abcde":
        waits = sum(name == camera for name, _ in waiting)
        assert put[camera] == len(taken[camera]) + waits + drops.get(camera, 0)


@given(steps=STEPS, most=st.integers(1, 12), most_each=st.integers(1, 3))
def test_the_looks_of_a_camera_come_in_their_order(steps, most, most_each):
    _, taken = play(steps, LookQueue(most=most, most_each=most_each))

    for looks in taken.values():
        assert looks == sorted(set(looks))


@given(rates=st.lists(st.integers(1, 50), min_size=2, max_size=5), most_each=st.integers(1, 3))
def test_a_fast_camera_does_not_starve_the_others(rates, most_each):
    queue: LookQueue[int] = LookQueue(most=64, most_each=most_each)
    served: Counter[str] = Counter()
    rounds = 60
    for _ in range(rounds):
        for camera, rate in zip("abcde", rates, strict=False):
            for look in range(rate):
                queue.put(camera, look)
        for camera, _ in queue.take(len(rates)):
            served[camera] += 1
            queue.release(camera)

    # One place in every batch for each, whatever its rate.
    assert set(served.values()) == {rounds}


def test_the_camera_with_the_most_waiting_loses_its_oldest_look():
    queue: LookQueue[str] = LookQueue(most=4, most_each=3)
    for camera, look in [("a", "a1"), ("b", "b1"), ("b", "b2"), ("b", "b3"), ("a", "a2")]:
        queue.put(camera, look)

    assert queue.drops == {"b": 1}
    assert queue.take(9) == [("a", "a1"), ("b", "b2"), ("a", "a2"), ("b", "b3")]


def test_a_camera_whose_look_is_being_judged_is_not_taken_again():
    queue: LookQueue[int] = LookQueue()
    queue.put("a", 1)
    assert queue.take(1) == [("a", 1)]
    queue.put("a", 2)

    assert queue.take(1, timeout_s=0) == []
    queue.release("a")
    assert queue.take(1, timeout_s=0) == [("a", 2)]


def test_a_forgotten_camera_leaves_nothing_behind():
    queue: LookQueue[int] = LookQueue()
    queue.put("a", 1)
    queue.put("a", 2)
    queue.forget("a")

    assert (len(queue), queue.drops) == (0, {})
    assert queue.take(1, timeout_s=0) == []


def test_closing_lets_a_waiting_taker_go():
    queue: LookQueue[int] = LookQueue()
    got: list[list[tuple[str, int]]] = []
    taker = Thread(target=lambda: got.append(queue.take(1)))
    taker.start()
    queue.close()
    taker.join(5)

    assert got == [[]]
    queue.put("a", 1)
    assert len(queue) == 0


def test_a_look_wakes_a_waiting_taker():
    queue: LookQueue[int] = LookQueue()
    got: list[list[tuple[str, int]]] = []
    taker = Thread(target=lambda: got.append(queue.take(1, timeout_s=30)))
    taker.start()
    queue.put("a", 1)
    taker.join(5)

    assert got == [[("a", 1)]]


def test_a_queue_without_room_is_refused():
    with pytest.raises(ValueError):
        LookQueue(most=0)


@settings(max_examples=20, deadline=None)
@given(cameras=st.integers(5, 100), most=st.integers(4, 64), most_each=st.integers(1, 3))
def test_more_cameras_than_places_are_served_alike(cameras, most, most_each):
    queue: LookQueue[int] = LookQueue(most=most, most_each=most_each)
    served: Counter[str] = Counter(dict.fromkeys(map(str, range(cameras)), 0))
    rounds = 8 * cameras // 4
    for number in range(rounds):
        for camera in served:
            queue.put(camera, number)
        for camera, _ in queue.take(4):
            served[camera] += 1
            queue.release(camera)

    assert max(served.values()) - min(served.values()) <= 2, served


def test_a_camera_is_wanted_once_its_turn_is_near():
    queue: LookQueue[int] = LookQueue(near=2, monotonic=lambda: 0.0)
    wanted = []
    for camera in "abcd":
        if queue.wants(camera):
            queue.put(camera, 0)
            wanted.append(camera)
    assert wanted == ["a", "b"]
    assert not queue.wants("a"), "its look waits"
    assert not queue.wants("c")

    assert [camera for camera, _ in queue.take(1)] == ["a"]
    queue.release("a")
    assert [camera for camera in "dca" if queue.wants(camera)] == ["c"]


def test_a_camera_that_asks_no_more_keeps_nobody_waiting():
    now_s = 0.0
    queue: LookQueue[int] = LookQueue(near=2, monotonic=lambda: now_s)
    queue.put("a", 0)
    queue.put("b", 0)
    assert not any(queue.wants(camera) for camera in "cde")
    queue.take(1)
    assert not queue.wants("e"), "c and d come before it"
    now_s = 5.0
    assert queue.wants("e")


def test_a_camera_that_gives_no_look_in_its_turn_goes_to_the_end_of_the_row():
    now_s = 0.0
    queue: LookQueue[int] = LookQueue(near=2, monotonic=lambda: now_s)
    queue.put("y", 0)
    queue.put("z", 0)
    assert not queue.wants("a")
    assert not queue.wants("b")
    queue.take(1)
    assert queue.wants("a")
    assert not queue.wants("b"), "the look of a is being made"
    now_s = 1.0
    assert not queue.wants("a")
    assert queue.wants("b")


@settings(max_examples=25, deadline=None)
@given(asks=st.lists(st.integers(1, 25), min_size=10, max_size=40), near=st.integers(4, 12))
def test_cameras_that_ask_often_and_seldom_are_served_alike_and_few_looks_wait(asks, near):
    tick = 0
    waits: list[int] = []
    queue: LookQueue[int] = LookQueue(near=near, monotonic=lambda: tick * 0.04)
    served: Counter[int] = Counter(dict.fromkeys(range(len(asks)), 0))
    for tick in range(60 * len(asks)):
        for camera, every in enumerate(asks):
            if (tick + camera) % every == 0 and queue.wants(str(camera)):
                queue.put(str(camera), tick)
        assert len(queue) <= near
        if tick % 10 == 0:
            for camera, since in queue.take(2, timeout_s=0):
                served[int(camera)] += 1
                queue.release(camera)
                waits.append(tick - since)

    assert queue.drops == {}
    assert sum(waits) / len(waits) <= 5 * near, "two are served in ten ticks"
    assert min(served.values()) > sum(served.values()) / len(asks) / 2, served
