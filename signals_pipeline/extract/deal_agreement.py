"""A merger agreement told by its parties alone ("by and among the Company, Acme and Acme Merger Sub"): who buys whom?

sentence + item + `Firms` → `parties` → [Deal]. The side follows from roles, vehicles, shares and votes that the item tells.
"""

from __future__ import annotations

import re

from signals_pipeline.extract.deal_names import Deal, buyer_before, first_party
from signals_pipeline.extract.deal_patterns import AGREED_WITH, LEGAL_END, MERGE, PARENT, STOP, WHOSE_SHARES
from signals_pipeline.extract.firms import LEGAL, RUN, Firms, core
from signals_pipeline.extract.sentences import Sentence


def parties(sentence: Sentence, item: str, firms: Firms) -> list[Deal]:
    """A merger agreement told by its parties alone: "by and among the Company, Acme and Acme Merger Sub"."""
    told = AGREED_WITH.search(sentence.text)
    if not told or MERGE.search(item):
        return []
    listed = _listed(told["all"])
    others = [
        p
        for p in listed
        if not firms.is_own(p) and not firms.is_shell(p) and (p.lower() in firms.full or LEGAL_END.search(p)) and firms.name_of(p)
    ]
    if not any(firms.is_registrant(p) for p in [*listed, buyer_before(sentence.text[: told.start("all")], firms) or ""]):
        return []
    for party in others:
        name = firms.name_of(party)
        role = side(name, item, firms) if name else None
        if name and role:
            return [Deal(name, role, "", sentence, "Merger Agreement", None)]
    return []


def _listed(text: str) -> list[str]:
    """Parties of an agreement in order, descriptions and definitions left out."""
    bare = re.sub(r"\s*\([^()]*\)", "", STOP.split(text)[0])
    bare = re.sub(
        r",\s+an?\s+(?:[a-z][\w-]*|[A-Z]\w+(?= (?:corporation|company|limited|exempted|public)))[^,;]*?(?=,|\s+and\s|$)", "", bare
    )
    pieces = re.split(r",\s+(?:and\s+)?(?!" + LEGAL + r"\b)|\s+and\s+(?=[A-Z]|the\b|[a-z][A-Z])", bare)
    return [re.sub(r"^(?:the|each of)\s+", "", p).strip(" ,.") for p in pieces if p.strip(" ,.")]


def side(other: str, item: str, firms: Firms) -> str | None:
    """Which side of a merger the other company stands on, by what the item says of roles, vehicles, shares and votes; None: it does not."""
    shorts = [short for short, full in firms.full.items() if full == other]
    if any(re.match(r"parent|buyer|purchaser|acquir|topco|holdco", s) for s in shorts):
        return "acquirer"
    if any(re.match(r"target|seller", s) for s in shorts):
        return "target"
    for told in PARENT.finditer(item):
        if owner := _who(first_party(told["parent"]), other, firms):
            return {"own": "target", "other": "acquirer"}[owner]
    for shell in firms.shells:
        first = (core(shell).split() or [""])[0]
        if len(first) > 2 and first == (core(firms.registrant).split() or [""])[0]:
            return "target"
        if len(first) > 2 and first == (core(other).split() or [""])[0]:
            return "acquirer"
    for told in re.finditer(
        rf"\b(?:[Ee]ach|[Aa]ll|[Ee]very)\b[^.;]{{0,60}}?\bof (?:the )?(?P<of>{RUN})[^;]{{0,200}}?\b(?:converted|exchanged|receive)", item
    ):
        bare = re.sub(r"\s+(?:Common|Class|Stock|Shares?|Ordinary).*", "", first_party(told["of"]))
        if owner := _who(bare, other, firms):
            return {"own": "acquirer", "other": "target"}[owner]
    for told in WHOSE_SHARES.finditer(item):
        if owner := _who(first_party(told["of"]), other, firms):
            return {"own": "acquirer", "other": "target"}[owner]
    votes = re.search(r"proxy statement|(?:Company|Registrant)'s (?:stock|share)holders", item)
    return "acquirer" if votes else None


def _who(name: str, other: str, firms: Firms) -> str | None:
    """`own`: the registrant; `other`: the other company; None: somebody else."""
    return "own" if firms.is_registrant(name) else "other" if firms.name_of(name) == other else None
