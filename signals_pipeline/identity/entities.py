"""What companies and people have in common: keys with owners, ages, merges that a person can refuse or undo, reviews.

Subclasses decide (`companies.py`, `people.py`). The state is plain dicts, rebuilt from the lake before each span.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from signals_pipeline.identity.forest import Forest
from signals_pipeline.identity.reading import Decision
from signals_pipeline.keys import as_uuid, md5


class Said(NamedTuple):
    """The first record of a signature. `keys`: kind → value, without empty ones. For companies `name` is the profile (name and place);
    for people the name key, and `company_id` the employer as linked, not folded."""

    record_id: str
    dt: date
    known_at: str
    keys: Mapping[str, str]
    name: str | None
    signature: str
    company_id: str | None = None
    linked: str | None = None  # what the record was linked to before it said this
    follows_record: bool = False  # the record speaks of one entity for good (an account does; the employer of a contact changes)


class Verdict(NamedTuple):
    """`entity_id`: the company or person that the evidence names, before merges."""

    entity_id: str
    method: str
    probability: float | None


class Review(NamedTuple):
    left_id: str
    right_id: str
    probability: float | None
    reason: str


@dataclass
class Entities:
    """All that is known up to now."""

    forest: Forest = field(default_factory=Forest)
    owner: dict[tuple[str, str], str] = field(default_factory=dict)  # (kind, value) → entity
    values: dict[str, dict[str, set[str]]] = field(default_factory=dict)  # entity → kind → values, own ones
    age: dict[str, tuple[date, str, str]] = field(default_factory=dict)  # dt, known_at, record of the first-known record
    by_signature: dict[str, Verdict] = field(default_factory=dict)
    apart: set[frozenset[str]] = field(default_factory=set)  # a person said: different
    reviewed: set[frozenset[str]] = field(default_factory=set)
    reviews: list[Review] = field(default_factory=list)  # of today

    def learn(self, said: Said, verdict: Verdict) -> None:
        """Take over a decision; a key that has an owner keeps it."""
        entity = verdict.entity_id
        self.by_signature[said.signature] = verdict
        born = (said.dt, said.known_at, said.record_id)
        if entity not in self.age or born < self.age[entity]:
            self.age[entity] = born
        own = self.values.setdefault(entity, {})
        for kind, value in said.keys.items():
            own.setdefault(kind, set()).add(value)
            self.owner.setdefault((kind, value), entity)

    def obey(self, decisions: Iterable[Decision]) -> None:
        """What people said: join what is the same, cut what is different. Said again, it changes nothing."""
        for told in decisions:
            pair = frozenset((told.left, told.right))
            if not told.is_same:
                self.apart.add(pair)
                while told.left != told.right and self.forest.cut(told.left, told.right):
                    pass  # an id may hang together by more than one merge of theirs
            elif told.left in self.age and told.right in self.age:
                self.apart.discard(pair)
                self.merge(told.left, told.right, "decision", by_person=True)

    def hits(self, said: Said, kinds: Iterable[str]) -> dict[str, str]:
        """kind → owner of the key that the record carries, in the order of `kinds`."""
        return {k: owner for k in kinds if (v := said.keys.get(k)) and (owner := self.owner.get((k, v)))}

    def met(self, hits: Mapping[str, str]) -> Verdict:
        """The owner of the first key; those whose keys the record brings together with it are merged."""
        kind, *others = hits
        for other in others:
            self.merge(hits[kind], hits[other], f"{kind} meets {other}")
        return Verdict(hits[kind], kind, 1.0)

    def new_id(self, said: Said) -> str:
        """uuid of the first-known record; of record and signature when the record already founded another one."""
        own = as_uuid(said.record_id)
        return own if own not in self.age else as_uuid(md5(said.record_id, said.signature))

    def all_values(self, entity: str, kind: str) -> set[str]:
        """Values of a kind over everything that is merged with the entity."""
        return {v for member in self.forest.members(entity) for v in self.values.get(member, {}).get(kind, ())}

    def merge(self, one: str, other: str, reason: str, *, by_person: bool = False) -> None:
        """Point the younger to the older; nothing when a person said no, a review when `objection` has one."""
        left, right = self.forest.root(one), self.forest.root(other)
        if left == right or self._kept_apart(left, right):
            return
        if not by_person and (objection := self.objection(left, right)):
            self.review(left, right, None, f"{objection}: {reason}")
            return
        older, younger = sorted((left, right), key=lambda e: self.age[e])
        self.forest.merge(younger, older, reason)

    def decide(self, said: Said) -> Verdict:
        """The entity of a new signature; learns it."""
        raise NotImplementedError

    def objection(self, left: str, right: str) -> str | None:
        """Why two roots must not be merged without a person, or None."""
        raise NotImplementedError

    def review(self, left: str, right: str, probability: float | None, reason: str) -> None:
        """Ask a person about a pair, once."""
        pair = frozenset((left, right))
        if left != right and pair not in self.reviewed and pair not in self.apart:
            self.reviewed.add(pair)
            first, second = sorted(pair)
            self.reviews.append(Review(first, second, probability, reason))

    def _kept_apart(self, left: str, right: str) -> bool:
        if not self.apart:
            return False
        ours, theirs = set(self.forest.members(left)), set(self.forest.members(right))
        return any(len(pair & ours) == 1 and len(pair & theirs) == 1 for pair in self.apart)
