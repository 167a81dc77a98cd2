"""Labels of other tools: read into our classes, written back."""

from training.choices import Format
from training.formats.collection import read_collection
from training.formats.exporting import ExportFormat, export_data
from training.formats.importing import ImportReport, import_data

__all__ = [
    "ExportFormat",
    "Format",
    "ImportReport",
    "export_data",
    "import_data",
    "read_collection",
]
