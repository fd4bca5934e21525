"""Which records speak of one person. Addresses, profile URLs and vendors' ids decide; else the name at the same company.

signatures of a day, in order → `People.decide` → person, method, probability; merges and reviews on the way.
Two people who both stand in the CRM are never merged here: a person reviews them. A shared mailbox (info@, sales@) is no key.
Does not belong here: reading, the order of days (`person_stage.py`), which company a record names (`companies.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from signals_pipeline.identity.entities import Entities, Said, Verdict

# strongest first
KEYS = ("email_key", "linkedin", "contact_id_salesforce", "lead_id_salesforce", "prospect_id_outreach", "user_id_product",
        "people_id_sixsense")  # fmt: skip
IN_CRM = ("contact_id_salesforce", "lead_id_salesforce")
DISTINCT = ("email_key", "linkedin", *IN_CRM)  # a namesake with another one of these is not taken for the same person
NAME_COMPANY = 0.95  # said of a link by name and company; not measured, below every key


def _alone(company: str) -> list[str]:
    return [company]


@dataclass
class People(Entities):
    """`company_members(id)`: every id that is one company with it on the current day."""

    company_members: Callable[[str], Sequence[str]] = _alone
    namesakes: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)  # name, company → person → how many came before
    _told: int = 0

    def learn(self, said: Said, verdict: Verdict) -> None:
        super().learn(said, verdict)
        if said.name and said.company_id:
            self._told += 1
            self.namesakes.setdefault((said.name, said.company_id), {}).setdefault(verdict.entity_id, self._told)

    def decide(self, said: Said) -> Verdict:
        """The person of a new signature; learns it."""
        hits = self.hits(said, KEYS)
        verdict = self.met(hits) if hits else self._by_name(said)
        for kind in IN_CRM:  # one person, two CRM records of a kind: one person here, and a review there
            known = self.all_values(verdict.entity_id, kind)
            if (value := said.keys.get(kind)) and known and value not in known:
                self.review(value, min(known), None, f"crm_duplicate: two values of {kind} for one person")
        self.learn(said, verdict)
        return verdict

    def objection(self, left: str, right: str) -> str | None:
        """Both stand in the CRM."""
        return "both_in_crm" if all(any(self.all_values(p, kind) for kind in IN_CRM) for p in (left, right)) else None

    def _by_name(self, said: Said) -> Verdict:
        own = self.new_id(said)
        if not said.name or not said.company_id:
            return Verdict(own, "new", None)
        here = self.company_members(said.company_id)
        known = sorted((at, p) for c in here for p, at in self.namesakes.get((said.name, c), {}).items())
        found = {self.forest.root(p): p for _, p in known}
        fitting = [person for root, person in found.items() if not self._differs(said.keys, root)]
        if len(fitting) == 1:
            return Verdict(fitting[0], "name_company", NAME_COMPANY)
        why = "namesakes: several at one company" if fitting else "namesake: same name and company, another address or id"
        for root in sorted(found):
            self.review(own, root, None, why)
        return Verdict(own, "new", None)

    def _differs(self, keys: Mapping[str, str], person: str) -> bool:
        return any((v := keys.get(kind)) and (known := self.all_values(person, kind)) and v not in known for kind in DISTINCT)
