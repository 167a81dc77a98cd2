"""Pictures that prove an observation: drawn, cut out and stored."""

from detector.evidence.crops import crop
from detector.evidence.drawing import annotate
from detector.evidence.marks import Caption, Mark, ZoneOutline, suspected_mark
from detector.evidence.store import JPEG_QUALITY, EvidenceStore, StoredFile

__all__ = [
    "JPEG_QUALITY",
    "Caption",
    "EvidenceStore",
    "Mark",
    "StoredFile",
    "ZoneOutline",
    "annotate",
    "crop",
    "suspected_mark",
]
