"""Who stands on which side of a deal: merger clauses ("Sub will merge with and into Target"), purchases ("acquired ... of Target"), offers.

sentence + item + `Firms` → [Deal] with the other company and its role. Does not belong here: stage, day and price (`deal_terms.py`),
agreements told by their parties alone (`deal_agreement.py`).
"""

from __future__ import annotations

import re

from signals_pipeline.extract.deal_names import Deal, buyer_before, first_party, last_party, parent_of, plausible
from signals_pipeline.extract.deal_patterns import (
    ADDED,
    ALL_ASSETS,
    BECAME,
    BOUGHT_BY,
    BUY,
    COMBINED,
    FROM_SELLER,
    INSERTED,
    JOINED,
    MERGE,
    MERGER_OF,
    NOT_A_COMPANY,
    NOT_A_FIRM,
    OFFER,
    PART_OF_ASSETS,
    PASSIVE,
    PURPOSE,
    WHOLE,
)
from signals_pipeline.extract.firms import Firms
from signals_pipeline.extract.sentences import Sentence

_DESCRIPTION = re.compile(  # "Sub, a newly formed subsidiary of Acme ("Acme"), was merged": the vehicle is merged, not its owner
    r",\s+(?:an?|the Company's|its)\s[^,;()]*\bsubsidiary of [^,;()]*(?:,? (?:Inc|Corp|LLC|Ltd)\.?)?(?:\s*\([^()]*\))?,(?=\s+(?:was|"
    r"were|will|would|shall|merged|is|has)\b)"
)


def mergers(sentence: Sentence, item: str, firms: Firms) -> list[Deal]:
    """Merger clauses: vehicle into target, vehicle into registrant, one company into the other; and "became a subsidiary of"."""
    found = []
    told = _DESCRIPTION.sub(" ", sentence.text)
    for clause in [*MERGE.finditer(told), *MERGER_OF.finditer(told)]:
        sub, into = last_party(clause["sub"]), first_party(clause["into"])
        verb = clause["verb"].strip() + " into"
        theirs, ours = firms.name_of(into), firms.name_of(sub)
        if firms.is_registrant(into) and firms.is_shell(sub):
            if parent := parent_of(sentence.text, firms) or parent_of(item, firms) or firms.buyer():
                found.append(Deal(parent, "acquirer", "", sentence, verb, None))
        elif (
            firms.is_registrant(sub)
            and theirs
            and (parent := parent_of(sentence.text, firms) or parent_of(item, firms) or (None if firms.is_shell(into) else theirs))
        ):
            found.append(Deal(parent, "acquirer", "", sentence, verb, None))
        elif firms.is_shell(sub) and not firms.is_shell(into) and theirs and not firms.is_registrant(theirs):
            parent = parent_of(sentence.text, firms)
            if parent is None or firms.is_registrant(parent):
                found.append(Deal(theirs, "target", "", sentence, verb, None))
        elif firms.is_own(into) or (firms.is_shell(into) and not parent_of(sentence.text, firms)):
            is_other = ours and not firms.is_shell(sub) and not firms.is_own(ours)
            if ours and is_other and plausible(sub, ours, firms) and not NOT_A_COMPANY.search(ours):
                found.append(Deal(ours, "target", "", sentence, verb, None))
    for clause in BECAME.finditer(sentence.text):
        if not clause["parent"] and not clause["ours"]:
            continue
        who, parent = last_party(clause["who"]), first_party(clause["parent"] or firms.registrant)
        name = firms.name_of(parent)
        theirs = firms.name_of(who)
        if theirs and firms.is_own(parent) and not firms.is_own(who) and not firms.is_shell(who) and plausible(who, theirs, firms):
            found.append(Deal(theirs, "target", "", sentence, clause["verb"], None))
        if firms.is_registrant(who) and name and not firms.is_own(parent):
            found.append(Deal(firms.buyer() or name if firms.is_shell(name) else name, "acquirer", "", sentence, clause["verb"], None))
    return found


def purchases(sentence: Sentence, item: str, firms: Firms) -> list[Deal]:
    """ "A acquired all shares of B", "A to be acquired by B", "an offer by A for the shares of B": the side that is not the registrant."""
    found, words = [], INSERTED.sub("", sentence.text)
    for clause in BUY.finditer(words):
        what, phrase = clause["what"], first_party(clause["name"])
        if PART_OF_ASSETS.search(what) or what.lstrip().startswith("by ") or PURPOSE.search(words[: clause.start()]):
            continue
        if NOT_A_FIRM.search(what) or re.match(r"(?:shares?|common|preferred|ordinary|stock)\b[^.]*\bof (?:its|our|the)\s*$", what.strip()):
            continue
        name = firms.name_of(phrase)
        buyer = buyer_before(words[: clause.start()], firms)
        if name is None or (firms.is_shell(name) and not firms.is_registrant(name)):
            continue
        if firms.is_registrant(phrase) or firms.is_registrant(name):
            if re.search(r"acqui|merger|purchas|offer|proposal", clause["verb"]) and _is_control(what, sentence.text):
                found += _bought_by(buyer, item, sentence, clause["verb"], firms)
        elif (buyer is None or firms.is_own(buyer) or firms.is_shell(buyer)) and plausible(
            phrase, name, firms, words[clause.end("name") :]
        ):
            found.append(Deal(name, "target", "", sentence, clause["verb"], None, bool(ALL_ASSETS.search(what))))
    for clause in BOUGHT_BY.finditer(words):
        of, by, verb = (
            first_party(clause["of"] or clause["of2"]),
            first_party(clause["name"] or clause["name2"]),
            clause["verb"] or clause["verb2"],
        )
        name = firms.name_of(of)
        if firms.is_registrant(of):
            found += _bought_by(by, item, sentence, verb, firms)
        elif name and firms.is_own(by) and not firms.is_own(of) and plausible(of, name, firms):
            found.append(Deal(name, "target", "", sentence, verb, None))
    for clause in PASSIVE.finditer(sentence.text):
        buyer_name, subject = first_party(clause["name"]), buyer_before(sentence.text[: clause.start()], firms, passive=True)
        if subject is None or firms.is_registrant(subject):
            found += _bought_by(buyer_name, item, sentence, clause["verb"], firms)
        elif firms.is_own(buyer_name) and plausible(subject, subject, firms):
            found.append(Deal(subject, "target", "", sentence, clause["verb"], None))
    for clause in OFFER.finditer(sentence.text):
        phrase, by = first_party(clause["name"]), clause["buyer"]
        name, bidder = firms.name_of(phrase), first_party(by) if by else buyer_before(sentence.text[: clause.start()], firms)
        ours = bidder and (firms.is_own(bidder) or (firms.is_shell(bidder) and not parent_of(item, firms)))
        if name and ours and not firms.is_own(phrase) and plausible(phrase, name, firms):
            found.append(Deal(name, "target", "", sentence, clause["verb"], None))
        elif bidder and firms.is_registrant(phrase):
            found += _bought_by(bidder, item, sentence, clause["verb"], firms)
    return found


def combinations(sentence: Sentence, item: str, firms: Firms) -> list[Deal]:
    """Deals without a buyer's verb: a stake that grows to the whole, a company added to ours, two that become one."""
    found: list[Deal] = []
    is_deal = bool(re.search(r"\bacqui(?:red?|sition)|\bpurchased?\b", item))
    for clause in [
        *WHOLE.finditer(sentence.text),
        *FROM_SELLER.finditer(sentence.text),
        *(ADDED.finditer(sentence.text) if is_deal else ()),
    ]:
        phrase = first_party(clause["name"])
        name = firms.in_full(phrase) or firms.name_of(phrase)
        if name and not firms.is_own(phrase) and not NOT_A_COMPANY.search(name):
            found.append(Deal(name, "target", "", sentence, clause["verb"], None))
    pairs = [(last_party(m["one"]), first_party(m["two"]), m["verb"]) for m in JOINED.finditer(sentence.text)]
    for m in COMBINED.finditer(sentence.text):
        pairs.append(
            (buyer_before(sentence.text[: m.start()], firms) or "", first_party(m["with"]), m["verb2"])
            if m["with"]
            else (first_party(m["one"]), first_party(m["two"]), m["verb"])
        )
    for one, two, verb in pairs:
        other = two if firms.is_registrant(one) else one if firms.is_registrant(two) else None
        name = firms.name_of(other) if other else None
        if other and name and not firms.is_own(other) and not firms.is_shell(other) and plausible(other, name, firms):
            found.append(Deal(name, "target", "", sentence, verb, None))
    return found


def _bought_by(buyer: str | None, item: str, sentence: Sentence, verb: str, firms: Firms) -> list[Deal]:
    """The registrant is bought: by the company named, or by whoever stands behind the vehicle named."""
    if buyer is None or firms.is_own(buyer):
        return []
    if firms.is_shell(buyer):
        behind = parent_of(item, firms) or firms.buyer()
        name = behind or (firms.name_of(buyer) if re.search(r"\b(?:[Hh]old|[Bb]id|[Tt]op)co\b", buyer) else None)
    else:
        name = firms.in_full(buyer) or firms.name_of(buyer)
    return [Deal(name, "acquirer", "", sentence, verb, None)] if name else []


def _is_control(what: str, sentence: str) -> bool:
    """Most of a company, not a holding: no share below a half."""
    shares = [float(n) for n in re.findall(r"(\d+(?:\.\d+)?)\s?%", what)]
    return not re.search(r"beneficial", what) and all(share >= 50 for share in shares) and not re.search(r"\bup to \d", sentence)
