"""Which mentions speak of one company. Keys decide; name and place only where no key is known.

signatures of a day, in order → `Companies.decide` → company, method, probability; merges and reviews on the way.
A link is stored with the id of the company that the evidence names; merges fold it (`forest.py`), so that an undone merge restores both.
Does not belong here: reading, the order of days (`company_stage.py`).

Named cases: shared hosts and free mail are no key · two values of an exclusive key are two companies, whatever domain they share ·
a domain that was quiet for years and comes back under another name starts a new company · equal best candidates are for a person ·
a name that bears another domain is another company.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz

from signals_pipeline.identity.entities import Entities, Said, Verdict
from signals_pipeline.identity.evidence import EXCLUSIVE, KEYS
from signals_pipeline.identity.match import SEP, Model, model

NEW, RECYCLED = "new", "recycled_domain"
NAME_MEETS_KEY = "name meets key"  # reason of a merge: one of the two was known by its name alone, or by other keys, until now


def never_quiet(domain: str, day: date) -> int:
    """Days since a domain was last spoken of, when nobody counts them."""
    return 0


@dataclass
class Companies(Entities):
    """`pairs`: profile → [(profile, probability)], best candidates by name; `quiet_days(domain, day)`: days since it was last seen."""

    model: Model = field(default_factory=model)
    pairs: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    quiet_days: Callable[[str, date], int] = never_quiet
    holders: dict[str, list[str]] = field(default_factory=dict)  # profile → companies that bear it
    names: dict[str, set[str]] = field(default_factory=dict)  # company → cores of its names

    def learn(self, said: Said, verdict: Verdict) -> None:
        """Keys, name and age of a decision; a recycled domain passes to its new company."""
        super().learn(said, verdict)
        company = verdict.entity_id
        if verdict.method == RECYCLED and (domain := said.keys.get("domain")):
            self.owner["domain", domain] = company
        if said.name and company not in (held := self.holders.setdefault(said.name, [])):
            held.append(company)
            self.names.setdefault(company, set()).add(said.name.split(SEP)[0])

    def decide(self, said: Said) -> Verdict:
        """The company of a new signature; learns it. Merges companies whose keys it brings together."""
        hits = self.hits(said, KEYS)
        former = hits.get("domain")
        if former and self._clashes(said.keys, former):
            del hits["domain"]
        recycled = len(hits) == 1 and former is not None and "domain" in hits and self._is_recycled(said, former)
        if recycled:
            verdict = Verdict(self.new_id(said), RECYCLED, None)
        else:
            verdict = self.met(hits) if hits else self._by_name(said)
        self.learn(said, verdict)
        if hits and not recycled and said.follows_record:
            self._gather(said, verdict.entity_id)
        if former and self.forest.root(former) != self.forest.root(verdict.entity_id):
            what = "came back under another name" if recycled else "is carried by both"
            reason = RECYCLED if recycled else "shared_domain"
            self.review(verdict.entity_id, former, None, f"{reason}: {said.keys['domain']} {what}")
        return verdict

    def objection(self, left: str, right: str) -> str | None:
        """Different numbers of one register."""
        for kind in EXCLUSIVE:
            a, b = self.all_values(left, kind), self.all_values(right, kind)
            if a and b and a.isdisjoint(b):
                return f"different {kind}"
        return None

    def _gather(self, said: Said, own: str) -> None:
        """A record with a known key brings the name along: companies that were told by that name before the key was known are this one.

        The same evidence in the other order would have linked them at once; what spoke against it then does so now.
        """
        likely = {root: p for root, (p, _, _) in self._bearers(said).items() if p >= self.model.link_from}
        for root, probability in sorted(likely.items(), key=lambda b: (-b[1], self.age[b[0]])):
            mine = self.forest.root(own)
            if root == mine or self._differ(root, mine):
                continue
            rivals = [r for r, p in likely.items() if r not in (root, mine) and p >= probability and self._is_keyed(r)]
            both = all(self.all_values(c, "account_id_salesforce") for c in (root, mine))
            if rivals or both:
                self.review(mine, root, probability, f"{'several_candidates' if rivals else 'two_accounts'}: {_spoken(said.name)}")
            else:
                self.merge(mine, root, NAME_MEETS_KEY)

    def _bearers(self, said: Said) -> dict[str, tuple[float, str, bool]]:
        """root → (probability, company, is the very same profile) of the best candidate by name of each company that may be meant."""
        best: dict[str, tuple[float, str, bool]] = {}
        for profile, probability in self.pairs.get(said.name or "", ()):
            for company in self.holders.get(profile, ()):
                root = self.forest.root(company)
                if not self._clashes(said.keys, root) and probability > best.get(root, (0.0,))[0]:
                    best[root] = (probability, company, profile == said.name)
        return best

    def _by_name(self, said: Said) -> Verdict:
        best = self._bearers(said)
        ranked = sorted(best.items(), key=lambda b: (-b[1][0], self.age[b[0]]))
        if said.linked and (not ranked or ranked[0][1][0] < self.model.link_from):
            return Verdict(said.linked, "record", None)  # the record's own link stands until something better is known
        own = self.new_id(said)
        if not ranked:
            return Verdict(own, NEW, None)
        (root, (probability, company, same)), *others = ranked
        known = self.all_values(root, "domain")
        elsewhere = bool(known) and "domain" in said.keys and said.keys["domain"] not in known
        tied = bool(others) and others[0][1][0] == probability
        if probability >= self.model.link_from and not elsewhere and not tied:
            return Verdict(company, "name_place" if same else "name_model", probability)
        if not elsewhere or probability >= self.model.link_from:
            why = "same_name_other_domain" if elsewhere else "several_candidates" if tied else "likely"
            self.review(own, company, probability, f"{why}: {_spoken(said.name)}")
        return Verdict(own, NEW, None)

    def _is_keyed(self, company: str) -> bool:
        return any(self.all_values(company, kind) for kind in KEYS)

    def _differ(self, left: str, right: str) -> bool:
        """Each has a domain, and none in common; or different numbers of one register."""
        ours, theirs = self.all_values(left, "domain"), self.all_values(right, "domain")
        return bool(ours and theirs and ours.isdisjoint(theirs)) or self.objection(left, right) is not None

    def _clashes(self, keys: Mapping[str, str], company: str) -> bool:
        """Another number of a register than the company has."""
        return any((k := keys.get(kind)) and (known := self.all_values(company, kind)) and k not in known for kind in EXCLUSIVE)

    def _is_recycled(self, said: Said, company: str) -> bool:
        """The domain was quiet too long and now bears another name. A CRM account is never quiet: it says nothing while nothing changes."""
        if self.all_values(company, "account_id_salesforce"):
            return False
        if not said.name:
            return False
        core = said.name.split(SEP)[0]
        names = {n for member in self.forest.members(company) for n in self.names.get(member, ())}
        if not names or any(fuzz.token_set_ratio(core, n) >= 60 or fuzz.ratio(core, n) >= 60 for n in names):
            return False
        return self.quiet_days(said.keys["domain"], said.dt) >= self.model.recycled_after_days


def _spoken(profile: str | None) -> str:
    core, hard, *place = (profile or "").split(SEP)
    return ", ".join(p for p in (" ".join((core, *hard.replace("|", " ").split())), *place) if p)
