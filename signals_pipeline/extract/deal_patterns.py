"""The words of a deal: merger clauses, purchases, offers, who owns a vehicle, and what only looks like a company.

Used by `deal_parties.py`, `deal_names.py` and `deal_agreement.py`, which hold the logic.
"""

from __future__ import annotations

import re

from signals_pipeline.extract.firms import RUN

_WHAT = (
    r"(?:(?:all|certain|selected|specified|substantially all|100%|approximately|[\d.]+%|a|the|its|their|majority|controlling|entire|"
    r"outstanding|remaining|issued|"
    r"then|and|or|of|in|"
    r"capital|stock|shares?|common|ordinary|preferred|equity|membership|partnership|interests?|assets|business(?:es)?|operations|share|"
    r"voting|securities|ownership|limited|"
    r"liability|company|par|value|per|\$[\d.,]+|stake|\([^()]{0,80}\)|subsidiar(?:y|ies)|wholly[- ]owned|owned|held|by|not|"
    r"already)\s*,?\s+)*?"
)

MERGE = re.compile(
    rf"(?<![\w&'.\-/+])(?P<sub>{RUN})\s*(?:\([^()]*\))?,?\s+(?P<verb>(?:will|would|shall|was|is to|to|is expected to|has been|"
    rf"had)?\s*(?:be\s+)?merged?)\s*(?:\([^()]*\)\s*)?(?:with and )?into\s+(?:the\s+)?(?P<into>{RUN})"
)

BUY = re.compile(
    rf"\b(?P<verb>(?:has |have )?(?:completed|consummated|closed|announced|completing|announcing|completion of|closing of|"
    rf"consummation of)\s+"
    rf"(?:(?:its|the|their|a|on)\s+)*(?:previously[- ](?:announced|disclosed)\s+|proposed\s+|pending\s+)?(?:acquisition|purchase|"
    rf"merger)(?:\s*\([^()]{{0,60}}\))?\s+(?:of|with)|"
    rf"(?:will |to |would |shall |has |have |had |agreed to |agrees to |proposal to |offer to |intends? to |plans? to )*(?:acquire[sd]?|"
    rf"purchase[sd]?|buy|bought)|"
    rf"(?:definitive )?(?:agreement|proposal|offer)\s+to\s+(?:acquire|purchase|buy)|(?:the|its|our|proposed|pending|'s) acquisition of)\s+"
    rf"(?:from\s+(?:the\s+|its\s+|each\s+of\s+)?(?P<seller>{RUN})\s*(?:\([^()]*\))?,?\s+)?(?P<what>{_WHAT})(?!\d+(?:\.\d+)?\s?%)(?P<name>{RUN})"
)

PASSIVE = re.compile(
    rf"(?P<verb>\b(?:be|was|were|been|being|is|are) (?:acquired|purchased|now (?:wholly|directly|"
    rf"indirectly)[- ]owned))\s+by\s+(?:(?:an? )?(?:affiliates?|subsidiary|subsidiaries|"
    rf"funds?|"
    rf"investment funds?|entit(?:y|ies))[\w ,]{{0,40}}?\b(?:of|by)\s+)?(?:the\s+)?(?P<name>{RUN})"
)

BECAME = re.compile(
    rf"(?<![\w&'.\-/+])(?P<who>{RUN})(?:\s*\([^()]*\))?\s+(?P<verb>(?:has |will )?(?:became|become|becoming|"
    rf"is now))\s+an?\s+(?:direct |indirect |"
    rf"wholly[- ]owned |"
    rf"privately[- ]held |and |,\s*)*subsidiary of (?:the )?(?P<parent>{RUN})"
)

OFFER = re.compile(
    rf"\b(?P<verb>(?:recommended |firm )?(?:cash |share |tender )*offer)\s+(?:by\s+(?P<buyer>{RUN})\s+)?(?:for|"
    rf"to acquire)\s+(?P<what>(?:all|the|entire|"
    rf"issued|to be|and|outstanding|ordinary|share|shares|capital|stock|of|not|already|owned)\s+(?:(?:all|the|entire|issued|to be|and|"
    rf"outstanding|"
    rf"ordinary|share|shares|capital|stock|of|common|not|already|owned)\s+)*)(?P<name>{RUN})"
)

PARENT = re.compile(rf"\b(?:direct |indirect |wholly[- ]owned |direct or indirect )*subsidiary of (?:the )?(?P<parent>{RUN})")

BOUGHT_BY = re.compile(
    rf"(?P<verb>\b(?:acquisition|purchase|takeover)) of (?:the )?(?P<of>{RUN}) by (?:an affiliate of |affiliates of )?(?P<name>{RUN})"
)
PURPOSE = re.compile(r"\b(?:fund|finance|financing|funding|pay for)\s+(?:all or )?(?:a portion of |part of )?$", re.IGNORECASE)
INSERTED = re.compile(r",\s+and (?:to )?assum\w+\b[^,;]{0,80},(?=\s+of\b)")

NOT_A_FIRM = re.compile(
    r"\b(?:notes?|debentures?|warrants?|receivables|portfolio|real property|building|land|licen[cs]e|inventory|patents?|customers?|"
    r"options?|royalt|mortgage|aircraft|vessel|properties)\b",
    re.IGNORECASE,
)

ALL_ASSETS = re.compile(r"\b(?:all|substantially all|all or substantially all)\b[^.;]{0,40}\bassets\b", re.IGNORECASE)

PART_OF_ASSETS = re.compile(
    r"\bcertain\b|\bselected\b|\bassets (?:of|from) (?:the|its) [\w ]+(?:business|division|line|unit) of\b", re.IGNORECASE
)

LEGAL_END = re.compile(
    r"(?:Inc|Incorporated|Corp|Corporation|LLC|L\.L\.C|Ltd|Limited|plc|PLC|N\.V|B\.V|S\.A|SE|AG|GmbH|L\.P|LP|LLP|Company|Co|Bancorp|"
    r"Bancshares|"
    r"Holdings|Partners|Capital|Group)\.?$"
)

NOT_A_COMPANY = re.compile(
    r"\b(?:Agreement|Act|Plan|Common|Stock|Shares?|Notes?|Street|Avenue|Building|County|State|Texas|California|Offering|Board|Class|Series|"
    r"Debentures?|Warrants?|Closing|Merger|Section|Item|Exhibit|Commission|Properties|Property|Land|Mine|Project|Field|Surviving|"
    r"Resulting|Interim|Constituent)\b"
)

AGREED_WITH = re.compile(
    r"\b(?:[Mm]erger|[Mm]erger [Aa]greement|Plan of Merger|Business Combination Agreement|Arrangement Agreement|Transaction Agreement)\b"
    r".{0,160}?\b(?:by and (?:among|between)|among|between|with)\s+(?P<all>.{5,500})"
)

STOP = re.compile(r",?\s+(?:pursuant to|providing for|whereby|under which|which provides|that provides|relating to|dated)\b|;")
