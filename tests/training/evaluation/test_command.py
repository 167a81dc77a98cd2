"""The command: what it reads, writes and refuses."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from detector.errors import StreetwardenError
from tests.training.evaluation.scenes import TableModel, grey_picture
from training.errors import DataError
from training.evaluation import Evaluation, command
from training.evaluation.command import EvaluateRequest, run, task_of
from training.evaluation.subject import read_groups

pytest.importorskip("faster_coco_eval")

BIN = (20.0, 20.0, 80.0, 80.0, "garbage_bin", 0.9)
HOSTILE = "</script><script>document.title=2</script>"
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures with bins in YOLO's layout, and one without."""
    root = tmp_path / "bins"
    (root / "images").mkdir(parents=True)
    (root / "labels").mkdir()
    (root / "data.yaml").write_text("names: [bin, overflow]\ntrain: images\nval: images\n")
    for level, label in ((10, "0 0.25 0.25 0.3 0.3\n"), (20, "0 0.25 0.25 0.3 0.3\n"), (30, "")):
        grey_picture(root / "images" / f"p{level}.png", level)
        (root / "labels" / f"p{level}.txt").write_text(label)
    return root


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> dict[str, TableModel]:
    """Models by file name, in place of those that are loaded."""
    known = {
        "good.onnx": TableModel({10: [BIN], 20: [BIN]}),
        "bad.onnx": TableModel({30: [(*BIN[:4], "garbage_overflow", 0.8)]}),
    }
    monkeypatch.setattr(command, "_load", lambda _, path: known[path.name])
    return known


def ran(request: EvaluateRequest) -> tuple[Evaluation, str]:
    out = StringIO()
    evaluation = run(request, Console(file=out, width=200))
    return evaluation, out.getvalue()


@pytest.mark.usefixtures("models")
def test_result_page_and_tables_are_written(folder: Path, tmp_path: Path) -> None:
    evaluation, said = ran(EvaluateRequest(folder, tmp_path / "out", model=Path("good.onnx")))
    written = (tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8")
    assert Evaluation.model_validate_json(written) == evaluation
    assert evaluation.classes["garbage_bin"].recall.value == 1.0
    assert evaluation.data.classes == ("garbage_bin", "garbage_overflow")
    for part in ("垃圾桶 Garbage bin", "AP50", "1.000", "index.html", "no labels that count"):
        assert part in said


@pytest.mark.usefixtures("models")
def test_two_models_are_compared(folder: Path, tmp_path: Path) -> None:
    request = EvaluateRequest(
        folder, tmp_path / "out", model=Path("good.onnx"), against=Path("bad.onnx")
    )
    evaluation, said = ran(request)
    assert evaluation.comparison is not None
    verdicts = {(it.class_name, it.figure): it.verdict for it in evaluation.comparison.differences}
    assert verdicts["garbage_bin", "recall"] == "worse"
    assert "worse 更差" in said


def test_slices_are_compared_with_the_whole_picture(
    folder: Path, tmp_path: Path, models: dict[str, TableModel]
) -> None:
    request = EvaluateRequest(folder, tmp_path / "out", model=Path("good.onnx"), slices="both")
    evaluation, _ = ran(request)
    assert [asked[1] for asked in models["good.onnx"].asked] == [False, True]
    assert evaluation.comparison is not None
    assert evaluation.comparison.model.slices
    assert not evaluation.model.slices


def test_a_picture_that_cannot_be_read_leaves_an_earlier_result(
    folder: Path, tmp_path: Path, models: dict[str, TableModel]
) -> None:
    assert models
    request = EvaluateRequest(folder, tmp_path / "out", model=Path("good.onnx"))
    ran(request)
    before = {it.name: it.read_bytes() for it in (tmp_path / "out").iterdir()}
    (folder / "images" / "p20.png").write_bytes(b"\x89PNG no more")
    with pytest.raises(StreetwardenError, match=r"p20\.png"):
        ran(request)
    assert {it.name: it.read_bytes() for it in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"subject": Path("nowhere")}, "nothing at nowhere", id="no folder"),
        pytest.param({"classes": ("boat",)}, "'boat' is not a class", id="no such class"),
        pytest.param({"quiet": (Path("nowhere"),)}, "no folder nowhere", id="no quiet folder"),
        pytest.param({"only": ("bins/*",)}, "--only is for a source file", id="only of a folder"),
        pytest.param({"merge": ("car,boat",)}, "'boat' is not a class", id="merging nothing"),
    ],
)
def test_what_does_not_fit_is_refused(folder: Path, changes: dict, says: str) -> None:
    with pytest.raises(DataError, match=says):
        task_of(EvaluateRequest(**{"subject": folder, "out": Path("out"), **changes}))


def test_a_picture_without_a_group_is_named(tmp_path: Path) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("picture,group\na.png,one\n")
    assert read_groups(table, ["a.png"]) == ("one",)
    with pytest.raises(DataError, match=r"first b\.png"):
        read_groups(table, ["a.png", "b.png"])
    table.write_text("picture,group\na.png,one\nb.png\n")
    with pytest.raises(DataError, match=r"first b\.png"):
        read_groups(table, ["a.png", "b.png"])
    table.write_text("name,scene\na.png,one\n")
    with pytest.raises(DataError, match="columns picture and group"):
        read_groups(table, ["a.png"])


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(("locale", "says"), [("zh-CN", "各类指标"), ("en-GB", "Figures by class")])
def test_the_page_opens_from_disk_without_a_network(
    folder: Path, tmp_path: Path, locale: str, says: str
) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    hostile = folder.with_name(HOSTILE.replace("/", "_"))
    folder.rename(hostile)
    ran(
        EvaluateRequest(
            hostile, tmp_path / "out", model=Path("good.onnx"), against=Path("bad.onnx")
        )
    )
    target = (tmp_path / "out" / "index.html").as_uri()
    asked: list[str] = []
    complaints: list[str] = []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(locale=locale)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(target)
        assert page.locator("#figures h2").inner_text() == says
        assert page.locator("#comparison-table tbody tr").count() > 3
        assert page.title() != "2"
        page.locator("#theme").click()
        page.locator("#language").click()
        assert page.locator("#figures h2").inner_text() != says
        browser.close()
    assert [url for url in asked if not url.startswith("data:")] == [target]
    assert complaints == []
