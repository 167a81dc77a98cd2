"""The commands `streetwarden data|train|evaluate|calibrate|export`: options; work loads late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from detector.choices import Engine, Precision
from training.choices import ExportFormat, Format, Side, Slices
from training.errors import DataError
from training.extra import need
from training.progress import Teller

CACHE = Path(".cache/training")
DATASETS = Path("datasets")


data = typer.Typer(
    name="data",
    help="Check, import, export and merge labelled pictures.  检查、导入、导出与合并标注图片。",
    no_args_is_help=True,
)

DataRoot = Annotated[Path, typer.Option("--data", help="Folder that holds the sources' pictures.")]
Weights = Annotated[
    Path, typer.Option("--weights", help="Folder of the weights that a recipe names.")
]
Cache = Annotated[Path, typer.Option("--cache", help="Folder for datasets, runs and guesses.")]
Datasets = Annotated[Path, typer.Option("--datasets", help="Folder of the source files.")]
ClassMap = Annotated[
    Path | None, typer.Option("--classes", help="YAML: their class names to ours, or null.")
]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="Format, where it is not recognised.")
]
Recipe = Annotated[Path, typer.Argument(help="Recipe (YAML): data, start and settings of a run.")]


@data.command()
def build(
    recipe: Recipe,
    root: DataRoot,
    weights: Weights = Path("training/checkpoints"),
    datasets: Datasets = DATASETS,
    cache: Cache = CACHE,
) -> None:
    """Merge the sources into the training set of a recipe."""
    from training.build import build as build_dataset
    from training.places import Places
    from training.recipe import load_recipe
    from training.sources import load_sources
    from training.tables import counts_table

    settings = load_recipe(recipe)
    if settings.data.teachers:
        # Known now rather than when all pictures are converted.
        need("torch", "ultralytics")
    with Teller() as teller:
        counts = build_dataset(
            settings,
            load_sources(datasets),
            Places(root, weights, cache.resolve()),
            teller.tell,
        )
    teller.console.print(counts_table(counts))


@data.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Labelled folder; without it the project's sources.")
    ] = None,
    root: Annotated[
        Path | None, typer.Option("--data", help="Folder that holds the sources' pictures.")
    ] = None,
    datasets: Datasets = DATASETS,
    class_map: ClassMap = None,
    format_: FormatOption = None,
    out: Annotated[Path, typer.Option(help="Folder for check.json and the contact sheets.")] = Path(
        "data-check"
    ),
    seed: Annotated[int, typer.Option(help="Picks the pictures of the contact sheets.")] = 0,
) -> None:
    """Look for unreadable pictures, faulty boxes, doubles across the split, imbalance."""
    from training.check import check as look
    from training.check import of_folder, of_sources, print_report
    from training.sources import load_sources

    if (folder is None) == (root is None):
        raise DataError("give either a labelled folder to check, or --data for the sources")
    with Teller() as teller:
        subject = (
            of_sources(load_sources(datasets), root)
            if root is not None
            else of_folder(cast("Path", folder), class_map, format_)
        )
        report = look(subject, out, seed=seed, tell=teller.tell)
    print_report(report, teller.console)
    if report.errors:
        raise typer.Exit(1)


@data.command(name="import")
def import_(
    source: Annotated[Path, typer.Argument(help="Labelled folder or file from elsewhere.")],
    out: Annotated[Path, typer.Argument(help="New folder for the source.")],
    name: Annotated[str, typer.Option(help="Name of the source: a-z, 0-9, _.")],
    origin: Annotated[str, typer.Option(help="Where it comes from, for its card.")] = "",
    licence: Annotated[str, typer.Option(help="Under which licence, for its card.")] = "",
    class_map: ClassMap = None,
    format_: FormatOption = None,
    group_by: Annotated[
        str | None,
        typer.Option(help="Regular expression: what it finds in a file name names the scene."),
    ] = None,
    val_share: Annotated[
        float, typer.Option(min=0, max=0.9, help="Share of the scenes to measure on.")
    ] = 0.15,
    seed: Annotated[int, typer.Option(help="Picks the scenes to measure on.")] = 0,
    link: Annotated[bool, typer.Option("--link", help="Hard links instead of copies.")] = False,
) -> None:
    """Bring labelled pictures (YOLO, COCO, VOC, LabelMe, CVAT) into the project's form."""
    from rich.console import Console

    from training.formats import import_data
    from training.tables import import_table

    report = import_data(
        source,
        out,
        name=name,
        origin=origin,
        licence=licence,
        class_map=class_map,
        format=format_,
        group_by=group_by,
        val_share=val_share,
        seed=seed,
        link=link,
    )
    Console().print(import_table(report))


@data.command(name="export")
def export_(
    source: Annotated[Path, typer.Argument(help="Labelled folder in any format that is read.")],
    out: Annotated[Path, typer.Argument(help="New folder.")],
    format_: Annotated[
        ExportFormat, typer.Option("--format", help="What to write.")
    ] = ExportFormat.YOLO,
    class_map: ClassMap = None,
    link: Annotated[bool, typer.Option("--link", help="Hard links instead of copies.")] = False,
) -> None:
    """Write labelled pictures as YOLO or COCO."""
    from training.formats import export_data

    count = export_data(source, out, format_.value, class_map=class_map, link=link)
    typer.echo(f"{count} pictures in {out}")


def train(
    recipe: Recipe,
    weights: Weights = Path("training/checkpoints"),
    cache: Cache = CACHE,
    device: Annotated[str, typer.Option(help="cpu, or the number of a GPU.")] = "cpu",
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="End this piece with the last epoch that fits into so many."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the unfinished run.")
    ] = False,
    from_checkpoint: Annotated[
        Path | None, typer.Option(help="Go on from a checkpoint that lies elsewhere.")
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            help="Write a resumable checkpoint of at most 12 MB here when this piece ends."
        ),
    ] = None,
) -> None:
    """Train the detector as a recipe says; a killed run goes on with --resume."""
    from training.places import Places
    from training.train import TrainRequest
    from training.train import train as run

    folder = run(
        TrainRequest(
            recipe=recipe,
            places=Places(Path(), weights, cache.resolve()),
            device=device,
            minutes=minutes,
            resume=resume,
            from_checkpoint=from_checkpoint,
            keep=keep,
        )
    )
    typer.echo(f"weights/last.pt, curve.html and the recipe lie in {folder}")


def evaluate(
    subject: Annotated[
        Path, typer.Argument(help="Labelled folder, or a source file (YAML) with --data.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for evaluation.json and the page.")],
    model: Annotated[
        Path | None, typer.Option(help="Model file instead of the released one.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Second model, compared on the same pictures.")
    ] = None,
    class_map: Annotated[
        Path | None, typer.Option("--classes", help="YAML: their class names to ours.")
    ] = None,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="Class that counts; may be repeated.")
    ] = None,
    root: Annotated[
        Path | None, typer.Option("--data", help="Folder that holds the sources' pictures.")
    ] = None,
    side: Annotated[Side, typer.Option(help="Side of the source's split.")] = Side.VAL,
    left_out: Annotated[
        Path | None, typer.Option(help="Recipe: measure on what its training left out.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Pattern of source/folder/picture: these alone; may be repeated."),
    ] = None,
    groups: Annotated[
        Path | None, typer.Option(help="CSV with picture and group: resampled together.")
    ] = None,
    quiet: Annotated[
        list[Path] | None,
        typer.Option(help="Folder or source file without a violation; may be repeated."),
    ] = None,
    iou: Annotated[float, typer.Option(min=0.05, max=0.95, help="Overlap of a right box.")] = 0.5,
    merge: Annotated[
        list[str] | None, typer.Option(help="Classes whose mix-up does not count: car,bus,truck.")
    ] = None,
    min_width: Annotated[
        float, typer.Option(min=0, help="Least width in pixels of a label that counts.")
    ] = 0.0,
    slices: Annotated[
        Slices, typer.Option(help="Look in slices; both: compare without and with.")
    ] = Slices.NO,
    engine: Annotated[Engine, typer.Option(help="What runs the model.")] = Engine.AUTO,
    precision: Annotated[Precision, typer.Option(help="How exactly it computes.")] = Precision.AUTO,
    input_size: Annotated[
        int | None, typer.Option(min=32, help="Longer side in pixels; by default the model's own.")
    ] = None,
) -> None:
    """Measure a model on labelled pictures: figures with intervals, curves, worst cases."""
    from rich.console import Console

    from training.evaluation.command import EvaluateRequest, run

    run(
        EvaluateRequest(
            subject=subject,
            out=out,
            model=model,
            against=against,
            class_map=class_map,
            data=root,
            side=side.value,
            left_out=left_out,
            only=tuple(only or ("*",)),
            classes=tuple(classes or ()),
            groups=groups,
            quiet=tuple(quiet or ()),
            iou=iou,
            merge=tuple(merge or ()),
            min_width_px=min_width,
            slices=slices.value,
            engine=engine.value,
            precision=precision.value,
            input_size=input_size,
        ),
        Console(),
    )


def calibrate(
    plan: Annotated[Path, typer.Argument(help="Plan (YAML): which pictures measure which class.")],
    release: Annotated[Path, typer.Argument(help="Trained weights (.pt) of the release.")],
    out: Annotated[Path, typer.Option(help="Numbers (YAML) for the release card.")],
    root: DataRoot,
    weights: Weights = Path("training/checkpoints"),
    datasets: Datasets = DATASETS,
    cache: Cache = CACHE,
    input_size: Annotated[int, typer.Option(min=32, help="Longer side in pixels.")] = 512,
) -> None:
    """Choose thresholds for a stated precision and fit the confidences of a release."""
    from training.calibrating import CalibrateRequest, run
    from training.places import Places
    from training.tables import numbers_table

    with Teller() as teller:
        numbers = run(
            CalibrateRequest(
                plan=plan,
                weights=release,
                out=out,
                places=Places(root, weights, cache.resolve()),
                datasets=datasets,
                input_size=input_size,
            ),
            teller.tell,
        )
    teller.console.print(numbers_table(numbers))


def export(
    weights: Annotated[Path, typer.Argument(help="Trained weights (.pt).")],
    out: Annotated[Path, typer.Argument(help="ONNX file to write; CARD.md comes beside it.")],
    card: Annotated[Path, typer.Option(help="Release card (YAML).")],
    recipe: Annotated[Path, typer.Option(help="Recipe of the training, from the run's folder.")],
    pictures: Annotated[
        Path, typer.Option(help="At least 8 real pictures to check the file against the weights.")
    ],
    dataset: Annotated[
        Path | None, typer.Option(help="Built dataset of the recipe, for its digest.")
    ] = None,
    labelled: Annotated[
        Path | None, typer.Option(help="Labelled folder on which the fastest precision is chosen.")
    ] = None,
    evaluation: Annotated[
        list[Path] | None, typer.Option(help="evaluation.json for the model card; repeatable.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Write the weights, half precision, to fine-tune from.")
    ] = None,
) -> None:
    """Write the ONNX file of a release, with its metadata and model card."""
    from training.export import ExportRequest, run
    from training.formats import read_collection

    result = run(
        ExportRequest(
            weights=weights,
            out=out,
            card=card,
            recipe=recipe,
            pictures=pictures,
            dataset=dataset,
            labelled=None if labelled is None else read_collection(labelled),
            labelled_name="" if labelled is None else labelled.name,
            evaluations=tuple(evaluation or ()),
            checkpoint=checkpoint,
        ),
        typer.echo,
    )
    typer.echo(f"{result.onnx}: {result.size / 1e6:.1f} MB, SHA-256 {result.sha256}")


def add_to(app: typer.Typer) -> None:
    """Adds the training commands to the program's."""
    app.add_typer(data)
    for command in (train, evaluate, calibrate, export):
        app.command()(command)
