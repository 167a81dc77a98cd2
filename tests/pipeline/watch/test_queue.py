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
