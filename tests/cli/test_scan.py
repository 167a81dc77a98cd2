from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from detector.observation import Observation, observation_schema
from tests.conftest import Streetwarden, read_jsonl


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's footage, scanned once."""
    folder = tmp_path_factory.mktemp("scan")
    demo = Path(__file__).parents[2] / "demo"
    sources = [demo / "camera", demo / "stalls", demo / "garbage"]
    ran = Streetwarden(folder)("scan", *sources, "--out", "out", "--boxes")
    assert ran.code == 0, ran.err
    (folder / "out" / "said.txt").write_text(ran.out)
    return folder / "out"


def observations(out: Path) -> list[Observation]:
    return [Observation.model_validate(it) for it in read_jsonl(out / "observations.jsonl")]


def test_real_violations_are_found_in_real_pictures(scanned: Path):
    kinds = {it.kind.value for it in observations(scanned)}

    assert {"illegal_parking", "stall_encroachment"} <= kinds
    assert kinds & {"garbage_overflow", "exposed_garbage"}


def test_the_van_in_the_bus_stop_is_one_long_stay_with_true_times(scanned: Path):
    van = (226, 199, 300, 239)
    stays = [
        it
        for it in observations(scanned)
        if it.kind == "illegal_parking"
        and all(abs(a - b) < 12 for a, b in zip(it.box, van, strict=True))
        and it.start_s == 0
    ]

    (stay,) = stays
    assert stay.dwell_s > 1500
    assert not stay.arrival_known
    assert stay.started_at is not None
    assert stay.started_at.isoformat() == "2017-12-15T12:59:53.698046-05:00"
    assert {"arrival", "limit", "latest"} <= {it.role.value for it in stay.evidence}


def test_every_observation_follows_the_published_schema(scanned: Path):
    validator = jsonschema.Draft202012Validator(observation_schema())

    for line in read_jsonl(scanned / "observations.jsonl"):
        validator.validate(line)


def test_every_piece_of_evidence_is_there_with_its_hash(scanned: Path):
    for observation in observations(scanned):
        roles = {it.role.value for it in observation.evidence}
        assert {"original", "annotated", "crop"} <= roles
        for proof in observation.evidence:
            content = (scanned / proof.path).read_bytes()
            assert hashlib.sha256(content).hexdigest() == proof.sha256


def test_no_evidence_lies_about_that_no_observation_names(scanned: Path):
    named = {proof.path for it in observations(scanned) for proof in it.evidence}
    lying = {str(it.relative_to(scanned)) for it in (scanned / "evidence").rglob("*.*")}

    assert lying == named


def test_every_observation_is_in_exactly_one_problem(scanned: Path):
    features = json.loads((scanned / "problems.geojson").read_text())["features"]
    named = [id_ for feature in features for id_ in feature["properties"]["observations"]]

    assert sorted(named) == sorted(str(it.id) for it in observations(scanned))


def test_the_summary_agrees_with_what_was_written(scanned: Path):
    summary = json.loads((scanned / "summary.json").read_text())
    looks = read_jsonl(scanned / "boxes.jsonl")

    assert summary["total"]["observations"] == len(observations(scanned))
    assert summary["total"]["looks"] == len(looks)
    assert summary["total"]["sources"] == len(summary["sources"]) == 13
    assert summary["model"]["sha256"] == observations(scanned)[0].model.sha256


def test_the_terminal_shows_each_source_and_a_closing_table(scanned: Path):
    said = (scanned / "said.txt").read_text()

    assert "mark_0802.avif" in said
    assert "疑似，须人工核实" in said
    assert str(Path("out") / "index.html") in said


def test_the_same_work_gives_the_same_observations(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    for out in ("one", "two"):
        assert streetwarden("scan", demo / "garbage", "--out", out).code == 0

    assert (tmp_path / "one/observations.jsonl").read_bytes() == (
        tmp_path / "two/observations.jsonl"
    ).read_bytes()


def test_a_track_places_what_was_seen_at_its_wall_time(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    start = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
    points = "".join(
        f'<trkpt lat="{31.2 + i * 1e-4:.6f}" lon="121.5"><time>'
        f"{(start + timedelta(seconds=10 * i)).isoformat()}</time></trkpt>"
        for i in range(30)
    )
    (tmp_path / "run.gpx").write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="t" '
        'xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><trkseg>{points}</trkseg></trk></gpx>"
    )

    ran = streetwarden(
        "scan", demo / "garbage" / "img003.avif", "--track", "run.gpx",
        "--starts-at", "2026-05-04T10:00:45+08:00", "--out", "out",
    )  # fmt: skip

    assert ran.code == 0, ran.err
    found = observations(tmp_path / "out")
    assert found
    for position in [it.position for it in found]:
        assert position is not None
        assert position.method == "track"
        assert position.lat == pytest.approx(31.2 + 4.5e-4, abs=1e-6)


def test_what_cannot_be_located_has_no_geometry(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    assert streetwarden("scan", demo / "garbage" / "img003.avif", "--out", "out").code == 0

    features = json.loads((tmp_path / "out/problems.geojson").read_text())["features"]
    assert features
    assert {str(feature["geometry"]) for feature in features} == {"None"}


def test_a_copy_of_a_file_is_counted_once(streetwarden: Streetwarden, tmp_path: Path, demo: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.avif", "b.avif"):
        (folder / name).write_bytes((demo / "garbage" / "img003.avif").read_bytes())

    ran = streetwarden("scan", folder, "--out", "out")

    assert ran.code == 0
    assert "b.avif is a copy of a.avif" in ran.out
    found = observations(tmp_path / "out")
    assert {it.source.name for it in found} == {"a.avif"}


def test_evidence_of_an_earlier_run_is_not_scanned_as_footage(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    (tmp_path / "a.avif").write_bytes((demo / "garbage" / "img003.avif").read_bytes())
    assert streetwarden("scan", tmp_path, "--out", "out").code == 0

    ran = streetwarden("scan", tmp_path, "--out", "out")

    assert ran.code == 0
    assert {it.source.name for it in observations(tmp_path / "out")} == {"a.avif"}


def test_progress_for_programs_is_json_on_stderr(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    ran = streetwarden("scan", demo / "garbage", "--out", "out", "--json")

    events = [json.loads(line) for line in ran.err.splitlines()]
    assert events[0] == {"event": "begin", "sources": 6, "bytes": events[0]["bytes"]}
    assert sum(it["event"] == "source" for it in events) == 6
    assert (events[-1]["event"], events[-1]["status"]) == ("end", 0)
    assert ran.out == ""


def test_the_schema_command_writes_both_schemas(streetwarden: Streetwarden):
    for of in ("observation", "camera"):
        schema = json.loads(streetwarden("schema", of).out)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"
