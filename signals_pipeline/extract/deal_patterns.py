"""The words of a deal: merger clauses, purchases, offers, who owns a vehicle, and what only looks like a company.

Used by `deal_parties.py`, `deal_names.py` and `deal_agreement.py`, which hold the logic.
"""

from __future__ import annotations

import re

from signals_pipeline.extract.firms import RUN

_WHAT = (
    r"(?:(?:all|certain|selected|specified|substantially all|100%|approximately|[\d.]+%|a|the|its|their|majority|controlling|entire|"
    r"outstanding|remaining|issued|"
    r"then|and|or|of|in|to be|other|such|(?:privately|publicly|closely|family|employee)[- ](?:held|owned|traded)|[A-Z]?[\w.]+-based|"
    r"capital|stock|shares?|quotas?|units?|common|ordinary|preferred|equity|membership|partnership|interests?|assets|business(?:es)?|"
    r"operations|share|"
    r"voting|securities|ownership|limited|"
    r"liability|company|par|value|per|\$[\d.,]+|stake|\([^()]{0,80}\)|subsidiar(?:y|ies)|wholly[- ]owned|owned|held|by|not|"
    r"already)\s*,?\s+)*?"
)

MERGE = re.compile(
    rf"(?<![\w&'.\-/+])(?P<sub>{RUN})\s*(?:\([^()]*\))?,?\s+(?P<verb>(?:will|would|shall|was|is to|to|is expected to|has been|"
    rf"had)?\s*(?:be\s+)?merged?)\s*(?:\([^()]*\)\s*)?(?:with and )?into\s+(?:the\s+)?(?P<into>{RUN})"
)

MERGER_OF = re.compile(rf"\b(?P<verb>merger) of (?:the )?(?P<sub>{RUN})(?:\s*\([^()]*\))?,?\s+(?:with and )?into (?:the )?(?P<into>{RUN})")

BUY = re.compile(
    rf"\b(?P<verb>(?:has |have )?(?:completed|consummated|closed|announced|completing|announcing|completion of|closing of|"
    rf"consummation of)\s+"
    rf"(?:(?:its|the|their|a|on)\s+)*(?:previously[- ](?:announced|disclosed)\s+|proposed\s+|pending\s+)?(?:acquisition|purchase|"
    rf"merger)(?:\s*\([^()]{{0,60}}\))?\s+(?:of|with|from [^.;,()]{{3,80}}? of(?= all\b| 100))|"
    rf"(?:will |to |would |shall |has |have |had |agreed to |agrees to |proposal to |offer to |intends? to |plans? to )*(?:acquire[sd]?|"
    rf"acquiring|"
    rf"purchase[sd]?|purchasing|buys?|buying|bought|(?:take|takes|took|taken|taking) over|absorb(?:ed|s)?)|"
    rf"(?:definitive )?(?:agreement|proposal|offer)\s+to\s+(?:acquire|purchase|buy)|(?:the|its|our|proposed|pending|'s) acquisition of)\s+"
    rf"(?:from\s+(?:the\s+|its\s+|"
    rf"each\s+of\s+)?(?P<seller>{RUN})\s*(?:\([^()]*\))?,?\s+)?(?P<what>{_WHAT})(?!\d+(?:\.\d+)?\s?%)(?P<name>{RUN})"
)

PASSIVE = re.compile(
    rf"(?P<verb>\b(?:be|was|were|been|being|is|are) (?:acquired|purchased|bought|taken (?:private|over)|now (?:wholly|directly|"
    rf"indirectly)[- ]owned))\s+by\s+(?:(?:an? )?(?:affiliates?|subsidiary|subsidiaries|"
    rf"funds?|"
    rf"investment funds?|entit(?:y|ies))[\w ,]{{0,40}}?\b(?:of|by)\s+)?(?:the\s+)?(?P<name>{RUN})"
)

# "X, which thereby became our wholly owned subsidiary": the relative clause speaks of the company before it
_RELATIVE = r"(?:,\s+(?:which|and)(?: \w+ly| thereby)?)?"
BECAME = re.compile(
    rf"(?<![\w&'.\-/+])(?P<who>{RUN})(?:\s*\([^()]*\))?{_RELATIVE}\s+(?P<verb>(?:has |will )?(?:became|become|becoming|"
    rf"is now))\s+(?:(?P<ours>our|the Company's|the Registrant's|its)|an?)\s+(?:new |direct |indirect |"
    rf"wholly[- ]owned |"
    rf"privately[- ]held |and |,\s*)*subsidiary(?: of (?:the )?(?P<parent>{RUN}))?"
)
# all the assets of whoever sells them
FROM_SELLER = re.compile(
    rf"\b(?P<verb>purchased?|acquired?|bought|buy) from (?:the )?(?P<name>{RUN})(?:\s*\([^()]*\))?,?\s+(?:all|substantially all)(?: of)? "
    rf"(?:the |its )?(?:\w+ )?(?:assets|business)\b"
)
# a stake that grows to the whole, a company that joins ours, two companies that become one
WHOLE = re.compile(
    rf"\b(?P<verb>increas(?:ed|ing|e) (?:its|our|the Company's) (?:\w+ ){{0,2}}?(?:stake|interest|holding|ownership|"
    rf"shareholding))\s+in\s+(?:the\s+)?"
    rf"(?P<name>{RUN})[^.;]{{0,60}}?\bto 100\s?(?:%|percent)"
)
ADDED = re.compile(
    rf"\b(?P<verb>(?:has |have )?(?:added|welcomed|brought))\s+(?P<name>{RUN})(?:,\s[^;.]{{3,160}}?,)?\s+(?:in)?to (?:its|our|"
    rf"the Company's) "
    rf"(?:[\w-]+ ){{0,3}}?(?:family|portfolio|group|brands|stable)\b"
)
JOINED = re.compile(
    rf"(?<![\w&'.\-/+])(?P<one>{RUN})(?:\s*\([^()]*\))?(?:,\s+an?\s[^,;]{{3,120}},)?,?\s+and\s+(?P<two>{RUN})(?:\s*\([^()]*\))?[^.;]{{0,120}}?"
    rf"\b(?P<verb>(?:their|the|an?) (?:\w+ ){{0,3}}?(?:merger|combination|amalgamation)(?: of equals)?|(?:will|would|shall|have|"
    rf"agreed to|to) "
    rf"(?:combine[sd]?|merged?|amalgamated?|be combined)\b(?! (?:with and )?into))"
)
COMBINED = re.compile(
    rf"\b(?P<verb>(?:business )?(?:combination|merger|amalgamation)(?: of equals)?) (?:of|"
    rf"between) (?:the )?(?P<one>{RUN})(?:\s*\([^()]*\))?,?\s+"
    rf"(?:with|and)\s+(?:the )?(?P<two>{RUN})|\b(?P<verb2>(?:combine|merge|amalgamate)) with (?:the )?(?P<with>{RUN})"
)

OFFER = re.compile(
    rf"\b(?P<verb>(?:recommended |firm )?(?:cash |share |tender |exchange )*[Oo]ffer)\s+(?:(?:to be )?(?:made )?by\s+(?P<buyer>{RUN})"
    rf"(?:\s*\([^()]*\))?(?:,\s[^;.]{{3,160}}?,)?\s+)?(?:for|to (?:acquire|purchase))\s+(?P<what>(?:(?:all|the|entire|whole|issued|"
    rf"to be|and|"
    rf"outstanding|ordinary|share|shares|capital|stock|of|common|not|already|owned)\s+)*)(?P<name>{RUN})"
)

PARENT = re.compile(rf"\b(?:direct |indirect |wholly[- ]owned |direct or indirect )*subsidiary of (?:the )?(?P<parent>{RUN})")

BOUGHT_BY = re.compile(
    rf"(?P<verb2>\b(?:acquisition|purchase|takeover)) by (?:the )?(?P<name2>{RUN})(?:\s*\([^()]*\))? of (?P<what>{_WHAT})(?P<of2>{RUN})|"
    rf"(?P<verb>\b(?:acquisition|purchase|takeover)) of (?:the )?(?P<of>{RUN}) by (?:an affiliate of |affiliates of )?(?P<name>{RUN})"
)
PURPOSE = re.compile(r"\b(?:fund|finance|financing|funding|pay for)\s+(?:all or )?(?:a portion of |part of )?$", re.IGNORECASE)
INSERTED = re.compile(
    r",\s+and (?:to )?assum\w+\b[^,;]{0,80},(?=\s+of\b)|\s+and (?:to )?assum\w+ (?:[\w-]+ ){0,6}?(?:liabilities|deposits|"
    r"obligations)(?=\s+of\b)|"
    r",\s+(?:directly or indirectly|through (?:a|its) [^,;]{3,60}),"
)

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
    r"\b(?:[Mm]erger|[Mm]erger [Aa]greement|Plan of (?:Merger|Reorganization|Arrangement)|(?:Business Combination|Arrangement|"
    r"Transaction|Exchange|"
    r"Acquisition|Implementation|Amalgamation|Combination|Contribution) Agreement|Agreement of Merger|Scheme Implementation \w+)\b"
    r".{0,160}?\b(?:by and (?:among|between)|among|between|with)\s+(?P<all>.{5,500})"
)

STOP = re.compile(r",?\s+(?:pursuant to|providing for|whereby|under which|which provides|that provides|relating to|dated)\b|;")

WHOSE_SHARES = re.compile(
    rf"\b(?:all|100\s?%|entire)\b[^.;]{{0,80}}?\b(?:shares?|interests?|stock|share capital|securities|units)\s+(?:of|"
    rf"in) (?:the )?(?P<of>{RUN})"
)
