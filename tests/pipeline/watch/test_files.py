from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from detector.errors import OutputError
from detector.observation import Frozen, Observation
from detector.pipeline.watch.files import ObservationFiles
from detector.pipeline.watch.line_file import LineFile
from tests.pipeline.watch.scenes import Listener, Stay, Street, drive, post_of, shared, told


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Observation:
    out = tmp_path_factory.mktemp("out")
    drive(post_of(shared(out, dwell_s=10)), Street((Stay(20, 4, 900),)), range(28))
    return told(out)[0]


def revised(sample: Observation, revision: int, id_: UUID | None = None) -> Observation:
    return sample.model_copy(update={"revision": revision, "id": id_ or sample.id})


def lines(folder: Path) -> list[int]:
    (file,) = folder.glob("*.jsonl")
    return [json.loads(line)["revision"] for line in file.read_text("utf-8").splitlines()]


def test_revisions_lie_in_the_file_of_the_local_day_of_the_start(tmp_path, sample):
    ObservationFiles(tmp_path).append([sample])

    # 12:00 UTC is 20:00 in Shanghai.
    assert [it.name for it in tmp_path.iterdir()] == ["2026-05-04.jsonl"]
    late = sample.started_at.replace(hour=23).astimezone(UTC)
    ObservationFiles(tmp_path / "b").append([sample.model_copy(update={"started_at": late})])
    assert [it.name for it in (tmp_path / "b").iterdir()] == ["2026-05-04.jsonl"]


def test_a_revision_that_is_there_is_not_written_again(tmp_path, sample):
    ObservationFiles(tmp_path).append([revised(sample, 1), revised(sample, 2)])
    ObservationFiles(tmp_path).append([revised(sample, 2), revised(sample, 3)])

    assert lines(tmp_path) == [1, 2, 3]


def test_a_line_that_was_cut_off_is_removed(tmp_path, sample):
    ObservationFiles(tmp_path).append([revised(sample, 1), revised(sample, 2)])
    (file,) = tmp_path.glob("*.jsonl")
    file.write_bytes(file.read_bytes()[:-40])

    ObservationFiles(tmp_path).append([revised(sample, 2)])

    assert lines(tmp_path) == [1, 2]


def test_a_line_that_somebody_spoilt_stops_nothing(tmp_path, sample):
    ObservationFiles(tmp_path).append([revised(sample, 1)])
    (file,) = tmp_path.glob("*.jsonl")
    file.write_bytes(b"no json\n[1]\n" + file.read_bytes())

    files = ObservationFiles(tmp_path)
    files.append([revised(sample, 1), revised(sample, 2)])

    assert files.last_revision(sample.id, sample.started_at) == 2
    assert file.read_text("utf-8").count("\n") == 4


def test_the_last_revision_is_that_of_the_id(tmp_path, sample):
    files = ObservationFiles(tmp_path)
    assert files.last_revision(sample.id, sample.started_at) == 0
    files.append([revised(sample, 4), revised(sample, 9, uuid4())])

    assert files.last_revision(sample.id, sample.started_at) == 4


def test_a_folder_that_cannot_be_written_is_named(tmp_path, sample):
    (tmp_path / "cam").write_text("in the way")

    with pytest.raises(OutputError, match="cam"):
        ObservationFiles(tmp_path / "cam").append([sample])


class Entry(Frozen):
    at: datetime
    number: int


def test_a_line_file_goes_on_after_a_line_that_was_cut_off(tmp_path):
    path = tmp_path / "gaps.jsonl"
    entry = Entry(at=datetime(2026, 5, 4, tzinfo=UTC), number=1)
    LineFile(path).append(entry)
    path.write_bytes(path.read_bytes() + b'{"at": "2026-')
    LineFile(path).append(entry)

    first, _, last = path.read_text("utf-8").splitlines()
    assert first == last
    assert Entry.model_validate_json(last) == entry


def test_a_failure_at_one_day_doubles_no_line_of_another(tmp_path, sample, monkeypatch):
    early = sample.model_copy(update={"id": uuid4()})
    late = sample.model_copy(update={"started_at": sample.started_at + timedelta(days=1)})
    files = ObservationFiles(tmp_path)
    files.append([early])
    (tmp_path / "2026-05-05.jsonl").mkdir()
    with pytest.raises(OutputError):
        files.append([sample, late])

    (tmp_path / "2026-05-05.jsonl").rmdir()
    files.append([sample, late])

    counts = [len(it.read_text("utf-8").splitlines()) for it in sorted(tmp_path.iterdir())]
    assert counts == [2, 1]


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path, sample):
    files = ObservationFiles(tmp_path)
    files.append([revised(sample, 1)])
    (file,) = tmp_path.glob("*.jsonl")
    file.rename(tmp_path / "old")
    files.append([revised(sample, 2)])

    assert lines(tmp_path) == [2]


def test_a_listener_that_fails_does_not_have_a_line_written_twice(tmp_path, sample):
    class Deaf(Listener):
        def told(self, observation: Observation) -> None:
            raise RuntimeError("deaf")

    post = post_of(shared(tmp_path, Deaf(), dwell_s=10))
    street = Street((Stay(20, 4, 900),))
    for number in range(60):
        with contextlib.suppress(RuntimeError):
            drive(post, street, [number])

    revisions = [it.revision for it in told(tmp_path)]
    assert revisions == sorted(set(revisions))
