"""What a data source is: its folders, class map, split rule; read from `datasets/*.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from detector.taxonomy import TAXONOMY
from training.errors import DataError

Side = Literal["train", "val", "check"]

PICTURE_SUFFIXES = frozenset({".avif", ".jpg", ".jpeg", ".png", ".webp"})


def class_id(name: str) -> int:
    """Our id of a class name or alias; ValueError where the taxonomy has none."""
    found = TAXONOMY.class_id(name)
    if found is None:
        raise ValueError(
            f"{name!r} is not a class of the taxonomy ({', '.join(TAXONOMY.class_names)})"
        )
    return found


def _known(name: str) -> str:
    class_id(name)
    return name


ClassName = Annotated[str, AfterValidator(_known)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableSplit(_Frozen):
    """A CSV file names each picture's group and its side of the split."""

    by: Literal["table"]
    file: str
    picture: str
    group: str
    side: str


class OrderSplit(_Frozen):
    """The first share of the pictures, in the order of their names, trains; the rest measures."""

    by: Literal["order"]
    train_share: float = Field(gt=0, lt=1)


class AllSplit(_Frozen):
    """Every picture lies on one side."""

    by: Literal["all"]
    side: Side


Split = Annotated[TableSplit | OrderSplit | AllSplit, Field(discriminator="by")]


class IgnoreArea(_Frozen):
    """A part of every picture of a source in which some classes are present but unlabelled.

    `xyxy` are shares of the picture.
    """

    classes: tuple[ClassName, ...] = Field(min_length=1)
    xyxy: tuple[Share, Share, Share, Share]


class Source(_Frozen):
    """One data source.

    `folders` are relative to the data root; each holds `images/` and `labels/`, or pictures alone.
    `classes` maps the source's class ids to our names; ids that are not listed are left out.
    `fill` names the classes that the source leaves unlabelled and a teacher adds; `ignore` are the
    parts of a fixed view where things stand without labels; `exclude` are patterns of
    pictures (stems) that are never used. What the regular expression `group` finds in a stem names
    pictures that are alike, where no table does.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    folders: tuple[str, ...] = Field(min_length=1)
    labelled: bool
    classes: dict[int, ClassName]
    split: Split
    fill: tuple[ClassName, ...] = ()
    ignore: tuple[IgnoreArea, ...] = ()
    exclude: tuple[str, ...] = ()
    group: str | None = None
    repeat: int = Field(default=1, ge=1)
    train_every: int = Field(default=1, ge=1)

    def class_map(self) -> dict[int, int]:
        """The source's class ids to ours."""
        return {theirs: class_id(name) for theirs, name in self.classes.items()}

    def ignored(self) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
        """Our class id and the edges, as shares of the picture, of each area to ignore."""
        for area in self.ignore:
            for name in area.classes:
                yield class_id(name), area.xyxy

    def fill_ids(self) -> frozenset[int]:
        """Our ids of the classes that the teacher adds."""
        return frozenset(class_id(name) for name in self.fill)


class Sample(_Frozen):
    """A picture of a source with its label file, None where the source has none for it."""

    source: str
    picture: Path
    labels: Path | None

    @property
    def key(self) -> str:
        """A name that is unique over all sources: source, folder, stem."""
        folder = self.picture.parent
        folder = folder.parent if folder.name == "images" else folder
        return f"{self.source}__{folder.name}__{self.picture.stem}"

    @property
    def address(self) -> str:
        """The key as source/folder/picture, for patterns in a recipe."""
        return self.key.replace("__", "/", 2)


def load_source(path: Path) -> Source:
    """Reads one source file; DataError names the file and the first fault."""
    # The readers of formats know sources themselves.
    from training.formats.schema import read_yaml

    return read_yaml(path, Source)


def load_sources(folder: Path) -> tuple[Source, ...]:
    """Every source file of a folder, by name; DataError where there is none or a name is taken."""
    files: dict[str, Path] = {}
    sources: list[Source] = []
    for path in sorted(folder.glob("*.yaml")):
        source = load_source(path)
        if source.name in files:
            raise DataError(
                f"{path} and {files[source.name]} are both called {source.name}: rename one"
            )
        files[source.name] = path
        sources.append(source)
    if not sources:
        raise DataError(f"there are no source files (*.yaml) in {folder}: check --datasets")
    return tuple(sources)


def samples_of(source: Source, root: Path) -> tuple[Sample, ...]:
    """The pictures of a source, by name, without those that a labelled source left unlabelled.

    DataError where a folder or every picture is missing, or two pictures would have one key.
    """
    found: dict[str, Sample] = {}
    for name in source.folders:
        folder = root / name
        for picture in pictures_in(source, folder):
            labels = folder / "labels" / f"{picture.stem}.txt"
            if _excluded(picture, source) or (source.labelled and not labels.exists()):
                continue
            sample = Sample(
                source=source.name, picture=picture, labels=labels if source.labelled else None
            )
            if sample.key in found:
                raise DataError(
                    f"{picture} and {found[sample.key].picture} would have one name in a dataset: "
                    "rename one of the pictures or folders"
                )
            found[sample.key] = sample
    if not found:
        raise DataError(f"no pictures of source {source.name} under {root}: check --data")
    return tuple(found.values())


def pictures_in(source: Source, folder: Path) -> list[Path]:
    """The picture files of one of a source's folders, by name; DataError where it is not there."""
    images = folder / "images" if (folder / "images").is_dir() else folder
    try:
        return sorted(path for path in images.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    except OSError as error:
        raise DataError(
            f"{images} of source {source.name} cannot be read ({error.strerror}): check --data"
        ) from error


def orphans(source: Source, root: Path) -> list[Path]:
    """Label files of a labelled source that belong to no picture."""
    if not source.labelled:
        return []
    found: list[Path] = []
    for name in source.folders:
        stems = {picture.stem for picture in pictures_in(source, root / name)}
        files = sorted((root / name / "labels").glob("*.txt"))
        found += [file for file in files if file.stem not in stems]
    return found


def _excluded(picture: Path, source: Source) -> bool:
    return any(fnmatchcase(picture.stem, pattern) for pattern in source.exclude)
