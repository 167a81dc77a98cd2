"""Writes index.html: the template with style, scripts and data put into it.

The scripts are classic scripts that share one scope, each its own element with its own hash in
the content security policy: inline modules cannot import each other from a file, and a bundler
would be a build step. Data travels as JSON, which a browser never runs.
"""

from __future__ import annotations

import html
from importlib import resources
from pathlib import Path
from string import Template

from detector.files import make_folder, write_lines
from detector.report.data import PageData, inert_json, page_json
from detector.report.policy import content_policy, script_elements
from detector.report.thumbnails import embedded_thumbnails

PAGE = "index.html"
# In the order in which they need each other.
SCRIPTS = (
    "vendor/leaflet/leaflet.js",
    "page/words.js",
    "page/format.js",
    "page/items.js",
    "page/parts.js",
    "page/list.js",
    "page/map.js",
    "page/detail.js",
    "page/csv.js",
    "page/keys.js",
    "page/page.js",
)
# Pictures and clips come from beside the page.
MEDIA = ("img-src 'self' data: file:", "media-src 'self' file:")
STYLES = ("vendor/leaflet/leaflet.css", "page/page.css")


def write_page(out: Path, data: PageData) -> Path:
    """Write `out`/index.html whole or not at all, and return its path.

    The page opens from disk without a network and links to the evidence beside it by relative
    path. Raises OutputError where it cannot be written.
    """
    target = out / PAGE
    content = render(data, embedded_thumbnails(out, data.problems))
    make_folder(out)
    write_lines(target, [content])
    return target


def render(data: PageData, thumbnails: dict[str, str]) -> str:
    """The page as HTML; `thumbnails` are data URIs by cover path."""
    scripts = [_source(name) for name in SCRIPTS]
    style = "\n".join(_source(name) for name in STYLES)
    return Template(_source("page/page.html")).substitute(
        policy=html.escape(content_policy(scripts, style, *MEDIA)),
        title=html.escape(data.title),
        style=style,
        data=page_json(data),
        thumbnails=inert_json(thumbnails),
        scripts=script_elements(scripts),
    )


def _source(name: str) -> str:
    text = resources.files("detector.report").joinpath(name).read_text(encoding="utf-8")
    # A source map would be asked for beside the page, where it is not.
    return "\n".join(line for line in text.splitlines() if "sourceMappingURL=" not in line)
