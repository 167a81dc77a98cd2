"""What a user of the training commands can act on."""

from __future__ import annotations

from detector.errors import StreetwardenError


class DataError(StreetwardenError):
    """Pictures, labels, recipes or weights that cannot be used as they are."""
