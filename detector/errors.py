"""Errors that a user can act on: each names the thing and the remedy.

    StreetwardenError
    ├── SourceError        footage or a photo cannot be read, or holds nothing to look at
    ├── CameraFileError    a camera file is malformed
    ├── TrackError         a GPS track is malformed
    ├── ModelError         a model file is missing, no model, or not ours
    ├── RecordingError     a boxes.jsonl cannot be replayed
    └── OutputError        the output folder cannot be written

The command line prints the message without a traceback.
"""

from __future__ import annotations


class StreetwardenError(Exception):
    """Base of all errors that a user can act on."""


class SourceError(StreetwardenError):
    """Footage or a photo cannot be read, or holds nothing to look at."""


class CameraFileError(StreetwardenError):
    """A camera file is malformed."""


class TrackError(StreetwardenError):
    """A GPS track is malformed."""


class ModelError(StreetwardenError):
    """A model file is missing, is no model, or is not one of ours."""


class RecordingError(StreetwardenError):
    """A file of recorded boxes cannot be replayed."""


class OutputError(StreetwardenError):
    """The output folder cannot be written."""
