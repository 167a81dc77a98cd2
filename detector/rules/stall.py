"""Stall encroachment: a stall in public ground. Whether it has a permit, a person must say."""

from __future__ import annotations

from functools import partial

from detector.geometry.zone import ZoneKind
from detector.observation import RuleVersion
from detector.rules.lasting import Lasting, of_kind
from detector.taxonomy import Kind

RULE = Lasting(
    RuleVersion(name="stall", version="2"),
    Kind.STALL_ENCROACHMENT,
    partial(of_kind, kind=Kind.STALL_ENCROACHMENT),
    zones=ZoneKind.NO_STALL,
    further=(ZoneKind.KEEP_CLEAR,),
)
