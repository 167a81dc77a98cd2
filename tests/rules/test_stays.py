from __future__ import annotations

import pytest

from detector.rules.rulebook import Rulebook
from tests.rules.scenes import car, kerb, look

LEFT_HALF = ((0, 600), (960, 600), (960, 1080), (0, 1080))


@pytest.mark.parametrize(
    ("x", "kept"), [(200, {0.0, 9.0}), (1400, set())], ids=["in the zone", "beside it"]
)
def test_only_what_stands_in_a_zone_has_looks_worth_keeping(x: float, kept: set[float]) -> None:
    rules = Rulebook([kerb(60, corners=LEFT_HALF)], fixed_camera=True, least_looks=2)
    for t_s in range(10):
        rules.see(look(t_s, [car(x=x)]))
    assert rules.moments() >= kept
    assert bool(rules.moments()) == bool(kept)


def test_all_that_proves_a_stay_is_kept() -> None:
    zones = [kerb(30, corners=LEFT_HALF)]
    rules = Rulebook(zones, fixed_camera=True, least_looks=2)
    for t_s in range(90):
        rules.see(look(t_s, [car(x=200)]))
    (finding,) = rules.ongoing()
    assert {sighting.t_s for _, sighting in finding.moments} <= rules.moments()
