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
def view(camera: Camera) -> FixedView:
    return FixedView(camera, {}, ModelInput(320, None))


@pytest.fixture
def camera() -> Camera:
    kerb = {"name": "kerb", "kind": "no_parking", "dwell_s": 60}
    kerb["polygon"] = [[200, 300], [500, 300], [500, 400], [200, 400]]
    return Camera.model_validate(
        {
            "id": "crossing-12",
            "name": "人民路口",
            "timezone": "Asia/Shanghai",
            "views": [{"name": "main", "size": list(SIZE), "zones": [kerb]}],
        }
    )


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
        assert (boxes.view, boxes.matrix) == ("main", None)
        repeated.append(boxes.repeated)

    assert repeated == [False, True, True]


def test_what_reaches_the_threshold_of_its_class_is_not_lost_to_what_does_not(camera: Camera):
    released = np.full(11, 0.4, dtype=np.float32)
    released[5] = 0.7
    view = FixedView(camera, {}, ModelInput(320, None, released))
    prepared = view.prepare(look(0.0))
    mosaic = prepared.mosaic
    assert mosaic is not None
    crop = mosaic.crops[0]
    left, top = crop.tile.left + 40, crop.tile.top + 40
    x, y = (at + 40 * mosaic.scale for at in (crop.left, crop.top))
    car = Boxes.of([(left, top, left + 100, top + 60, 3, 0.5)])
    truck = Boxes.of([(x, y, x + 100 * mosaic.scale, y + 60 * mosaic.scale, 5, 0.6)])
    seen = [EMPTY] * len(mosaic.canvases)
    seen[0], seen[1 + crop.canvas] = car, truck

    boxes = view.boxes(prepared, seen)
    assert boxes is not None
    assert boxes.boxes.class_id.tolist() == [3]


def test_a_repeated_look_holds_only_what_stands_where_the_gate_watches(view: FixedView):
    there, beyond = (300.0, 320.0, 400.0, 380.0), (300.0, 200.0, 400.0, 260.0)
    seen = Boxes.of([(*there, 3, 0.9), (*beyond, 3, 0.9)])
    held = []
    for t_s in range(2):
        prepared = view.prepare(look(2.0 * t_s))
        boxes = view.boxes(prepared, [seen, *(EMPTY for _ in prepared.views[1:])])
        view.judge(prepared, boxes)
        assert boxes is not None
        held.append([tuple(it) for it in boxes.boxes.xyxy.tolist()])

    assert held == [[there, beyond], [there]]
