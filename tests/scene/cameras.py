"""Camera files as tables: sound ones, and the faults of the others."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from detector.errors import CameraFileError
from detector.scene.camera import Camera, load_camera

SAMPLE = """\
id: crossing-12
name: 人民路口
timezone: Asia/Shanghai
position: {lat: 31.2304, lon: 121.4737, accuracy_m: 15}
views:
  - name: main
    size: [1920, 1080]
    zones:
      - {name: kerb, kind: no_parking, polygon: [[100, 620], [900, 600], [940, 760], [80, 800]],
         dwell_s: 180, classes: [car, bus, truck]}
"""
SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100]]


def camera(**more: object) -> dict[str, object]:
    return {"id": "a", "name": "A", "timezone": "Asia/Shanghai", "views": [view()]} | more


def view(*zones: dict[str, object], **more: object) -> dict[str, object]:
    return {"name": "main", "size": [200, 100], "zones": list(zones or [zone()])} | more


def zone(**more: object) -> dict[str, object]:
    return {"name": "kerb", "kind": "no_parking", "polygon": SQUARE} | more


class WrittenOut(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def load(folder: Path, content: object) -> Camera:
    path = folder / "camera.yaml"
    text = content if isinstance(content, str) else yaml.dump(content, Dumper=WrittenOut)
    path.write_text(text, encoding="utf-8")
    return load_camera(path)


def faults(folder: Path, content: object) -> list[str]:
    with pytest.raises(CameraFileError) as caught:
        load(folder, content)
    head, *lines = str(caught.value).splitlines()
    assert "camera.yaml" in head
    return [line.strip() for line in lines]


def zone_fault(folder: Path, **more: object) -> str:
    (fault,) = faults(folder, camera(views=[view(zone(**more))]))
    return fault
