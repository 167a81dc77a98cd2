"""The command `streetwarden`: parses, calls, prints."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from detector.choices import Engine, Precision
from detector.errors import StreetwardenError
from training.cli import add_to

FAILED = 2
INTERRUPTED = 130

app = typer.Typer(
    name="streetwarden",
    help="From street footage to scored, located problem records.  从街面影像到问题台账。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class SchemaOf(StrEnum):
    """What there is a JSON schema of."""

    OBSERVATION = "observation"
    CAMERA = "camera"
    FLEET = "fleet"


@app.command()
def scan(
    sources: Annotated[list[Path], typer.Argument(help="Video files, photos, or folders of them.")],
    out: Annotated[Path, typer.Option(help="Folder for the results.")],
    camera: Annotated[
        Path | None, typer.Option(help="Camera file with the zones of a fixed camera.")
    ] = None,
    track: Annotated[Path | None, typer.Option(help="GPX track of where the camera was.")] = None,
    every: Annotated[
        float, typer.Option(min=0.0, help="Seconds between looks at a video; 0: every picture.")
    ] = 1.0,
    model: Annotated[
        Path | None, typer.Option(help="Model file instead of the released one.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="What runs the model.")] = Engine.AUTO,
    precision: Annotated[
        Precision, typer.Option(help="auto: what the model file allows on this processor.")
    ] = Precision.AUTO,
    min_confidence: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="For all classes, instead of the released thresholds."),
    ] = None,
    slices: Annotated[
        bool,
        typer.Option(
            "--slices",
            help="Look at large pictures in overlapping tiles too, for small things: much slower.",
        ),
    ] = False,
    starts_at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z"],
            help="Wall time of the first picture of videos without a clock, with its UTC offset.",
        ),
    ] = None,
    as_one: Annotated[
        bool,
        typer.Option(
            "--as-one",
            help="Each folder is one recording in pieces: its files follow each other by their "
            "clocks, and a stay goes on from one to the next.",
        ),
    ] = False,
    name_time: Annotated[
        str | None,
        typer.Option(
            help="How file names tell when they begin, in the camera's time zone, such as "
            "%Y%m%d_%H%M%S."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish an unfinished run in --out.")
    ] = False,
    boxes: Annotated[
        bool, typer.Option("--boxes", help="Keep every look's boxes in boxes.jsonl.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Sources at a time.")] = min(
        8, os.cpu_count() or 1
    ),
    json_progress: Annotated[
        bool, typer.Option("--json", help="Machine-readable progress on stderr.")
    ] = False,
) -> None:
    """Find violations in footage; write observations, problems, evidence and a page."""
    from detector import commands

    request = commands.ScanRequest(
        sources=tuple(sources),
        out=out,
        camera=camera,
        track=track,
        every_s=every,
        model=model,
        engine=engine.value,
        precision=precision.value,
        min_confidence=min_confidence,
        slices=slices,
        starts_at=starts_at,
        as_one=as_one,
        name_time=name_time,
        resume=resume,
        keep_boxes=boxes,
        jobs=jobs,
        json_progress=json_progress,
    )
    try:
        raise typer.Exit(commands.scan(request))
    except KeyboardInterrupt:
        typer.echo("streetwarden: stopped; run again with --resume to go on", err=True)
        raise typer.Exit(INTERRUPTED) from None


@app.command()
def replay(
    recording: Annotated[Path, typer.Argument(help="Recorded boxes, one look a line.")],
    camera: Annotated[Path, typer.Option(help="Camera file with the zones.")],
    out: Annotated[Path, typer.Option(help="Folder for the results.")],
) -> None:
    """Run the rules on recorded boxes, without pictures."""
    from detector import commands

    raise typer.Exit(commands.replay(recording, camera, out))


@app.command()
def watch(
    fleet: Annotated[Path, typer.Argument(help="Fleet file: the cameras, each with its stream.")],
    out: Annotated[
        Path,
        typer.Option(help="Folder for the results; the next watch goes on where this one stops."),
    ],
    model: Annotated[
        Path | None, typer.Option(help="Model file instead of the released one.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="What runs the model.")] = Engine.AUTO,
    precision: Annotated[
        Precision, typer.Option(help="auto: what the model file allows on this processor.")
    ] = Precision.AUTO,
    min_confidence: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="For all classes, instead of the released thresholds."),
    ] = None,
    batch: Annotated[
        int, typer.Option(min=1, max=64, help="Looks that go to the model at once.")
    ] = 4,
    update_s: Annotated[
        float, typer.Option(min=1.0, help="Seconds between revisions of a stay that lasts.")
    ] = 60.0,
    metrics: Annotated[
        str | None,
        typer.Option(help="Serve Prometheus metrics here, such as 127.0.0.1:9464; off unless set."),
    ] = None,
    metrics_public: Annotated[
        bool,
        typer.Option("--metrics-public", help="Let --metrics be read from other machines."),
    ] = False,
    for_s: Annotated[
        float | None, typer.Option("--for", min=0.0, help="Stop after so many seconds.")
    ] = None,
    json_events: Annotated[
        bool, typer.Option("--json", help="Machine-readable events on stderr.")
    ] = False,
) -> None:
    """Watch live cameras until stopped; each stay is told once and revised while it lasts.

    Changes of the fleet file take effect at once. SIGTERM or Ctrl-C stops cleanly; stays that
    last are taken up by the next watch of the same folder.
    """
    from detector import watching

    request = watching.WatchRequest(
        fleet=fleet,
        out=out,
        model=model,
        engine=engine.value,
        precision=precision.value,
        min_confidence=min_confidence,
        batch=batch,
        update_s=update_s,
        for_s=for_s,
        metrics=metrics,
        metrics_public=metrics_public,
        json_events=json_events,
    )
    raise typer.Exit(watching.watch(request))


@app.command()
def schema(
    of: Annotated[SchemaOf, typer.Argument(help="What to describe.")] = SchemaOf.OBSERVATION,
    out: Annotated[
        Path | None, typer.Option(help="File to write instead of standard output.")
    ] = None,
) -> None:
    """Write the JSON schema of an observation, of a camera file or of a fleet file."""
    from detector import commands

    text = json.dumps(commands.schema(of.value), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        commands.write_text(out, text)


@app.command()
def version() -> None:
    """Print the versions of the program, the model and the rules."""
    from detector import commands

    for line in commands.versions():
        typer.echo(line)


add_to(app)


def main() -> None:
    """Run the command; what a user can act on is one line on stderr, not a traceback."""
    try:
        app()
    except StreetwardenError as error:
        typer.echo(f"streetwarden: {error}", err=True)
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
