"""A camera's stays, from its looks to revisions on the disk, over stops and restarts."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from detector.errors import CameraFileError, OutputError
from detector.looks import Look
from detector.observation import EvidenceRole, Observation, State
from detector.pipeline.watch.kept_looks import KeptLooks
from detector.pipeline.watch.opening import give_up
from detector.pipeline.watch.signer import StreamSigner
from detector.pipeline.watch.state import load_state
from detector.rules.finding import Finding
from tests.pipeline.watch.scenes import (
    FakeStream,
    Listener,
    Stay,
    Street,
    drive,
    post_of,
    shared,
    told,
)

# It arrives at 20 s, passes the limit at 80 s and leaves at 300 s.
ONE_CAR = Street((Stay(20, 20, 300),))


def revisions(out: Path) -> list[tuple[int, str]]:
    return [(it.revision, it.state.value) for it in told(out)]


def test_a_stay_is_told_when_its_limit_passes_then_every_minute_and_at_its_end(tmp_path: Path):
    drive(post_of(shared(tmp_path)), ONE_CAR, range(200))

    assert revisions(tmp_path) == [
        (1, "ongoing"),
        (2, "ongoing"),
        (3, "ongoing"),
        (4, "ongoing"),
        (5, "ended"),
    ]
    assert len({it.id for it in told(tmp_path)}) == 1


def test_an_observation_says_when_and_where_in_the_cameras_own_time(tmp_path: Path):
    drive(post_of(shared(tmp_path)), ONE_CAR, range(200))

    last = told(tmp_path)[-1]
    assert last.started_at.isoformat() == "2026-05-04T20:00:20+08:00"
    assert last.dwell_s == 278
    assert last.arrival_known
    assert (last.source.camera_id, last.source.media, last.view) == ("cam", "stream", "main")
    assert (tmp_path / "observations" / "cam" / "2026-05-04.jsonl").is_file()


def test_pictures_are_kept_from_arrival_to_departure_and_every_hash_is_right(tmp_path: Path):
    drive(post_of(shared(tmp_path)), ONE_CAR, range(200))

    last = told(tmp_path)[-1]
    at = {it.role: it.t_s for it in last.evidence if it.role is not EvidenceRole.ORIGINAL}
    assert at[EvidenceRole.ARRIVAL] == 20
    assert at[EvidenceRole.LIMIT] == 80
    assert at[EvidenceRole.LATEST] == 298
    assert at[EvidenceRole.DEPARTURE] == 300
    assert {EvidenceRole.ANNOTATED, EvidenceRole.CROP} <= set(at)
    for piece in last.evidence:
        content = (tmp_path / piece.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == piece.sha256


def test_the_original_shows_the_look_that_it_says(tmp_path: Path):
    class Marked(Street):
        def picture(self, number: int):
            picture = super().picture(number)
            picture.bgr[40:, :] = number % 256
            return picture

    street = Marked(ONE_CAR.stays)
    drive(post_of(shared(tmp_path)), street, range(200))

    import cv2

    for piece in told(tmp_path)[-1].evidence:
        if piece.role is EvidenceRole.ORIGINAL:
            shown = int(cv2.imread(str(tmp_path / piece.path))[100, 80, 0])
            assert abs(shown - piece.t_s / 2) <= 2


def test_a_clip_is_cut_around_the_limit_and_named_by_the_next_revision(tmp_path: Path):
    stream = FakeStream()
    post = post_of(shared(tmp_path), stream)
    for number in range(200):
        drive(post, ONE_CAR, [number])
        post.tick()

    assert stream.clips == [(72.0, 82.0)]
    with_clip = [
        it.revision
        for it in told(tmp_path)
        if EvidenceRole.CLIP in {piece.role for piece in it.evidence}
    ]
    assert with_clip == [2, 3, 4, 5]


def test_pictures_that_no_new_revision_names_are_removed_in_the_end(tmp_path: Path):
    drive(post_of(shared(tmp_path)), Street((Stay(20, 20, 500),)), range(350))

    named = {piece.path for it in told(tmp_path)[-2:] for piece in it.evidence}
    lying = {str(it.relative_to(tmp_path)) for it in (tmp_path / "evidence").rglob("*.*")}
    assert lying == named
    assert not list((tmp_path / ".watch" / "cam" / "looks").glob("*.jpg"))


def test_a_clean_stop_leaves_a_stay_open_and_the_next_watch_goes_on_with_it(tmp_path: Path):
    first = post_of(shared(tmp_path))
    drive(first, ONE_CAR, range(60))
    first.close()
    assert revisions(tmp_path) == [(1, "ongoing")]

    # A minute later, with a stream clock that starts at 0 again.
    drive(post_of(shared(tmp_path)), ONE_CAR, range(90, 200), start_s=180)

    assert revisions(tmp_path)[-1] == (5, "ended")
    assert [it for it, _ in revisions(tmp_path)] == [1, 2, 3, 4, 5]
    assert len({it.id for it in told(tmp_path)}) == 1
    assert told(tmp_path)[-1].dwell_s == 278


def test_a_stay_that_has_not_passed_its_limit_outlives_a_restart_too(tmp_path: Path):
    first = post_of(shared(tmp_path))
    drive(first, ONE_CAR, range(30))
    first.close()

    drive(post_of(shared(tmp_path)), ONE_CAR, range(35, 200), start_s=70)

    assert told(tmp_path)[0].start_s == 20
    assert told(tmp_path)[0].arrival_known
    arrival = [it for it in told(tmp_path)[0].evidence if it.role is EvidenceRole.ARRIVAL]
    assert [it.t_s for it in arrival] == [20]


def test_after_too_long_without_a_look_the_stay_is_lost(tmp_path: Path):
    first = post_of(shared(tmp_path))
    drive(first, ONE_CAR, range(60))
    first.close()

    drive(post_of(shared(tmp_path)), ONE_CAR, range(1000, 1010), start_s=2000)

    assert revisions(tmp_path) == [(1, "ongoing"), (2, "lost")]


def test_a_closed_post_judges_nothing_more(tmp_path: Path):
    post = post_of(shared(tmp_path))
    sight = post.prepare(ONE_CAR.look(0))
    post.close()

    post.judge(sight.prepared, ONE_CAR.see(list(sight.views)), 0.0)
    assert post.prepare(ONE_CAR.look(1)) is None
    assert post.health().counts.looks == 0


def test_a_look_that_is_not_later_than_the_last_is_left_out(tmp_path: Path):
    post = post_of(shared(tmp_path))
    drive(post, ONE_CAR, [5, 5, 4, 6])

    assert post.health().counts.looks == 2


def test_a_removed_camera_ends_its_stays_as_lost(tmp_path: Path):
    listener = Listener()
    common = shared(tmp_path, listener)
    post = post_of(common)
    drive(post, ONE_CAR, range(60))
    post.close()

    give_up("cam", common)

    assert revisions(tmp_path) == [(1, "ongoing"), (2, "lost")]
    assert not (tmp_path / ".watch" / "cam" / "state.json").exists()
    give_up("cam", common)
    assert len(revisions(tmp_path)) == 2


def test_other_zones_end_the_stays_as_lost_and_it_is_told(tmp_path: Path):
    first = post_of(shared(tmp_path))
    drive(first, ONE_CAR, range(60))
    first.close()
    state = tmp_path / ".watch" / "cam" / "state.json"
    digest = '"zones":"'
    text = state.read_text()
    at = text.index(digest) + len(digest)
    state.write_text(text[:at] + "0" * 64 + text[at + 64 :])

    listener = Listener()
    drive(post_of(shared(tmp_path, listener)), ONE_CAR, range(70, 200), start_s=140)

    assert revisions(tmp_path)[:2] == [(1, "ongoing"), (2, "lost")]
    assert ("cam", "its zones were changed: 1 open stays end as lost") in listener.said
    again = told(tmp_path)[2:]
    assert {it.id for it in again} != {told(tmp_path)[0].id}
    assert not again[0].arrival_known


def test_a_state_of_other_rules_is_not_taken_up(tmp_path: Path):
    first = post_of(shared(tmp_path))
    drive(first, ONE_CAR, range(60))
    first.close()
    state = tmp_path / ".watch" / "cam" / "state.json"
    state.write_text(state.read_text().replace("parking@2", "parking@1"))

    listener = Listener()
    post_of(shared(tmp_path, listener))

    assert revisions(tmp_path) == [(1, "ongoing"), (2, "lost")]
    assert any("its saved state does not fit" in what for _, what in listener.said)


@pytest.mark.parametrize("spoilt", ["", "{", "null", '{"version": 2}'])
def test_a_spoilt_state_is_a_fresh_start_that_doubles_nothing(tmp_path: Path, spoilt: str):
    first = post_of(shared(tmp_path))
    drive(first, ONE_CAR, range(60))
    first.close()
    (tmp_path / ".watch" / "cam" / "state.json").write_text(spoilt)

    listener = Listener()
    drive(post_of(shared(tmp_path, listener)), ONE_CAR, range(200))

    assert revisions(tmp_path)[:2] == [(1, "ongoing"), (2, "lost")]
    assert any("spoilt" in what for _, what in listener.said)
    assert (tmp_path / ".watch" / "cam" / "state.json.broken").read_text() == spoilt
    doubles = [(it.id, it.revision) for it in told(tmp_path)]
    assert len(set(doubles)) == len(doubles)
    assert told(tmp_path)[-1].state is State.ENDED


class SetBack(Street):
    """The wall clock goes back an hour at 200 s."""

    def look(self, number: int, start_s: float = 0.0) -> Look:
        look = super().look(number, start_s)
        back = timedelta(hours=1) if look.t_s >= 200 else timedelta(0)
        return replace(look, at=look.at - back)


def test_a_wall_clock_that_is_set_back_costs_no_stay(tmp_path: Path):
    listener = Listener()
    drive(post_of(shared(tmp_path, listener)), SetBack(ONE_CAR.stays), range(200))

    assert revisions(tmp_path)[-1] == (5, "ended")
    assert told(tmp_path)[-1].dwell_s == 278
    last = told(tmp_path)[-1]
    assert (last.ended_at - last.started_at).total_seconds() == 278
    assert not listener.said


def test_a_stay_over_the_hour_that_winter_repeats_is_an_observation(tmp_path: Path):
    drive(post_of(shared(tmp_path)), ONE_CAR, range(200))
    berlin = ZoneInfo("Europe/Berlin")
    content = told(tmp_path)[-1].model_dump()
    content["started_at"] = datetime(2026, 10, 25, 0, 55, tzinfo=UTC).astimezone(berlin)
    content["ended_at"] = datetime(2026, 10, 25, 1, 5, tzinfo=UTC).astimezone(berlin)
    Observation.model_validate(content)

    content["ended_at"] = datetime(2026, 10, 25, 0, 50, tzinfo=UTC).astimezone(berlin)
    with pytest.raises(ValueError, match="before it starts"):
        Observation.model_validate(content)


def test_a_finding_that_is_no_sound_observation_costs_the_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    sign = StreamSigner.sign

    def faulty(self: StreamSigner, finding: Finding, *args: Any, **others: Any) -> Observation:
        if finding.first.box[0] == 20:
            raise ValueError("an observation ends before it starts")
        return sign(self, finding, *args, **others)

    monkeypatch.setattr(StreamSigner, "sign", faulty)
    listener = Listener()
    street = Street((Stay(20, 20, 300), Stay(400, 20, 300)))
    drive(post_of(shared(tmp_path, listener)), street, range(200))

    assert revisions(tmp_path)[-1] == (5, "ended")
    assert any("cannot be told" in what for _, what in listener.said)


def test_a_picture_that_cannot_be_kept_at_the_end_costs_no_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    post = post_of(shared(tmp_path))
    drive(post, ONE_CAR, range(60))

    def full(*_: object) -> None:
        raise OutputError("the disk is full")

    monkeypatch.setattr(KeptLooks, "flush", full)
    post.close()

    assert load_state(tmp_path / ".watch" / "cam").last_s == 118


def test_a_state_that_cannot_be_read_keeps_the_camera_from_starting(tmp_path: Path):
    (tmp_path / ".watch" / "cam" / "state.json").mkdir(parents=True)

    with pytest.raises(CameraFileError, match="cannot be read"):
        post_of(shared(tmp_path))


def test_a_camera_that_dies_leaves_no_stay_open_for_ever(tmp_path: Path):
    now = [0.0]
    post = post_of(shared(tmp_path), monotonic=lambda: now[0])
    drive(post, ONE_CAR, range(60))
    now[0] = 299.0
    post.tick()
    assert revisions(tmp_path) == [(1, "ongoing")]
    now[0] = 301.0
    post.tick()
    post.tick()
    assert revisions(tmp_path) == [(1, "ongoing"), (2, "lost")]

    # When it comes back, the rules lose it too; that is no news.
    drive(post, ONE_CAR, range(300, 310))
    assert revisions(tmp_path) == [(1, "ongoing"), (2, "lost")]


def test_a_camera_without_looks_notes_about_once_a_minute_that_it_is_watched(tmp_path: Path):
    now = [0.0]
    post = post_of(shared(tmp_path), monotonic=lambda: now[0])
    folder = tmp_path / ".watch" / "cam"
    noted = set()
    for now[0] in range(200):
        post.tick()
        state = load_state(folder)
        noted.add(state and state.watched_until)
    assert len(noted - {None}) == 3

    # While the stream is out, the time is that of a gap which is not told yet.
    for now[0] in range(200, 400):
        post.tick(live=False)
    before = load_state(folder).watched_until
    assert before == max(noted - {None})
    post.save()
    assert load_state(folder).watched_until < datetime.now(UTC)
    stopped_at = datetime.now(UTC)
    post.close()
    assert load_state(folder).watched_until >= stopped_at
