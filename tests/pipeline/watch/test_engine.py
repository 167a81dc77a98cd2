from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from detector.looks import Boxes, Picture
from detector.pipeline.watch.engine import Engine, Waiting
from detector.pipeline.watch.post import Post
from detector.pipeline.watch.queue import LookQueue
from tests.pipeline.watch.scenes import FakeJudge, Listener, Stay, Street, post_of, shared, told

STREET = Street((Stay(20, 0, 60),))


class Posts:
    """Three posts that one engine serves."""

    def __init__(self, out: Path) -> None:
        self.listener = Listener()
        self.queue: LookQueue[Waiting] = LookQueue(most=64, most_each=2)
        common = shared(out, self.listener, dwell_s=10)
        self.by_id: dict[str, Post] = {id_: post_of(common, id_=id_) for id_ in "abc"}

    def put(self, id_: str, number: int) -> None:
        self.queue.put(id_, Waiting(self.by_id[id_], STREET.look(number)))

    def looks(self) -> dict[str, int]:
        return {id_: post.health().counts.looks for id_, post in self.by_id.items()}


@pytest.fixture
def posts(tmp_path: Path) -> Posts:
    return Posts(tmp_path)


def test_the_model_sees_the_looks_of_several_cameras_at_once(posts):
    calls: list[int] = []

    def see(pictures: list[Picture]) -> list[Boxes]:
        calls.append(len(pictures))
        return STREET.see(pictures)

    for id_ in "abc":
        posts.put(id_, 0)
    engine = Engine(posts.queue, see, print, batch=8)

    assert engine.work_once(0)
    assert calls == [3]
    assert posts.looks() == {"a": 1, "b": 1, "c": 1}
    assert not engine.work_once(0)


def test_each_camera_gets_its_own_boxes_in_the_order_of_its_looks(posts, tmp_path):
    engine = Engine(posts.queue, STREET.see, print, batch=8)
    for number in range(60):
        posts.put("a", number)
        if number % 3 == 0:
            posts.put("b", number)
        engine.work_once(0)

    assert [it.state.value for it in told(tmp_path, "a")] == ["ongoing", "ended"]
    assert told(tmp_path, "a")[-1].dwell_s == 58
    assert told(tmp_path, "b")[-1].dwell_s == 54


def test_a_model_that_fails_costs_looks_and_no_camera(posts):
    def broken(pictures: list[Picture]) -> list[Boxes]:
        raise RuntimeError("no memory")

    for id_ in "ab":
        posts.put(id_, 0)
    Engine(posts.queue, broken, print, batch=8).work_once(0)
    assert posts.looks() == {"a": 0, "b": 0, "c": 0}
    assert ("a", "the model failed on a look, RuntimeError: no memory") in posts.listener.said

    posts.put("a", 1)
    Engine(posts.queue, STREET.see, print, batch=8).work_once(0)
    assert posts.looks()["a"] == 1


@pytest.mark.parametrize("part", ["prepare", "judge"])
def test_a_fault_in_one_cameras_look_costs_the_others_nothing(posts, part, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("rtsp://admin:secret@10.0.0.1/ is odd")

    judge = posts.by_id["b"]._parts.judge
    assert isinstance(judge, FakeJudge)
    monkeypatch.setattr(judge, part, broken)
    for id_ in "abc":
        posts.put(id_, 0)

    Engine(posts.queue, STREET.see, print, batch=8).work_once(0)

    assert posts.looks() == {"a": 1, "b": 0, "c": 1}
    assert any(camera == "b" for camera, _ in posts.listener.said)
    posts.put("b", 1)
    assert len(posts.queue.take(1, timeout_s=0)) == 1


def test_it_stops_after_the_batch_at_hand(posts):
    began, go_on = Event(), Event()

    def slow(pictures: list[Picture]) -> list[Boxes]:
        began.set()
        go_on.wait(10)
        return STREET.see(pictures)

    engine = Engine(posts.queue, slow, print, workers=2)
    engine.start()
    posts.put("a", 0)
    assert began.wait(10)
    assert not engine.stop(0.01)
    go_on.set()
    assert engine.stop(10)
    assert posts.looks()["a"] == 1


def test_a_worker_outlives_whatever_a_batch_raises(posts):
    told = Event()

    def broken(*_: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    posts.listener.warn = broken
    engine = Engine(posts.queue, broken, lambda _: told.set(), workers=1)
    engine.start()
    for number in range(3):
        posts.put("a", number)
        assert told.wait(10)
        told.clear()
    assert engine.alive
    assert engine.stop(10)
    assert not engine.alive
