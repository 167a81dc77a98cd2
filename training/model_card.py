"""The model card: what a released file is, how good it is and where it fails, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from detector.taxonomy import TAXONOMY
from training.evaluation.result import Estimate, Evaluation
from training.exporting.card_file import Failure, Words
from training.exporting.parity import TOLERANCE_PX, TOLERANCE_SCORE, Parity
from training.release import Chosen, Release

LINE = 120
_WHY = {
    "precision": "least that reaches the stated precision",
    "best F1": "best F1, **the stated precision is not reached**",
    "quiet streets": "raised until quiet streets are quiet",
    "given": "set by hand, the plan says why",
    "not measured": "**not measured**",
}


@dataclass(frozen=True)
class Exported:
    """An ONNX file that is about to be released, with what is said about it."""

    file: str
    size: int
    sha256: str
    release: Release
    parity: Parity
    words: Words
    evaluations: tuple[Evaluation, ...]
    checkpoint: str


def model_card(exported: Exported) -> str:
    """The whole card. Sizes are in bytes of `exported`; all figures come from it."""
    sections = (
        _head,
        _classes,
        _figures,
        _elsewhere,
        _failures,
        _calibration,
        _trained,
        _precision,
        _fine_tune,
    )
    blocks = "\n\n".join(section(exported) for section in sections).split("\n\n")
    return "\n\n".join(_wrapped(block) for block in blocks if block.strip()) + "\n"


def _wrapped(block: str) -> str:
    """A paragraph in lines of a fair length; tables, lists, headings and commands as they are."""
    if block.startswith(("#", "|", "- ", " ")):
        return block
    return fill(block, LINE, break_long_words=False, break_on_hyphens=False)


def _head(exported: Exported) -> str:
    release = exported.release
    stem = Path(exported.file).stem
    return "\n\n".join(
        (
            f"# {stem} {release.version}",
            f"`{exported.file}`: {len(release.names)} classes, {exported.size / 1e6:.1f} MB, "
            f"SHA-256 `{exported.sha256}`. The output is the raw one-to-many head, "
            f"`(1, {4 + len(release.names)}, N)`: centre x, centre y, width, height in pixels of "
            f"the input, then {len(release.names)} raw scores 0..1. It needs non-maximum "
            f"suppression (IoU {release.nms_iou:g}). One picture at a time, RGB scaled to 0..1, "
            "any height and width in multiples of 32; "
            f"{release.input_size} px for the longer side by default. `detector.load_model` does "
            "all of that, and turns raw scores into the probability that a box is right. "
            "Classes, thresholds, calibration, recipe and digests are in the file's metadata under "
            "`streetwarden`.",
            f"Licence: {release.licence}, as the training framework and its architecture ask. "
            f"The weights to go on from are `{exported.checkpoint}`.",
        )
    )


def _classes(exported: Exported) -> str:
    release = exported.release
    rows = [
        (
            name,
            TAXONOMY.classes[_id(name)].zh,
            f"{release.thresholds[name]:.2f}",
            _share(release.chosen[name].precision),
            _share(release.chosen[name].recall),
            str(release.chosen[name].labels),
            _WHY[release.chosen[name].why],
        )
        for name in release.names
    ]
    titles = ("class", "中文", "threshold", "precision", "recall", "labels", "why this threshold")
    return (
        "## Classes and thresholds\n\n"
        f"Stated precision: {release.stated_precision:g}. Precision and recall are those reached "
        f"at the threshold on {release.measured_on}.\n\n" + _table(titles, rows)
    )


def _figures(exported: Exported) -> str:
    if not exported.evaluations:
        return "## Figures\n\nNone were given when this card was written."
    parts = [exported.words.figures.strip()] if exported.words.figures else []
    parts += [_evaluation(it, exported.sha256) for it in exported.evaluations]
    intro = "Measured by `streetwarden evaluate` with the run-time detector; 95 % intervals."
    return "\n\n".join(("## Figures", intro, *parts))


def _evaluation(evaluation: Evaluation, sha256: str) -> str:
    data, model = evaluation.data, evaluation.model
    other = (
        ""
        if model.sha256 == sha256
        else f" **Another model than this one**: `{model.file}` {model.version}, "
        f"`{model.sha256[:12]}`."
    )
    cut = " in slices" if model.slices else ""
    width = f", things at least {data.min_width_px:g} px wide" if data.min_width_px else ""
    parts = [
        f"### {data.name}",
        f"{data.pictures} pictures in {data.groups} groups, {model.input_size_px} px{cut}, "
        f"{model.engine} {model.precision}{width}.{other}",
        _table(
            (
                "class",
                "labels",
                f"AP at IoU {data.iou:g}",
                "AP 50-95",
                "precision",
                "recall",
                "AUC by picture",
            ),
            _class_rows(evaluation),
        ),
    ]
    if evaluation.alarms:
        titles = ("pictures without", "set", "pictures", "alarms in 100", "alarmed of 100")
        rows = [
            (it.class_name, it.set, str(it.pictures), _per(it.boxes_per_100), _per(it.per_100))
            for it in evaluation.alarms
            if it.class_name == "any" or it.boxes
        ]
        parts.append(_table(titles, rows))
    parts += [f"- {note.en}" for note in evaluation.notes]
    return "\n\n".join(parts)


def _class_rows(evaluation: Evaluation) -> Iterator[tuple[str, ...]]:
    for name, it in evaluation.classes.items():
        figures = (it.ap, it.ap_50_95, it.precision, it.recall, it.auc)
        yield (name, str(it.labels), *map(_estimate, figures))
    if len(evaluation.classes) > 1:
        means = (evaluation.mean_ap, evaluation.mean_ap_50_95)
        yield ("mean", "", *map(_estimate, means), "", "", "")


def _elsewhere(exported: Exported) -> str:
    words = exported.words.elsewhere
    return f"## What to expect elsewhere\n\n{words.strip()}" if words else ""


def _failures(exported: Exported) -> str:
    return "## Known failures\n\n" + "\n".join(map(_failure, exported.words.failures))


def _failure(failure: Failure) -> str:
    picture = f"\n  ![{failure.text}]({failure.picture})" if failure.picture else ""
    return f"- {failure.text}{picture}"


def _calibration(exported: Exported) -> str:
    chosen = exported.release.chosen
    fitted = {name: it for name, it in chosen.items() if it.method != "none"}
    if not fitted:
        return "## Calibration\n\nNone: confidences are raw scores."
    titles = ("class", "method", "boxes", "right", "error before", "error after")
    without = [name for name in chosen if name not in fitted]
    left = f"\n\nRaw scores, for want of labels: {', '.join(without)}." if without else ""
    return (
        "## Calibration\n\nConfidences are the estimated probability that a box overlaps a thing "
        "of its class by an IoU of 0.5. The error is the expected calibration error, after "
        "calibration on pictures that the curve was not fitted on.\n\n"
        + _table(titles, [_calibrated(name, it) for name, it in fitted.items()])
        + left
    )


def _calibrated(name: str, it: Chosen) -> tuple[str, ...]:
    errors = (_share(it.error_before, 3), _share(it.error_after, 3))
    return (name, it.method, str(it.boxes), str(it.hits), *errors)


def _trained(exported: Exported) -> str:
    trained = exported.release.trained
    titles = ("from", "epochs", "px", "")
    stages = [(it.start, str(it.epochs), str(it.input_size), it.note) for it in trained.stages]
    return "\n\n".join(
        (
            "## Trained on",
            exported.words.data.strip(),
            _table(titles, stages),
            f"Recipe `{trained.recipe.name}` (SHA-256 `{trained.recipe.sha256[:12]}`, its text is "
            f"in the metadata); data `{trained.data_sha256[:12]}`: {trained.data}.",
        )
    )


def _precision(exported: Exported) -> str:
    precision, parity = exported.release.precision, exported.parity
    measured = ""
    if precision.ap_f32 is not None:
        rows = [
            ("f32", _share(precision.ap50_f32, 4), _share(precision.ap_f32, 4)),
            ("bf16", _share(precision.ap50_bf16, 4), _share(precision.ap_bf16, 4)),
        ]
        measured = f"\n\n{precision.measured_on}:\n\n" + _table(
            ("precision", "mean AP50", "mean AP"), rows
        )
    return (
        "## Precision and agreement\n\nThe fastest precision that keeps mean AP within 0.005: "
        f"{precision.openvino} for OpenVINO (where the processor computes in it), "
        f"{precision.onnxruntime} for ONNX Runtime.{measured}\n\n"
        f"On {parity.pictures} real pictures the ONNX file and the weights in torch differ by at "
        f"most {parity.px:.4f} px and {parity.score:.6f} in a raw score (allowed: "
        f"{TOLERANCE_PX:g} px, {TOLERANCE_SCORE:g}), and agree in all {parity.boxes} boxes."
    )


def _fine_tune(exported: Exported) -> str:
    return f"""## Fine-tuning on your own pictures

    streetwarden data import LABELS MINE/streets --name my_streets --classes classes.yaml
    streetwarden data check --data MINE --datasets MINE/sources
    streetwarden data build RECIPE.yaml --data MINE --datasets MINE/sources
    streetwarden train RECIPE.yaml
    streetwarden calibrate PLAN.yaml WEIGHTS.pt --data MINE --datasets MINE/sources \\
        --out NUMBERS.yaml
    streetwarden export WEIGHTS.pt MODEL.onnx --card CARD.yaml --recipe RECIPE.yaml \\
        --pictures PICTURES
    streetwarden evaluate MINE/sources/my_streets.yaml --data MINE --out OUT \\
        --model MODEL.onnx

Copy a recipe of `training/recipes`, let it start from `{exported.checkpoint}` and use these weights
as a teacher too, so that what was learned is not forgotten. Keep whole cameras or streets apart to
measure on; `--against {exported.file}` compares. The guide says what each step does."""


def _id(name: str) -> int:
    found = TAXONOMY.class_id(name)
    assert found is not None, "a release has the classes of the taxonomy"
    return found


def _share(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _estimate(estimate: Estimate | None) -> str:
    if estimate is None or estimate.value is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} ({estimate.low:.2f} to {estimate.high:.2f})"


def _per(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "-"
    return f"{estimate.value:.1f} ({estimate.low:.1f} to {estimate.high:.1f})"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines
    )
