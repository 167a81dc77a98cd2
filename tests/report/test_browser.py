"""The page in a real browser, opened from disk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from detector.observation import EvidenceRole
from tests.report.scenes import evidence, many, observation, page_data, problem

if TYPE_CHECKING:
    from tests.report.conftest import Open

HOSTILE = '</script><img src=x onerror="document.title=1"><script>document.title=2</script>'


def test_nothing_but_the_page_is_asked_for(open_page: Open) -> None:
    opened = open_page(many(40))
    opened.page.locator("#view").click()
    opened.page.locator(".title").first.click()
    outside = [url for url in opened.requests[1:] if not url.startswith("data:")]
    assert outside == []


def test_a_page_without_problems_says_so(open_page: Open) -> None:
    opened = open_page(page_data())
    assert opened.page.locator("#problems").inner_text() == "没有发现问题。"
    assert not opened.page.locator("#errors").is_visible()
    assert not opened.page.locator("#map").is_visible()


def test_the_warning_and_the_counts_stand_on_top(open_page: Open) -> None:
    opened = open_page(many(14))
    assert "疑似，须人工核实" in opened.page.locator("header").inner_text()
    counts = opened.page.locator("#kinds b").all_inner_texts()
    assert counts == ["3", "3", "2", "2", "2", "2"]


def test_errors_of_sources_are_listed(open_page: Open) -> None:
    opened = open_page(page_data(errors=(("night.avi", "no video stream: export again"),)))
    assert "night.avi" in opened.page.locator("#errors").inner_text()
    assert "export again" in opened.page.locator("#errors").inner_text()


def test_hostile_names_are_only_text(open_page: Open) -> None:
    seen = observation(0, source=HOSTILE, files=evidence({EvidenceRole.ANNOTATED: "no/such.jpg"}))
    data = page_data([problem(0, seen, zone=HOSTILE)], [seen], ((HOSTILE, HOSTILE),), title=HOSTILE)
    opened = open_page(data)
    for view in range(2):
        opened.page.locator(".title").first.click()
        opened.page.locator(".origin summary").first.click()
        opened.page.locator(".stage .none").wait_for()
        assert opened.page.locator("img[src=x]").count() == 0
        assert opened.page.title() == HOSTILE
        opened.page.keyboard.press("Escape")
        opened.page.locator("#view" if view == 0 else "#language").click()
    opened.page.evaluate("points.getLayers().at(-1).openTooltip()")
    assert HOSTILE in opened.page.locator(".leaflet-tooltip").inner_text()
    # A missing picture is the only thing that the browser may complain about.
    opened.complaints[:] = [text for text in opened.complaints if "ERR_FILE_NOT_FOUND" not in text]


def test_no_script_of_others_runs(open_page: Open) -> None:
    opened = open_page(many(1))
    opened.page.evaluate(
        "const added = document.createElement('script'); added.text = 'var ran = 1';"
        "document.body.append(added)"
    )
    assert opened.page.evaluate("typeof ran") == "undefined"
    assert any("Content Security Policy" in text for text in opened.complaints)
    opened.complaints.clear()


def test_filters_narrow_the_list(open_page: Open) -> None:
    data = many(60)
    opened = open_page(data)
    opened.page.locator("[data-kind=exposed_cable]").click()
    cables = [one for one in data.problems if one.kind == "exposed_cable"]
    assert sorted(opened.titles()) == sorted(str(one.id) for one in cables)
    opened.filter("score", "50")
    high = [one for one in cables if one.score.total >= 50]
    assert sorted(opened.titles()) == sorted(str(one.id) for one in high)
    opened.filter("confidence", "0.8")
    sure = [one for one in high if one.confidence >= 0.8]
    assert opened.count() == f"显示 {len(sure)} / 60"
    opened.page.locator("button[type=reset]").click()
    opened.until_filtered()
    assert opened.count() == "显示 60 / 60"
    assert opened.page.locator("#kinds [aria-pressed=true]").count() == 0


def test_filter_by_text_source_and_place(open_page: Open) -> None:
    seen = [observation(0), observation(1, source="other.mp4"), observation(2)]
    problems = [
        problem(0, seen[0], zone="消防通道"),
        problem(1, seen[1]),
        problem(2, seen[2], located=False),
    ]
    opened = open_page(page_data(problems, seen))
    opened.filter("text", "消防")
    assert opened.titles() == [str(problems[0].id)]
    opened.filter("text", "")
    opened.page.select_option("[name=source]", "other.mp4")
    opened.until_filtered()
    assert opened.titles() == [str(problems[1].id)]
    opened.page.select_option("[name=source]", "")
    opened.page.check("[name=located]")
    opened.until_filtered()
    assert str(problems[2].id) not in opened.titles()
    opened.filter("text", "nothing like this")
    assert "没有符合" in opened.page.locator("#problems").inner_text()


@pytest.mark.parametrize("order", ["score", "time", "dwell", "confidence"])
def test_the_list_is_sorted(open_page: Open, order: str) -> None:
    data = many(30)
    opened = open_page(data)
    opened.page.select_option("[name=sort]", order)
    opened.until_filtered()
    key = {
        "score": lambda one: -one.score.total,
        "time": lambda one: -one.started_at.timestamp() if one.started_at else 0,
        "dwell": lambda one: -one.dwell_s,
        "confidence": lambda one: -one.confidence,
    }[order]
    assert opened.titles() == [str(one.id) for one in sorted(data.problems, key=key)]


def test_the_language_follows_the_browser_and_is_remembered(open_page: Open) -> None:
    opened = open_page(many(2), locale="en-GB")
    assert opened.page.locator("html").get_attribute("lang") == "en"
    assert "a person must confirm" in opened.page.locator("header").inner_text()
    opened.page.locator("#language").click()
    assert "须人工核实" in opened.page.locator("header").inner_text()
    opened.page.reload()
    assert opened.page.locator("html").get_attribute("lang") == "zh-CN"


def test_the_theme_follows_the_system_and_can_be_changed(open_page: Open) -> None:
    opened = open_page(many(1), scheme="dark")
    html = opened.page.locator("html")
    assert html.get_attribute("data-theme") == "dark"
    opened.page.locator("#theme").click()
    assert html.get_attribute("data-theme") == "light"


def test_the_map_shows_the_located_and_selects_by_a_click(open_page: Open) -> None:
    opened = open_page(many(5))
    assert opened.page.locator("#map").is_visible()
    assert opened.page.evaluate("points.getLayers().length") == 10
    opened.page.evaluate("points.getLayers().at(-1).fire('click')")
    assert opened.page.evaluate("document.activeElement.dataset.id") == opened.titles()[0]


def test_without_positions_the_map_takes_no_room(open_page: Open) -> None:
    opened = open_page(many(5, located=False))
    assert not opened.page.locator("#map").is_visible()
    assert "不显示地图" in opened.page.locator("#place").inner_text()
    box = opened.page.locator("#problems").bounding_box()
    assert box
    assert box["width"] > 1200


def test_five_thousand_problems_are_drawn_a_hundred_at_a_time(open_page: Open) -> None:
    opened = open_page(many(5000))
    assert opened.count() == "显示 5000 / 5000"
    assert len(opened.titles()) == 100
    opened.page.locator("#more").scroll_into_view_if_needed()
    opened.until("document.querySelectorAll('#holder > li').length >= 200")
    took_ms = opened.page.evaluate(
        "(() => { const from = performance.now(); refresh(); return performance.now() - from; })()"
    )
    assert took_ms < 1500


@pytest.mark.parametrize("width", [390, 768, 1366])
def test_nothing_is_wider_than_the_screen(open_page: Open, width: int) -> None:
    data = many(6)
    long = replace(data, title="很长的标题" * 20 + "x" * 200)
    opened = open_page(long, width=width)
    wider = "document.documentElement.scrollWidth - innerWidth"
    assert opened.page.evaluate(wider) <= 0
    opened.page.locator("#view").click()
    assert opened.page.evaluate(wider) <= 0
    opened.page.locator(".title").first.click()
    assert opened.page.evaluate("detail.scrollWidth - detail.clientWidth") <= 0
