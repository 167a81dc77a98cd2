"""What the camera did to a picture: blur, noise, compression; and the same done to a layer."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Blur added to measure the blur that is there, pixels.
PROBE_SIGMA_PX = 1.2
# A freshly drawn layer is already this soft: the box filter of its reduction, pixels.
DRAWN_SIGMA_PX = 0.35
MAX_SIGMA_PX = 1.5
# Share of edge pixels (the steepest) from which the blur is read.
EDGE_SHARE = 0.02
# Steps on the 8-pixel grid this much higher than beside it show JPEG blocks.
BLOCKY = 1.12
# Parts of a layer thinner than this are left out: no pixel changes there.
MIN_ALPHA = 1 / 128
# Room around a layer for its blur, pixels.
MARGIN_PX = 6
# Pictures are read in their middle part of this size, pixels.
_PROBE_SIDE_PX = 512


@dataclass(frozen=True, slots=True)
class Camera:
    """Blur (sigma, pixels), noise (sigma, grey levels), JPEG quality where blocks show."""

    blur_px: float
    noise: float
    jpeg_quality: int | None


def camera_of(picture: NDArray[np.uint8]) -> Camera:
    """Reads blur, noise and blocks from a picture (H, W, 3), BGR."""
    height, width = picture.shape[:2]
    top = max(0, (height - _PROBE_SIDE_PX) // 16 * 8)
    left = max(0, (width - _PROBE_SIDE_PX) // 16 * 8)
    part = picture[top : top + _PROBE_SIDE_PX, left : left + _PROBE_SIDE_PX]
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY).astype(np.float32)
    noise = _noise(grey)
    return Camera(_blur_px(grey), noise, _jpeg_quality(grey))


def composited(
    background: NDArray[np.uint8],
    colour: NDArray[np.float32],
    alpha: NDArray[np.float32],
    camera: Camera,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """The picture with a sharp layer in it, as that camera would have taken it.

    `colour` (H, W, 3) BGR 0..255 and `alpha` (H, W) 0..1 are of the picture's size. Mixed in
    linear light (gamma 2). Pixels that the blurred layer does not reach stay as they are.
    """
    picture = background.copy()
    left, top, width, height = cv2.boundingRect((alpha > 0).astype(np.uint8))
    if not width or not height:
        return picture
    rows = slice(max(0, top - MARGIN_PX) // 8 * 8, top + height + MARGIN_PX)
    columns = slice(max(0, left - MARGIN_PX) // 8 * 8, left + width + MARGIN_PX)
    below = background[rows, columns]
    shown, soft = _blurred(colour[rows, columns], alpha[rows, columns], camera)
    grain = _grain(soft.shape, camera.noise, rng)[:, :, np.newaxis]
    share = soft[:, :, np.newaxis]
    mixed = np.sqrt(np.square(below, dtype=np.float32) * (1 - share) + shown)
    mixed = np.clip(mixed + grain * share, 0, 255).astype(np.uint8)
    mixed = _compressed(mixed, camera)
    picture[rows, columns] = np.where(share > MIN_ALPHA, mixed, below)
    return picture


def _blurred(
    colour: NDArray[np.float32], alpha: NDArray[np.float32], camera: Camera
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Squared colour times alpha, and alpha, both softened to the camera's blur."""
    both = np.dstack([np.square(colour) * alpha[:, :, np.newaxis], alpha])
    sigma = float(np.sqrt(max(0.0, camera.blur_px**2 - DRAWN_SIGMA_PX**2)))
    if sigma > 0.15:
        both = cv2.GaussianBlur(both, (0, 0), sigma)
    return np.asarray(both[:, :, :3], np.float32), np.asarray(both[:, :, 3], np.float32)


def _grain(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise of neighbouring pixels somewhat alike, as demosaicing leaves it."""
    raw = rng.standard_normal((shape[0], shape[1]), dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(raw, (3, 3), 0.6) * (sigma * 1.8), np.float32)


def _compressed(picture: NDArray[np.uint8], camera: Camera) -> NDArray[np.uint8]:
    if camera.jpeg_quality is None:
        return picture
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, camera.jpeg_quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _blur_px(grey: NDArray[np.float32]) -> float:
    """Sigma from how much an added blur flattens the steepest edges.

    An edge of sigma s has the slope k / s; blurred again by p, k / sqrt(s^2 + p^2). The ratio R
    of both gives s = p / sqrt(R^2 - 1) (Zhuo and Sim 2011).
    """
    softer = np.asarray(cv2.GaussianBlur(grey, (0, 0), PROBE_SIGMA_PX), np.float32)
    before, after = _slope(grey), _slope(softer)
    steep = before >= np.quantile(before, 1 - EDGE_SHARE)
    steep &= before > 16
    if np.count_nonzero(steep) < 20:
        return MAX_SIGMA_PX / 2
    ratio = float(np.quantile(before[steep] / np.maximum(after[steep], 1e-3), 0.6))
    sigma = PROBE_SIGMA_PX / float(np.sqrt(max(1e-2, ratio * ratio - 1)))
    return min(MAX_SIGMA_PX, max(DRAWN_SIGMA_PX, sigma))


def _slope(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _noise(grey: NDArray[np.float32]) -> float:
    """Sigma of the noise by the operator of Immerkaer (1996), in the calmer half of the tiles."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    rough = np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel))
    tile = cv2.resize(
        rough, (max(1, grey.shape[1] // 16), max(1, grey.shape[0] // 16)),
        interpolation=cv2.INTER_AREA,
    )  # fmt: skip
    return min(8.0, float(np.sqrt(np.pi / 2) / 6 * np.quantile(tile, 0.3)))


def _jpeg_quality(grey: NDArray[np.float32]) -> int | None:
    """Quality guessed from the steps on the 8-pixel grid; None where no grid shows."""
    if min(grey.shape) < 32:
        return None
    steps = np.minimum(np.abs(np.diff(grey, axis=1)), 12).mean(axis=0)
    on_grid = float(steps[7::8].mean())
    beside = float(np.delete(steps, np.s_[7::8]).mean())
    excess = on_grid / max(beside, 0.1)
    return None if excess < BLOCKY else int(np.clip(90 - 80 * (excess - 1), 45, 85))
