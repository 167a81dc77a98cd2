"""One problem on the page: its facts, its details, the keyboard, the export."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from detector.observation import EvidenceRole
from tests.report.scenes import evidence, many, observation, page_data, position, problem, uid

if TYPE_CHECKING:
    from tests.report.conftest import Open

HOSTILE = '</script><img src=x onerror="document.title=1"><script>document.title=2</script>'


def test_least_dwell_positions_and_stream_time_are_shown_as_they_are(open_page: Open) -> None:
    seen = observation(1, clocked=False)
    vague = problem(1, seen).model_copy(update={"position": position(1, accuracy_m=25.0)})
    nowhere = problem(2, observation(2), located=False)
    texts = open_page(page_data([vague, nowhere], [seen])).page.locator(".card").all_inner_texts()
    text = next(one for one in texts if "≥" in one)
    assert "≥ 6 分 12 秒" in text
    assert "+0:01:02 – +0:07:14" in text
    assert "34.7574, 113.6659 ±25 m" in text
    assert any("无定位" in one for one in texts)


def test_the_details_show_pictures_course_and_checksums(open_page: Open, tmp_path: Path) -> None:
    roles = [EvidenceRole.ANNOTATED, EvidenceRole.ORIGINAL, EvidenceRole.ARRIVAL]
    names = {role: f"evidence/疑似 #1?/{role}.jpg" for role in roles}
    for name in names.values():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (640, 360)).save(tmp_path / name)
    files = evidence(names)
    at_arrival = files[2].model_copy(update={"role": EvidenceRole.ORIGINAL})
    seen = observation(0, files=(*files, at_arrival))
    opened = open_page(page_data([problem(0, seen, cover=names[EvidenceRole.ANNOTATED])], [seen]))
    opened.page.locator(".title").click()
    detail = opened.page.locator("#detail")
    assert detail.get_by_role("button", name="原图").count() == 1
    opened.until("document.querySelector('.stage img').naturalWidth === 640")
    detail.get_by_role("button", name="原图").click()
    opened.until("document.querySelector('.stage img').naturalWidth === 640")
    assert "2026-05-01 08:32:33 +08:00" in detail.locator(".course").inner_text()
    detail.locator(".origin summary").click()
    assert "a" * 64 in detail.locator(".origin").inner_text()
    assert "streetwarden-n 0.1.0" in detail.locator(".origin").inner_text()


def test_the_score_opens_to_its_parts(open_page: Open) -> None:
    opened = open_page(many(1))
    opened.page.locator(".score summary").click()
    opened.page.locator(".score .parts").wait_for()
    text = opened.page.locator(".card .score").inner_text()
    assert "规模" in text
    assert "缺少（计 0 分）: 可见度" in text
    assert not opened.page.locator("#detail").is_visible()


def test_the_keyboard_goes_through_the_list(open_page: Open) -> None:
    opened = open_page(many(8))
    press = opened.page.keyboard.press
    titles = opened.titles()
    press("j")
    press("j")
    opened.until_focused(titles[1])
    press("k")
    press("ArrowRight")
    opened.until_focused(titles[1])
    press("Enter")
    assert opened.page.locator("#detail").is_visible()
    press("j")
    assert "3 / 8" in opened.page.locator("#detail").inner_text()
    press("Escape")
    opened.until_focused(titles[2])
    press("?")
    assert opened.page.locator("#help").is_visible()
    press("Escape")
    press("/")
    opened.page.keyboard.type("jk?")
    assert opened.page.input_value("[name=text]") == "jk?"


def test_the_export_holds_what_is_shown_and_no_formulas(open_page: Open) -> None:
    seen = [observation(0, source="=cmd|'/c calc'!A1"), observation(1)]
    problems = [problem(0, seen[0], zone='a,"b"\n'), problem(1, seen[1])]
    opened = open_page(page_data(problems, seen))
    opened.filter("text", "cmd")
    with opened.page.expect_download() as download:
        opened.page.locator("#csv").click()
    raw = Path(download.value.path()).read_bytes()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert raw.startswith(b"\xef\xbb\xbf")
    assert [row["id"] for row in rows] == [str(problems[0].id)]
    assert rows[0]["sources"] == "'=cmd|'/c calc'!A1"
    assert rows[0]["zone"] == 'a,"b"\n'
    assert rows[0]["status"] == "疑似 suspected"


def test_an_observation_that_is_not_there_does_not_stop_the_page(open_page: Open) -> None:
    lonely = problem(0, observation(0)).model_copy(update={"observations": (uid("nowhere"),)})
    opened = open_page(page_data([lonely]))
    opened.page.locator(".title").click()
    assert opened.page.locator("#detail").is_visible()
