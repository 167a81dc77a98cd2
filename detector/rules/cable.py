"""Exposed cable: tangled, sagging or loosely hanging cables. Whose they are, a person must say."""

from __future__ import annotations

from functools import partial

from detector.geometry.zone import ZoneKind
from detector.observation import RuleVersion
from detector.rules.lasting import Lasting, of_kind
from detector.taxonomy import Kind

RULE = Lasting(
    RuleVersion(name="cable", version="2"),
    Kind.EXPOSED_CABLE,
    partial(of_kind, kind=Kind.EXPOSED_CABLE),
    zones=ZoneKind.CABLE_WATCH,
)
