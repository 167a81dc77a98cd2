"""Which part of a street picture is open ground: what is reached from the camera's feet.

The ground is flooded from the picture's lower edge, over steps in colour that grow from round to
round: asphalt first, then paving, then earth. Kerbs, walls and the known things hold it back.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.stalls.ground import Box, Ground
from training.synthetic.stalls.outline import Pixels

# The longer side of the map.
SIDE_PX = 200
# The steps between neighbours (each Lab channel) that the flood crosses, round by round.
STEPS = (2, 3, 4, 6)
# Greens (Lab a below) are plants.
GREEN = 119


def footing(
    background: Pixels, ground: Ground, things: Sequence[Box]
) -> tuple[NDArray[np.float32], float]:
    """How open each place is, and the map's size beside the picture's.

    `background` is (H, W, 3) BGR; the map (h, w) float32 is 1 on what is surely ground, 0 on what
    is surely none.
    """
    height, width = background.shape[:2]
    scale = min(1.0, SIDE_PX / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    lab = cv2.cvtColor(
        cv2.resize(background, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB
    )
    smooth = np.asarray(cv2.medianBlur(lab, 3), dtype=np.uint8)
    barred = _barred(smooth, ground, things, size[1] / height)
    reached = sum(_flooded(smooth, barred, step) for step in STEPS)
    open_ground = np.asarray(reached, dtype=np.float32) / len(STEPS)
    # Lane marks and manholes are holes in the flood, not in the ground.
    whole = cv2.morphologyEx(open_ground, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return np.asarray(whole, dtype=np.float32), size[1] / height


def _barred(lab: Pixels, ground: Ground, things: Sequence[Box], scale: float) -> Pixels:
    """1 where no ground can be: above the horizon, plants, things."""
    barred = (lab[..., 1] < GREEN).astype(np.uint8)
    barred[: max(0, int(ground.horizon_y_px * scale) + 1)] = 1
    for left, top, right, bottom in things:
        x0, y0, x1, y1 = (max(0, round(edge * scale)) for edge in (left, top, right, bottom))
        barred[y0:y1, x0:x1] = 1
    return barred


def _flooded(lab: Pixels, barred: Pixels, step: int) -> NDArray[np.bool_]:
    height, width = barred.shape
    mask = cv2.copyMakeBorder(barred, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    flags = 4 | (2 << 8) | cv2.FLOODFILL_MASK_ONLY
    for x in range(2, width, max(1, width // 16)):
        for y in (height - 2, int(height * 0.9)):
            if mask[y + 1, x + 1] == 0:
                cv2.floodFill(lab, mask, (x, y), 0, (step,) * 3, (step,) * 3, flags)
    return np.asarray(mask[1:-1, 1:-1] == 2, dtype=np.bool_)
