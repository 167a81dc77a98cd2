from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

from detector.footage.live import LiveLook
from detector.looks import Look
from detector.pipeline.watch import runner as runner_module
from detector.pipeline.watch.runner import Runner
from tests.pipeline.watch.scenes import FakeStream, Street, always

STREET = Street(())


def test_it_hands_on_every_look_and_says_when_a_recording_is_over():
    got: list[Look] = []
    stream = FakeStream([STREET.look(number) for number in range(3)])
    runner = Runner(stream, Event(), got.append, print, always)
    runner.start()

    assert runner.join(10)
    assert [it.t_s for it in got] == [0, 2, 4]
    assert runner.over


def test_a_stream_that_fails_is_read_again_and_its_password_is_not_told(monkeypatch):
    monkeypatch.setattr(runner_module, "FIRST_PAUSE_S", 0.0)

    class Failing(FakeStream):
        times = 0

        def looks(self, wanted: Callable[[], bool] = always) -> Iterator[LiveLook]:
            self.times += 1
            if self.times < 3:
                raise OSError("rtsp://admin:secret@10.0.0.1/live broke")
            return super().looks(wanted)

    said: list[str] = []
    stream = Failing([STREET.look(0)])
    got: list[Look] = []
    runner = Runner(stream, Event(), got.append, said.append, always)
    runner.start()

    assert runner.join(10)
    assert len(got) == 1
    assert len(said) == 2
    assert all("secret" not in it and "10.0.0.1" in it for it in said)


def test_a_consumer_that_fails_does_not_end_the_camera(monkeypatch):
    monkeypatch.setattr(runner_module, "FIRST_PAUSE_S", 0.0)
    failures = iter([True, False])

    def put(_look: Look) -> None:
        if next(failures):
            raise ValueError("once")

    said: list[str] = []
    runner = Runner(FakeStream([STREET.look(0)]), Event(), put, said.append, always)
    runner.start()

    assert runner.join(10)
    assert said == ["the stream failed, ValueError: once"]


def test_asked_to_stop_it_lets_go_of_a_silent_stream():
    stop = Event()
    runner = Runner(FakeStream(stop=stop, over=False), stop, print, print, always)
    runner.start()
    assert not runner.over
    stop.set()

    assert runner.join(10)
