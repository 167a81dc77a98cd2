"""A browser without a network, which notes what a page asks for and complains about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Literal

import pytest

from detector.report import PageData, write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")


@dataclass
class Opened:
    """A page that was opened from disk."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def titles(self) -> list[str]:
        """The ids of the problems that are drawn."""
        ids = self.page.locator("#holder [data-id]").evaluate_all(
            "all => all.map(e => e.dataset.id)"
        )
        return [str(one) for one in ids]

    def count(self) -> str:
        """The line that says how many are shown."""
        return self.page.locator("#count").inner_text()

    def filter(self, name: str, value: str) -> None:
        """Fill a field of the filters and wait for the list."""
        self.page.fill(f"[name={name}]", value)
        self.until_filtered()

    def until_filtered(self) -> None:
        """Wait for the list: the page filters a moment after the last change."""
        self.until("!document.querySelector('#problems[aria-busy]')")

    def until_focused(self, title: str) -> None:
        """Wait until the problem of that id has the focus: a dialog that closes gives it late."""
        self.until(f"document.activeElement.dataset.id === '{title}'")

    def until(self, expression: str, limit_s: float = 10) -> None:
        """Wait until a JavaScript expression is true; the policy forbids Playwright's own wait."""
        end = monotonic() + limit_s
        while not self.page.evaluate(expression):
            assert monotonic() < end, f"not within {limit_s} s: {expression}"
            self.page.wait_for_timeout(50)


Open = Callable[..., Opened]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Write a page and open it from disk; nothing may complain until the test ends."""
    opened: list[Opened] = []

    def opening(
        data: PageData,
        *,
        locale: str = "zh-CN",
        width: int = 1366,
        scheme: Literal["light", "dark"] = "light",
    ) -> Opened:
        target = write_page(tmp_path, data)
        context = browser.new_context(
            viewport={"width": width, "height": 768},
            locale=locale,
            color_scheme=scheme,
            accept_downloads=True,
        )
        one = Opened(context.new_page())
        opened.append(one)
        one.page.on("request", lambda request: one.requests.append(request.url))
        one.page.on("console", lambda message: one.complaints.append(message.text))
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        one.page.goto(target.as_uri())
        return one

    yield opening
    complaints = [text for one in opened for text in one.complaints]
    for one in opened:
        one.page.context.close()
    assert complaints == []
