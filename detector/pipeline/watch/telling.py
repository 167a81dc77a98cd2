"""From what the rules assert to revisions of observations, each written once and for good."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.errors import OutputError
from detector.observation import Evidence, Observation, Position, State
from detector.pipeline.watch.files import ObservationFiles
from detector.pipeline.watch.proofs import Proofs
from detector.pipeline.watch.signer import StreamSigner
from detector.pipeline.watch.state import OpenStay, as_lost
from detector.pipeline.watch.stays import News, Stays

if TYPE_CHECKING:
    from detector.pipeline.view_rules import Asserted

CLIP_BEFORE_S = 8.0
CLIP_AFTER_S = 2.0
CLIP_PATIENCE_S = 1.0
"""Packets reach the clip's buffer a little after their look was due."""

MOST_UNWRITTEN = 10_000
"""Where the disk is full for long, the oldest revisions are given up, and counted."""

Clipper = Callable[[float, float], bytes | None]
"""A clip (MP4) of the stream between two rule times in seconds, None where it has none."""


@dataclass(frozen=True)
class TellerParts:
    """What a camera's teller works with."""

    stays: Stays
    signer: StreamSigner
    proofs: Proofs
    files: ObservationFiles
    locate: Callable[[Asserted], Position | None]
    clip: Clipper
    told: Callable[[Observation], None]
    warn: Callable[[str], None]


class Teller:
    """Tells the stays of one camera.

    What is due goes into `outbox` first. The caller saves the state with it, then calls `flush`:
    a kill between the two leaves the outbox in the state, and `flush` writes what is not in the
    file yet.
    """

    def __init__(self, parts: TellerParts, outbox: Iterable[Observation] = ()) -> None:
        self._parts = parts
        self._outbox = deque(outbox, maxlen=MOST_UNWRITTEN)
        self._aside: list[str] = []
        self._clips_tried: set[object] = set()
        self.given_up = 0

    @property
    def outbox(self) -> Sequence[Observation]:
        """Revisions that may not be in the file yet."""
        return tuple(self._outbox)

    @property
    def stays(self) -> Stays:
        """The stays that are told."""
        return self._parts.stays

    def tell(self, over: Iterable[Asserted], ongoing: Iterable[Asserted], now_s: float) -> int:
        """Put what is due at rule time `now_s` into the outbox; returns how much it is."""
        # Where the disk is full, revisions of what is known can wait; beginnings and ends cannot.
        full = bool(self._outbox)
        due = [
            news
            for news in self.stays.news(over, ongoing, now_s)
            if not full or news.over or news.before is None
        ]
        for news in due:
            self._tell_or_warn(news, now_s)
        orphans = self.stays.orphans(now_s)
        for stay in orphans:
            self.lose(stay)
        return len(due) + len(orphans)

    def lose(self, stay: OpenStay) -> None:
        """A stay ends without its end having been seen."""
        self._post(as_lost(stay.observation))
        self.stays.close(stay.key)

    def flush(self) -> None:
        """Write the outbox; OutputError where that fails, and it is tried again the next time."""
        if self._outbox:
            written = tuple(self._outbox)
            self._parts.files.append(written)
            # At once: what lies here is written again.
            self._outbox.clear()
            for observation in written:
                self._parts.told(observation)
        self._parts.proofs.remove(self._aside)
        self._aside.clear()

    def _tell_or_warn(self, news: News, now_s: float) -> None:
        """One finding that is no sound observation costs the others nothing."""
        try:
            self._tell(news, now_s)
        except ValueError as error:
            self._parts.warn(f"a finding cannot be told: {error}")
            if news.over and news.before is not None:
                self.lose(news.before)

    def _tell(self, news: News, now_s: float) -> None:
        parts, finding, before = self._parts, news.asserted.finding, news.before
        last = before.observation if before else None
        id_ = last.id if last else parts.signer.id_of(finding)
        told = last.revision if last else parts.files.last_revision(id_, finding.first.at)
        if last is None and told and finding.state is State.LOST:
            return  # the rules lose what was told to be lost long ago
        evidence = self._evidence(news, last)
        signed = parts.signer.sign(
            finding, parts.locate(news.asserted), evidence, view=news.asserted.fit.view
        )
        observation = signed.model_copy(update={"id": id_, "revision": told + 1})
        # The revision before keeps its pictures until the next: somebody may be reading it.
        self._aside += before.aside if before else ()
        self.stays.told(news, observation, now_s)
        self._post(observation)

    def _evidence(self, news: News, last: Observation | None) -> tuple[Evidence, ...]:
        parts, before = self._parts, news.before
        clip = before.clip if before else None
        if news.over and before is not None and clip is None:
            clip = self._cut(before, news.asserted.finding.last.t_s)
        try:
            id_ = last.id if last else parts.signer.id_of(news.asserted.finding)
            pictures = parts.proofs.of(news.asserted, id_, last)
        except OutputError as error:
            parts.warn(f"an observation goes without pictures: {error}")
            pictures = ()
        return (*pictures, clip) if clip else pictures

    def _post(self, observation: Observation) -> None:
        if len(self._outbox) == MOST_UNWRITTEN:
            self.given_up += 1
        self._outbox.append(observation)

    def cut_clips(self, now_s: float) -> None:
        """Cut the clips that are due at rule time `now_s`."""
        for stay in self.stays.open:
            due = now_s >= stay.limit_s + CLIP_AFTER_S + CLIP_PATIENCE_S
            if due and stay.clip is None:
                clip = self._cut(stay, now_s)
                if clip is not None:
                    self.stays.add_clip(stay.key, clip)
        self._clips_tried &= {stay.key for stay in self.stays.open}

    def _cut(self, stay: OpenStay, now_s: float) -> Evidence | None:
        """Cut once, from the time of the limit, while the stream still has it."""
        if stay.key in self._clips_tried:
            return None
        self._clips_tried.add(stay.key)
        until_s = min(now_s, stay.limit_s + CLIP_AFTER_S)
        content = self._parts.clip(stay.limit_s - CLIP_BEFORE_S, until_s)
        if content is None:
            return None
        try:
            return self._parts.proofs.clip(content, stay)
        except OutputError as error:
            self._parts.warn(f"a clip was not kept: {error}")
            return None
