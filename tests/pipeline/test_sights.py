from __future__ import annotations

import numpy as np
import pytest

from detector.looks import Boxes, Look, Picture, Size
from detector.model.mosaic import Mosaic
from detector.pipeline.fixed_view import FixedView
from detector.pipeline.sights import ModelInput
from detector.scene.camera import Camera
from detector.scene.looking import PlanKind

SIZE = Size(1280, 720)
EMPTY = Boxes.of([])


@pytest.fixture
def view() -> FixedView:
    kerb = {"name": "kerb", "kind": "no_parking", "dwell_s": 60}
    kerb["polygon"] = [[200, 300], [500, 300], [500, 400], [200, 400]]
    camera = Camera.model_validate(
        {
            "id": "crossing-12",
            "name": "人民路口",
            "timezone": "Asia/Shanghai",
            "views": [{"name": "main", "size": list(SIZE), "zones": [kerb]}],
        }
    )
    return FixedView(camera, {}, ModelInput(320, None))


def look(t_s: float) -> Look:
    blocks = np.random.default_rng(3).integers(20, 200, (72, 128), dtype=np.uint8)
    grey = np.kron(blocks, np.ones((10, 10), dtype=np.uint8))
    return Look(t_s, None, Picture.from_bgr(np.repeat(grey[..., None], 3, axis=2)))


def test_parts_are_packed_once_for_all_looks_at_a_view_that_stays_put(
    view: FixedView, monkeypatch: pytest.MonkeyPatch
):
    packed: list[Size] = []
    pack = Mosaic.of

    def counted(picture: Size, *args: object, **more: object) -> Mosaic:
        packed.append(picture)
        return pack(picture, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Mosaic, "of", counted)
    kinds = []
    for t_s in range(6):
        prepared = view.prepare(look(2.0 * t_s))
        kinds.append(prepared.plan.kind if prepared.plan else None)
        view.dropped()

    assert set(kinds) == {PlanKind.WHOLE}
    assert len(packed) == 1


def test_a_repeated_look_says_that_it_is_one(view: FixedView):
    repeated = []
    for t_s in range(3):
        prepared = view.prepare(look(2.0 * t_s))
        boxes = view.boxes(prepared, [EMPTY for _ in prepared.views])
        view.judge(prepared, boxes)
        assert boxes is not None
        repeated.append(boxes.repeated)

    assert repeated == [False, True, True]
