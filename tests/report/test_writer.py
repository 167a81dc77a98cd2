"""The page as a file: complete, self-contained, inert where it must be."""

from __future__ import annotations

import errno
import html
import json
import os
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from importlib import resources
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from detector.errors import OutputError
from detector.report import PageData, write_page
from detector.report.thumbnails import EMBEDDED_PROBLEMS, embedded_thumbnails
from detector.report.writer import SCRIPTS
from detector.taxonomy import TAXONOMY, Kind
from tests.report.scenes import many, observation, page_data, problem

HOSTILE = "</script><img src=x onerror=alert(1)><!--"


def text_of(tmp_path: Path, data: PageData) -> str:
    return write_page(tmp_path, data).read_text(encoding="utf-8")


def policy_of(page: str) -> str:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def source_hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def embedded(page: str, element: str) -> dict[str, object]:
    found = re.search(rf'<script type="application/json" id="{element}">(.*?)</script>', page)
    assert found
    loaded = json.loads(found[1])
    assert isinstance(loaded, dict)
    return loaded


def test_the_policy_allows_exactly_our_scripts_and_style(tmp_path: Path) -> None:
    page = text_of(tmp_path, many(3))
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    directives = dict(part.split(" ", 1) for part in policy_of(page).split("; "))
    assert len(scripts) == len(SCRIPTS)
    assert directives["default-src"] == "'none'"
    assert directives["script-src"].split() == [source_hash(script) for script in scripts]
    assert directives["style-src"].split() == [source_hash(style) for style in styles]
    assert "unsafe" not in policy_of(page)


def test_the_page_asks_for_nothing_outside(tmp_path: Path) -> None:
    head = text_of(tmp_path, many(1)).split("<script>")[0]
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]+"', head)
    assert "sourceMappingURL" not in text_of(tmp_path, many(1))


def test_hostile_names_do_not_end_the_data(tmp_path: Path) -> None:
    seen = observation(0, source=HOSTILE)
    data = page_data([problem(0, seen, zone=HOSTILE)], [seen], ((HOSTILE, HOSTILE),), title=HOSTILE)
    page = text_of(tmp_path, data)
    assert HOSTILE not in page
    assert "<img" not in page.split("<script>")[0]
    problems = embedded(page, "data")["problems"]
    assert isinstance(problems, list)
    assert problems[0]["zone"] == HOSTILE


def test_kinds_have_the_colours_of_the_evidence(tmp_path: Path) -> None:
    kinds = embedded(text_of(tmp_path, page_data()), "data")["kinds"]
    assert isinstance(kinds, list)
    colours = {one["name"]: one["colour"] for one in kinds}
    assert colours == {kind: TAXONOMY.colour_of(kind) for kind in Kind}


def test_template_signs_in_the_data_stay_as_they_are(tmp_path: Path) -> None:
    page = text_of(tmp_path, page_data(title="$data ${scripts} $$"))
    assert "<title>$data ${scripts} $$</title>" in page


def test_a_name_that_is_not_utf8_does_not_stop_the_page(tmp_path: Path) -> None:
    seen = observation(0)
    with_surrogate = page_data(errors=(("caf\udce9.mp4", "broken"),))
    assert "caf?.mp4" in text_of(tmp_path, with_surrogate)
    assert "cam07" in text_of(tmp_path, page_data([problem(0, seen)], [seen]))


def picture(path: Path, size: tuple[int, int] = (1280, 720)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (200, 80, 40)).save(path, "JPEG")


def test_covers_are_embedded_small(tmp_path: Path) -> None:
    picture(tmp_path / "evidence/a b#1.jpg")
    seen = observation(0)
    page = text_of(tmp_path, page_data([problem(0, seen, cover="evidence/a b#1.jpg")], [seen]))
    uri = embedded(page, "thumbnails")["evidence/a b#1.jpg"]
    assert isinstance(uri, str)
    with Image.open(BytesIO(b64decode(uri.removeprefix("data:image/jpeg;base64,")))) as small:
        assert small.width == 360
        assert small.height == pytest.approx(360 * 720 / 1280, abs=1)


@pytest.mark.parametrize("cover", ["../secret.jpg", "/etc/passwd", "evidence/none.jpg", "bad.jpg"])
def test_a_cover_outside_missing_or_broken_is_left_out(tmp_path: Path, cover: str) -> None:
    picture(tmp_path / "secret.jpg")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/bad.jpg").write_bytes(b"\xff\xd8 no picture")
    one = problem(0, observation(0), cover=cover)
    assert embedded_thumbnails(tmp_path / "out", [one]) == {}


def test_a_cover_behind_a_link_that_leads_out_is_left_out(tmp_path: Path) -> None:
    picture(tmp_path / "secret.jpg")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/link.jpg").symlink_to(tmp_path / "secret.jpg")
    one = problem(0, observation(0), cover="link.jpg")
    assert embedded_thumbnails(tmp_path / "out", [one]) == {}


def test_only_the_first_600_by_score_are_embedded(tmp_path: Path) -> None:
    count = EMBEDDED_PROBLEMS + 5
    for index in range(count):
        picture(tmp_path / f"{index}.jpg", (16, 12))
    problems = [problem(i, observation(i), cover=f"{i}.jpg") for i in range(count)]
    small = embedded_thumbnails(tmp_path, problems)
    left_out = [one.score.total for one in problems if one.cover not in small]
    assert len(small) == EMBEDDED_PROBLEMS
    assert max(left_out) <= min(one.score.total for one in problems if one.cover in small)


def test_a_full_disk_names_the_remedy_and_keeps_the_old_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_page(tmp_path, page_data(title="old"))

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"index\.html.*free some space"):
        write_page(tmp_path, page_data(title="new"))
    assert "<title>old</title>" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_the_vendored_files_are_those_of_the_note() -> None:
    vendor = resources.files("detector.report").joinpath("vendor")
    note = vendor.joinpath("README.md").read_text(encoding="utf-8")
    for name in ("leaflet.js", "leaflet.css"):
        content = vendor.joinpath("leaflet", name).read_bytes()
        assert sha256(content).hexdigest() in note


def test_no_script_ends_its_element_or_writes_markup() -> None:
    folder = resources.files("detector.report")
    for name in SCRIPTS:
        text = folder.joinpath(name).read_text(encoding="utf-8")
        assert "</script" not in text.lower()
        assert "<!--" not in text
        if name.startswith("page/"):
            assert not re.search(
                r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|new Function", text
            )
