"""Whether a stream shows the very same picture again and again."""

from __future__ import annotations

import zlib

from detector.looks import Picture, Pixels

# Every so many pixels across and down: enough to tell nearly all pictures apart.
_SPARSE = 16


def luma(picture: Picture) -> Pixels:
    """The (h, w) brightness of a picture, or what stands for it."""
    return picture.planes.y if picture.planes is not None else picture.bgr[:, :, 1]


class FrozenWatch:
    """Compares each picture with the one before it, by digests alone.

    A real camera's noise makes any two pictures differ. The whole picture is digested only where
    a sparse grid of it has not changed.
    """

    def __init__(self, after_s: float) -> None:
        self.after_s = after_s
        self._sparse: int | None = None
        self._whole: int | None = None
        self._since_s = 0.0
        self.frozen = False

    def see(self, picture: Picture, steady_s: float) -> bool:
        """Whether this picture has been the same for too long."""
        y = luma(picture)
        sparse = zlib.crc32(y[::_SPARSE, ::_SPARSE].tobytes())
        if sparse != self._sparse:
            self._sparse, self._whole = sparse, None
            return self.changed(steady_s)
        whole = zlib.crc32(y.tobytes())
        before, self._whole = self._whole, whole
        if before is not None and whole != before:
            return self.changed(steady_s)
        return self.same(steady_s)

    def same(self, steady_s: float) -> bool:
        """Note that the picture is known to be unchanged; whether that is for too long."""
        self.frozen = steady_s - self._since_s >= self.after_s
        return self.frozen

    def changed(self, steady_s: float) -> bool:
        """Note that the picture is known to be another; not frozen, that is."""
        self._since_s = steady_s
        self.frozen = False
        return False
