"""Titles where a sentence gives them: after "as", in an apposition, before a name.

text, place → `title_at` → "Executive Vice President, Sales" | None; `normal` tidies. Levels: `rules/titles.py`.
"""

from __future__ import annotations

import re

_KEY = re.compile(
    r"\b(?:officer|president|directors?|chair(?:man|woman|person)?|manager|counsel|secretary|treasurer|controller|comptroller|head|chief|"
    r"founder|co-founder|partner|principal|executive|CEO|CFO|COO|CTO|CIO|CMO|CHRO|EVP|SVP|VP|superintendent|lead|actuary|economist|"
    r"scientist|trustee)\b|\bmembers? of (?:the|our|its)\b",
    re.IGNORECASE,
)
_BOARD = re.compile(
    r"^(?:an? |the |its |our |new |independent |non-employee |additional |class [iv]+ )*(?:directors?\b(?! of \w+ (?:and|operations|"
    r"sales))|members? of (?:the|our|its|[\w' ]{0,40}?)\s*board\b|(?:members? of )?(?:the |a )?class(?:es)? of directors|"
    r"(?:the |our |its |(?!.{0,30}\bchair)[\w' ]{0,30})boards?(?: of directors| of trustees)?\b)",
    re.IGNORECASE,
)
_COMMITTEE = re.compile(r"\bcommittees?\b", re.IGNORECASE)
_END = re.compile(
    r"[,;]?\s+(?:effective|with effect|commencing|beginning|starting|until|through|since|in connection|in addition|reporting|following|"
    r"upon|who|"
    r"which|where|due|after|when|while|succeeding|replacing|pending|to (?:succeed|replace|fill|serve|be|pursue|become|assume|oversee)|"
    r"in (?:his|her|their|place|lieu|replacement|succession|January|February|March|April|May|June|July|August|September|October|"
    r"November|December|(?:19|20)\d\d)|"
    r"and (?:as|from|to|will|has|is|was|that|he|she|began|commenced|assumed|remains?|join\w*|serv\w+|resign\w*|retir\w*|left|departed|"
    r"appointed|elected|named|increased|entered|in|a|an|the|also|became|now|his|her|on|member|director\b|other|assume|continues?|Mr|Ms|Mrs|Dr|Messrs)\b|for|"
    r"by|at|as|on|from|under|within|prior to|is|was|were|will|would|shall|should|may|must|has|have|had|"
    r"or|but|than|be|each|respectively|filling|including|until|throughout|there|such|that|during|without|because|subject|with|per|"
    r"effectively|immediately)\b|\s\(|;|\.(?=\s|$)|:|\s-\s(?![A-Z])|\s\"|\u27e6|\n"
)
_ONWARD = re.compile(  # "from controller to a senior adviser role": the first chair ends there; an assistant to somebody goes on
    r"(?<!assistant)(?<!advisor)(?<!adviser)(?<!counsel)(?<!deputy)(?<!liaison)\s+(?:in)?to\s+(?:(?:the|an?|his|her|its|our)\s+)?"
    r"(?:[\w-]+\s+){0,3}?(?:role|position|advis\w*|consult\w*|vice|senior|executive|chief|president|chair\w*|director|group|head|"
    r"general|managing|interim|co-\w+)\b",
    re.IGNORECASE,
)
_OF_FIRM = re.compile(
    r"\s+(?:of|at|for|with)\s+(?:the\s+)?(?:surviving |combined )?(?:[Cc]orporation|Company|Registrant|Corporation|Bank|Issuer|"
    r"Partnership|Trust|Fund|Board|registrant|company|"
    r"each of|both|its|our)\b|"
    r"\s+(?:of|at)\s+(?=[A-Z])(?!(?:the\s+)?(?:Board|Directors|Human|Finance|Sales|Operations|Marketing|Engineering|Global|Product|"
    r"Business|Technology|"
    r"Information|Strategy|Corporate|Research|Legal|Staff|Americas|Europe|North|Investor|Worldwide|Supply|Services|Professional|Customer|"
    r"Healthcare|Clinical|Regulatory|Medical|Commercial|Software|Quality|Manufacturing|Content|Data|Digital|People|Communications|Retail|"
    r"Risk|Compliance|Merchandising|Land|Exploration|Drilling|Production|Network|Security|Field|Supply|Strategic|Talent|Internal|"
    r"External)\b)"
)
_LEAD = re.compile(
    r"^(?:(?:a|an|the|its|our|his|her|their|new|next|current|prior|former|previous|outgoing|departing|incoming|company's|registrant's|"
    r"corporation's|bank's|respective|then|"
    r"newly created|additional|also|both|each|company|position of|positions of|role of|office of|duties of|[A-Z]\w+'s)\s+)+",
    re.IGNORECASE,
)


def normal(text: str) -> str | None:
    """A title tidied; "Director" for a seat on the board; None for a committee seat or words that are no title."""
    bare = re.sub(r"\s+", " ", text).strip(" ,;.-\"'")
    bare = re.sub(r"^(?:of|and)\s+", "", bare)
    bare = re.sub(r"(?:,?\s+(?:of|and|the|at|for|in|to|a|an))+$", "", bare)
    bare = re.sub(r"\s+(?:roles?|positions?|posts?|jobs?)$", "", bare)
    if _BOARD.match(bare):
        return "Director"
    bare = _LEAD.sub("", bare).strip(" ,")
    if not bare or bare.lower().startswith("who ") or len(bare) > 140 or not _KEY.search(bare):
        return None
    if _BOARD.match(bare) or re.fullmatch(r"(?:independent |non-employee |outside |sole |external )?directors?", bare, re.IGNORECASE):
        return "Director"
    if _COMMITTEE.search(bare) and not re.search(r"\b(?:officer|president|chief)\b", bare, re.IGNORECASE):
        return None
    if re.fullmatch(
        r"(?:an? )?executive officers?|officers?|named executive officers?|executives?|principal|"
        r"(?:managing )?general partner",
        bare,
        re.IGNORECASE,
    ):
        return None
    bare = re.sub(r"\b(Officer|President|Director|Manager|Chair|Partner|Counsel)s\b(?=$|,? and\b)", r"\1", bare)  # of two people, one each
    return bare[0].upper() + bare[1:]


def title_at(text: str, at: int) -> str | None:
    """The title that begins at a place (just behind "as", "to", a name's comma)."""
    rest = text[at : at + 220].lstrip(" ,")
    if re.match(r"(?:an? |the )?(?:[\w-]+ ){0,2}members? of (?:the |our |its )?(?:\w+(?: \w+)?'s )?board\b", rest, re.IGNORECASE):
        return "Director"
    cut = min(
        [m.start() for m in [_END.search(rest)] if m]
        + [m.start() for m in [_OF_FIRM.search(rest), _ONWARD.search(rest)] if m]
        + [len(rest)]
    )
    chairs = re.match(r" of (?:the |our |its )?(?:\w+'s )?Board\b(?: of [A-Z]\w+)?", rest[cut:])
    if re.match(r" of (?:the |its |our |their |such )?(?:[A-Z]\w+'s )?(?:[\w,]+ (?:and |& )?){1,5}[Cc]ommittee\b", rest[cut:]):
        return None  # the chair of a committee is no office
    whole, rest = rest, rest[:cut]
    parts = re.split(r",\s+", rest)
    kept = parts[0]
    for part in parts[1:]:  # "Executive Vice President, Worldwide Sales": a capital goes on, a small letter or a date does not
        if (
            not part
            or not part[0].isupper()
            or re.match(
                r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Inc|LLC|Ltd|Mr|Ms)\b", part
            )
        ):
            break
        kept += ", " + part
    title = normal(kept)
    if not (title and chairs and re.search(r"\bchair(?:man|woman|person)?$", title, re.IGNORECASE)):
        return title
    onward = re.match(r"(?:,|,? and)\s+(?=[A-Z])", whole[cut + chairs.end() :])  # "Chairman of the Board and Chief Executive Officer"
    more = title_at(whole, cut + chairs.end() + onward.end()) if onward else None
    return f"{title} of the Board and {more}" if more and more != "Director" else f"{title} of the Board"
