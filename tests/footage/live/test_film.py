"""A file played as if live, with a clock that does not make anybody wait."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event

import av
import pytest

from detector.footage.live import Gap, LiveLook, LiveStream, StreamKind, StreamState
from detector.footage.live.decoding import LiveDecoder
from tests.footage.live.conftest import FakeClock, options


def played(path: Path, count: int | None = None, **others: object) -> list[LiveLook]:
    stream = LiveStream(
        options(StreamKind.FILE, str(path), **others),
        random=Random(1),
        stop=Event(),
        on_gap=lambda gap: pytest.fail(str(gap)),
        clock=FakeClock(),
    )
    looks = []
    for look in stream.looks():
        looks.append(look)
        if len(looks) == count:
            break
    return looks


@pytest.mark.parametrize("name", ["walk", "one_key", "b_frames"])
def test_looks_come_at_the_times_of_the_file_on_both_clocks(
    films: dict[str, Path], name: str
) -> None:
    looks = played(films[name])
    start = datetime.fromtimestamp(FakeClock().now_s, UTC)
    assert [look.t_s for look in looks] == [0, 0.4, 0.8, 1.2, 1.6]
    assert [(look.at - start).total_seconds() for look in looks] == [0, 0.4, 0.8, 1.2, 1.6]
    assert {look.session for look in looks} == {1}


def test_a_looped_file_goes_on_without_a_seam(films: dict[str, Path]) -> None:
    looks = played(films["walk"], count=40, loop=True)
    assert [look.t_s for look in looks] == [round(0.4 * number, 3) for number in range(40)]
    assert {look.session for look in looks} == {1}


def test_every_picture_is_a_look_where_no_step_is_given(films: dict[str, Path]) -> None:
    times = [look.t_s for look in played(films["one_key"], every_s=0.0)]
    assert times == [round(0.04 * number, 3) for number in range(50)]


def test_a_file_that_ends_ends_the_stream(films: dict[str, Path]) -> None:
    gaps: list[Gap] = []
    stream = LiveStream(
        options(StreamKind.FILE, str(films["walk"])),
        random=Random(1),
        stop=Event(),
        on_gap=gaps.append,
        clock=FakeClock(),
    )
    assert len(list(stream.looks())) == 5
    health = stream.health()
    assert (health.state, health.looks, health.frames) == (StreamState.STOPPED, 5, 50)
    assert gaps == []


def test_a_clip_of_the_last_seconds_plays(films: dict[str, Path]) -> None:
    stream = LiveStream(
        options(StreamKind.FILE, str(films["walk"]), loop=True),
        random=Random(1),
        stop=Event(),
        on_gap=lambda gap: pytest.fail(str(gap)),
        clock=FakeClock(),
    )
    for look in stream.looks():
        if look.t_s >= 8:
            clip = stream.clip(6.5, 7.5)
            break
    assert clip is not None
    assert (clip.from_t_s, clip.until_t_s) == pytest.approx((6.4, 7.48), abs=0.03)
    with av.open(io.BytesIO(clip.data)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([0.04 * number for number in range(len(times))])
    assert 26 <= len(times) <= 29


def test_a_wall_clock_that_is_set_adds_nothing_to_stream_seconds(films: dict[str, Path]) -> None:
    class SetForward(FakeClock):
        """The wall goes an hour ahead after a second."""

        def wall_s(self) -> float:
            return self.now_s + (3600 if self.now_s > FakeClock().now_s + 1 else 0)

    stream = LiveStream(
        options(StreamKind.FILE, str(films["walk"])),
        random=Random(1),
        stop=Event(),
        on_gap=lambda _: None,
        clock=SetForward(),
    )
    looks = list(stream.looks())
    start = datetime.fromtimestamp(FakeClock().now_s, UTC)
    assert [look.t_s for look in looks] == [0, 0.4, 0.8, 1.2, 1.6]
    assert (looks[-1].at - start).total_seconds() == 3601.6


def wanted_from(film: Path, from_s: float) -> tuple[LiveStream, list[LiveLook]]:
    """A film as if live of which nobody wants a look before `from_s`; it may have no gap."""
    clock = FakeClock()
    start_s = clock.now_s
    stream = LiveStream(
        options(StreamKind.FILE, str(film)),
        random=Random(1),
        stop=Event(),
        on_gap=lambda gap: pytest.fail(str(gap)),
        clock=clock,
    )
    looks = list(stream.looks(lambda: clock.now_s >= start_s + from_s - 0.001))
    return stream, looks


@pytest.mark.parametrize(
    ("from_s", "times"), [(0.0, [0, 0.4, 0.8, 1.2, 1.6]), (1.0, [0.8, 1.2, 1.6])]
)
def test_key_frames_that_nobody_wants_are_not_decoded_and_count_as_drops(
    films: dict[str, Path], monkeypatch: pytest.MonkeyPatch, from_s: float, times: list[float]
) -> None:
    decoded: list[int] = []
    alone = LiveDecoder.alone
    monkeypatch.setattr(LiveDecoder, "alone", lambda *it: decoded.append(1) or alone(*it))
    stream, looks = wanted_from(films["walk"], from_s)
    assert [look.t_s for look in looks] == times
    assert looks[0].lag_s == pytest.approx(0.2 if from_s else 0.0, abs=0.001)
    assert len(decoded) == len(times)
    assert stream.health().drops == 5 - len(times)


@pytest.mark.parametrize(("from_s", "times"), [(9.0, []), (1.0, [1.0, 1.2, 1.6])])
def test_a_stream_that_must_be_decoded_throughout_makes_no_look_unasked(
    films: dict[str, Path], from_s: float, times: list[float]
) -> None:
    stream, looks = wanted_from(films["one_key"], from_s)
    assert [look.t_s for look in looks] == times
    # The picture that is waiting at the end was not passed over for another.
    assert stream.health().drops == (2 if times else 4)


def test_what_waits_at_the_end_of_a_file_is_still_shown(films: dict[str, Path]) -> None:
    stream = LiveStream(
        options(StreamKind.FILE, str(films["walk"])),
        random=Random(1),
        stop=Event(),
        on_gap=lambda gap: pytest.fail(str(gap)),
        clock=FakeClock(),
    )
    assert [look.t_s for look in stream.looks(lambda: False)] == [1.6]


def test_the_gap_since_an_earlier_watch_ends_with_the_first_look(films: dict[str, Path]) -> None:
    gaps: list[Gap] = []
    start = datetime.fromtimestamp(FakeClock().now_s, UTC)
    stream = LiveStream(
        options(StreamKind.FILE, str(films["walk"]), seen_until=start - timedelta(hours=1)),
        random=Random(1),
        stop=Event(),
        on_gap=gaps.append,
        clock=FakeClock(),
    )
    assert len(list(stream.looks())) == 5
    assert gaps == [Gap(start - timedelta(hours=1), start, "nobody watched")]
