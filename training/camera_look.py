"""Makes a training picture look as if another camera had taken it.

Every effect takes and gives a BGR picture (H, W, 3) uint8 and draws its strength from `rng`.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from training.recipe import CameraPart

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Effect = Callable[[Pixels, np.random.Generator], Pixels]


def another_camera(picture: Pixels, part: CameraPart, rng: np.random.Generator) -> Pixels:
    """The picture after the effects that chance picks, in the order in which a camera has them."""
    for name, effect in EFFECTS.items():
        if rng.random() < getattr(part, name):
            picture = effect(picture, rng)
    return picture


def _bytes(values: Floats | NDArray[np.float64]) -> Pixels:
    return np.asarray(values.clip(0, 255), dtype=np.uint8)


def rain(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Slanted streaks and a veil that takes contrast away."""
    height, width = picture.shape[:2]
    streaks = np.zeros((height, width), dtype=np.uint8)
    slant = float(rng.uniform(-0.35, 0.35))
    for _ in range(int(rng.integers(60, 260) * height * width / 416**2)):
        x, y = float(rng.uniform(0, width)), float(rng.uniform(0, height))
        length = float(rng.uniform(0.02, 0.07)) * height
        end = (round(x + slant * length), round(y + length))
        cv2.line(streaks, (round(x), round(y)), end, int(rng.integers(60, 200)), 1, cv2.LINE_AA)
    veil = picture.astype(np.float32) * 0.8 + 30
    alpha = cv2.GaussianBlur(streaks, (3, 3), 0).astype(np.float32)[..., None] / 255 * 0.5
    return _bytes(veil * (1 - alpha) + 210 * alpha)


def snow(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Flakes of several sizes."""
    height, width = picture.shape[:2]
    flakes = np.zeros((height, width), dtype=np.uint8)
    for _ in range(int(rng.integers(40, 250) * height * width / 416**2)):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(flakes, centre, int(rng.integers(1, 3)), int(rng.integers(120, 255)), -1)
    alpha = cv2.GaussianBlur(flakes, (3, 3), 0).astype(np.float32)[..., None] / 255 * 0.8
    return _bytes(picture * (1 - alpha) + 240 * alpha)


def night(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Dark, with a lamp's pool of light and colour, and the grain of a raised gain."""
    height, width = picture.shape[:2]
    centre_x, centre_y = rng.uniform(0, width), rng.uniform(0, height * 0.8)
    reach = rng.uniform(0.25, 0.7) * max(height, width)
    down = np.exp(-((np.arange(height, dtype=np.float32) - centre_y) ** 2) / (2 * reach**2))
    across = np.exp(-((np.arange(width, dtype=np.float32) - centre_x) ** 2) / (2 * reach**2))
    lamp = np.outer(down, across).astype(np.float32)
    light = np.float32(rng.uniform(0.15, 0.4)) + np.float32(rng.uniform(0.2, 0.6)) * lamp
    warm = np.array([rng.uniform(0.6, 1.1), rng.uniform(0.85, 1.0), rng.uniform(0.9, 1.15)])
    curve = 255 * (np.arange(256, dtype=np.float32) / 255) ** np.float32(rng.uniform(1.0, 1.5))
    table = curve[None, :, None] * warm.astype(np.float32)
    dark = np.stack([table[0, picture[..., c], c] for c in range(3)], axis=-1) * light[..., None]
    return noise(_bytes(dark), rng)


def infrared(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Grey, bright in the middle where the camera's own light falls."""
    height, width = picture.shape[:2]
    weights = rng.dirichlet((2.0, 2.0, 4.0)).astype(np.float32)
    grey = picture.astype(np.float32) @ weights
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot((x - width / 2) / width, (y - height / 2) / height)
    lit = grey * (1.1 - rng.uniform(0.4, 1.3) * away)
    low = rng.uniform(0, 30)
    return np.repeat(_bytes(low + lit * rng.uniform(0.6, 1.0))[..., None], 3, axis=2)


def colour(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Another white balance and saturation, or contrast equalised as cheap cameras do."""
    if rng.random() < 0.3:
        lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)
        clahe = cv2.createCLAHE(float(rng.uniform(1.5, 5)), (8, 8))
        lab[..., 0] = clahe.apply(np.ascontiguousarray(lab[..., 0]))
        return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), dtype=np.uint8)
    gains = rng.uniform(0.8, 1.2, 3)
    vivid = rng.uniform(0.2, 1.2)
    # One matrix: towards the mean of the channels, then each channel's gain.
    mix = (np.eye(3) * vivid + np.full((3, 3), (1 - vivid) / 3)) * gains[:, None]
    return np.asarray(cv2.transform(picture, mix), dtype=np.uint8)


def blur(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Movement during the exposure, or a lens out of focus."""
    if rng.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.6, 1.8)), dtype=np.uint8)
    length = int(rng.integers(3, 10))
    kernel = np.zeros((length, length), dtype=np.float32)
    kernel[length // 2] = 1.0
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), rng.uniform(0, 180), 1)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), dtype=np.float32)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), dtype=np.uint8)


def distance(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """As few pixels as a camera farther away would have had, enlarged again."""
    height, width = picture.shape[:2]
    share = rng.uniform(0.35, 0.8)
    small = cv2.resize(
        picture,
        (max(1, round(width * share)), max(1, round(height * share))),
        interpolation=cv2.INTER_AREA,
    )
    way = cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(small, (width, height), interpolation=way), dtype=np.uint8)


def noise(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Grain: stronger in colour than in a sensor's test, as after a cheap camera's gain."""
    height, width = picture.shape[:2]
    grain = rng.standard_normal((height, width, 1), dtype=np.float32)
    coarse = rng.standard_normal((height // 2 + 1, width // 2 + 1, 3), dtype=np.float32)
    chroma = np.repeat(np.repeat(coarse, 2, axis=0), 2, axis=1)[:height, :width]
    strength, colourful = np.float32(rng.uniform(3, 18)), np.float32(rng.uniform(0, 5))
    return _bytes(picture + strength * grain + colourful * chroma)


def compression(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Blocks, as a stream of few bits has them."""
    quality = int(rng.integers(12, 55))
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


EFFECTS: dict[str, Effect] = {
    "colour": colour,
    "night": night,
    "infrared": infrared,
    "rain": rain,
    "snow": snow,
    "blur": blur,
    "distance": distance,
    "noise": noise,
    "compression": compression,
}
