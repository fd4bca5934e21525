"""The words of item 5.02: who comes, who goes, and what only looks like it. Names are masked: \u27e60\u27e7 is a person,
\u27e60 1 2\u27e7 a list of them, \u27e6s0\u27e7 a short form ("Mr. Example").

Used by `officers.py` alone, which holds the logic; patterns here say no more than what a clause looks like.
"""

from __future__ import annotations

import re

NP = r"\u27e6(?P<who>[\ds ]+)\u27e7"
HON = (
    r"(?:(?:Mr|Ms|Mrs|Miss|Dr|Messrs|Mses|General|Admiral|Professor|Prof|Gen|Adm|Ambassador|Senator|Hon|Sir|Dame|Madame|Madam|Adv|Lord|"
    r"Captain|Capt|"
    r"Colonel|Col|Judge|Baroness)\.?\s+(?:\(Ret\.?\)\s+)?)?"
)
APP = r"(?:\s*\([^()]{1,60}\))?(?:,\s[^\u27e6\u27e7;]{2,190}?,)?(?:\s[^\u27e6\u27e7;,]{2,90}?)?"
VERB_IN = (
    r"(?:(?:appoint|nam|elect|hir|promot|designat|elevat|tapp|select|re-?appoint|install|recruit)(?:ed|s|ing|e)?|cho(?:se|sen|ose|"
    r"oses|osing))"
)
_AUX = (
    r"(?:(?:has|have|had|will|shall|would|is|are|was|were|to|be|been|being|also|each|both|all|who|then|thereby|thereafter|now|"
    r"(?:\w+ly)|agreed to)\s+)*"
)
CHAIR = r"(?:roles?|positions?|posts?|titles?|offices?|jobs?|dut(?:y|ies)|responsibilities|reins|helm|chair|seat)"
_A_CHAIR = rf"(?= (?:(?:the|his|her|their|its|our|an?) |{HON}\u27e6[\ds ]+\u27e7['’]s? )?(?:[\w,&'-]+ ){{0,9}}?{CHAIR}\b)"
# what may stand between "appointed" and whom: a description of the person, nothing that opens another clause
_DESCRIBED = (
    r"(?:(?!\b(?:that|which|whom?|whose|by|from|with|for|following|after|if|until|under|pursuant|and|succe\w+|replac\w+|follow\w*|"
    r"search|committees?|executive officers|connection|light|auditors?|accountants?)\b)[^\u27e6\u27e7.;:]){0,110}?[\s,]"
)
# a person is the subject of these: what one does who takes a chair
COME = (
    rf"(?:join(?:s|ed|ing)?|becom(?:e|es|ing)|became|(?:succeed(?:s|ed)?|replac(?:es|ed))(?! by)|assum(?:e|ed|es|ing){_A_CHAIR}|"
    rf"(?:take|takes|took|taken|taking) (?:on|over|up){_A_CHAIR}|(?:take|takes|took|taken|taking) over(?= as\b| from\b)|"
    rf"(?:step|steps|stepped|stepping|move|moves|moved|moving) (?:in|into|to|up|up to|up into){_A_CHAIR}|"
    rf"fill(?:s|ed|ing)?{_A_CHAIR}|follow(?:s|ed)?(?= {HON}\u27e6)|(?:step|steps|stepped|stepping) (?:in|up)(?= as\b)|"
    rf"(?:begin|begins|began|start|starts|started|commence|commences|commenced)(?: (?:serving|service|work|employment|duties))?(?= as\b)|"
    rf"accept(?:ed|s) (?:the|an|a|his|her|our|its)|agreed to (?:serve|join|become|assume)|(?:serve|serves|act|acts)(?= as "
    rf"(?:our |the Company's |its |the )?(?:new|interim|acting)\b)|(?:be|is|are)(?= (?:our |the Company's |its |the )?(?:new|next|"
    rf"incoming)\b)|"
    rf"(?:is|are) now(?= (?:the |our |its )?[A-Z]))"
)
_AGREED = r"\b(?:[Aa]greement|[Ll]etter)\b"
ARRIVALS = tuple(
    re.compile(p)
    for p in (
        rf"\b(?P<verb>(?:has |have |had )?{VERB_IN})\s+(?:each of\s+|both\s+|as\s+(?:(?!\bthat\b)[^\u27e6\u27e7.;]){{3,90}}?,?\s+|"
        rf"(?:the (?:Company|Registrant)['’]s|our|its)(?: \w+)? [^\u27e6\u27e7.;]{{3,80}}?,?\s+|{_DESCRIBED})?{HON}{NP}(?!['’]s\s)",
        rf"\b(?P<verb>(?:add|welcom|confirm|engag|bring|brought|br[io]ng|introduc)(?:ed|es|s|e|"
        rf"ing)?(?: in)?)\s+(?:{_DESCRIBED})?{HON}{NP}(?!['’]s\s)"
        rf"(?=[^\u27e6\u27e7;]{{0,110}}?\b(?:as|in the (?:post|position|role|office)|to (?:the|its|our) (?:\w+ )?(?:[Bb]oard|"
        rf"[Ll]eadership|[Mm]anagement|[Ee]xecutive))\b)",
        rf"\b(?P<verb>made) {HON}{NP}(?=,? (?:age \d\d,? )?(?:our|its|the) [A-Z])",
        rf"\b[Ii]n connection with (?:his|her) (?P<verb>appointment|election|promotion|hiring)(?= as)"
        rf"[^\u27e6\u27e7;.]{{3,110}},\s+{HON}{NP}",
        rf"\b(?P<verb>appointment|election|hiring|promotion|selection|designation|elevation|addition)(?: to (?:the|its|"
        rf"our) [Bb]oards?(?: of \w+)?)?(?:, [^,\u27e6\u27e7]{{3,50}},)?\s+of\s+(?:each of\s+|both\s+|"
        rf"as\s+)?{HON}{NP}(?!['’]s?\s)",
        rf"(?P<verb>{VERB_IN}) the following\b[^\u27e6\u27e7;]{{0,160}}?:\s*{HON}{NP}",
        rf"\b[Tt]he following\b[^\u27e6\u27e7;]{{0,120}}?(?P<verb>(?:was|were|has been|have been|will be) (?:appointed|elected|named|"
        rf"promoted))\b"
        rf"[^\u27e6\u27e7;]{{0,200}}?:\s*{HON}{NP}",
        rf"{NP}(?:,?\s[^\u27e6\u27e7;]{{2,200}}?)?,?\s+(?P<verb>(?:was|were|has been|have been|will be|is being|to be|been)\s+(?:each\s+|"
        rf"also\s+|both\s+|\w+ly\s+)*(?:{VERB_IN}|nominated(?= by (?:the|our) [Bb]oard)))\b",
        rf"\b(?P<verb>[Ss]ucceeding|[Rr]eplacing|[Jj]oining|[Tt]aking over|[Ss]tepping into|[Ff]illing)\b[^;.\u27e6\u27e7]{{0,40}}?"
        rf"(?:\u27e6[\ds ]+\u27e7)?[^;\u27e6\u27e7]{{0,120}}?\b(?:will be|is|are|was|were)\s+{HON}{NP}",
        rf"{NP}{APP}\s+(?P<verb>{_AUX}{COME})\b",
        rf"[Ee]ffective [^\u27e6\u27e7;.]{{4,40}}{HON}{NP}\s+(?P<verb>serves|acts)(?= as\b)",
        rf"\b(?P<verb>succeeded|replaced) by {HON}{NP}",
        rf"\b(?:positions?|roles?|duties|responsibilities|office)\b[^\u27e6\u27e7;.]{{0,60}}?\b(?P<verb>(?:will be|was|were|has been|"
        rf"have been|are being|is being) (?:assumed|filled|taken (?:over|up|on)))\b[^\u27e6\u27e7;.]{{0,40}}? by {HON}{NP}"
        rf"(?!,? who (?:also )?(?:remains?|continues?|will (?:also )?(?:remain|continue)))",
        rf"\bproviding for {HON}{NP}['’]s?\s+(?P<verb>employment(?= as))",
        rf"{_AGREED}[^;]{{0,200}}?\b(?:pursuant to|under) which (?:{HON}){NP}\s+(?P<verb>(?:will|shall) (?:serve|"
        rf"be employed)(?= as))",
        rf"{_AGREED}[^\u27e6\u27e7;]{{0,80}}?\bwith {HON}{NP}[^\u27e6\u27e7;]{{0,90}}?\b(?:providing|"
        rf"provides) for (?:his|her) "
        rf"(?P<verb>employment(?= as))",
    )
)
GO = (
    r"(?:resign(?:s|ed|ing)?|retir(?:e|es|ed|ing)|step(?:s|ped|ping)? (?:down|aside|away|back|off)|"
    r"accepted an? (?:\w+ )?(?:position|role|job|post|opportunity) (?:elsewhere|outside|(?:with|at) (?:an?|another)(?= ))|"
    r"elect(?:s|ed)? (?:early )?retirement|"
    r"depart(?:s|ed|ing)?|(?<!medical )(?<!parental )(?<!family )(?<!sick )(?<!on )leav(?:e|es|ing)(?! of absence)|left|ceas(?:e|"
    r"es|ed|ing) (?:to (?:be|serve|act)|serving|being|employment)|"
    r"relinquish(?:es|ed|ing)?|terminated (?:his |her |their )?employment|"
    r"(?:was|were|has been|been|will be|is being) (?:terminated|removed|dismissed)|"
    r"passed away|died|separat(?:ed|e|ing) from|"
    r"mutual separation|relieved of (?:his|her|their) (?:duties|positions?|responsibilities)|agreed to part(?: ways| company)?|"
    r"part(?:ed|ing) ways|(?:not|declined?) (?:intend(?:ing)? |plan(?:ning)? |expect(?:ing)? )?(?:to )?(?:stand|seek|"
    r"run)(?:ing)? for (?:re-?)?election|"
    r"not (?:be )?seek(?:ing)? re-?election|not be (?:standing|seeking|nominated)|"
    r"no longer (?:is|be|serves?|serving|an?|the|employed|with)|"
    r"transition(?:s|ed|ing)? (?:from|out of)(?! the (?:company|registrant))|"
    r"transition(?:s|ed|ing)? (?:in)?to an? (?:[\w-]+ ){0,3}(?:advis|consult|emeritus|non-executive|non-employee)\w*|"
    r"(?:mutually )?agreed (?:to|upon|on) (?:the terms of )?(?:his|her|their) (?:separation|departure|resignation|retirement)|"
    r"(?:be|been|was|were|is|being) (?:succeeded|replaced) by|(?:gives?|gave|given|giving) up|(?:hands?|handed|handing) over|"
    r"(?:surrender|quit)(?:s|ed|ting|ing)?|(?:stands?|stood|"
    r"standing) down|(?:takes?|took|taking) (?:early )?retirement|"
    r"(?:was|were|has been|been|will be|is being) (?:let go|discharged|released)|not continu(?:e|ing) (?:as|in|to serve|with|on)|"
    r"not (?:be )?(?:re-?appointed|reelected)|complet(?:es|ed|ing) (?:his|her|their) (?:service|term|tenure)|"
    r"exit(?:s|ed|ing)?(?= (?:the Company|the Registrant|from))|vacat(?:es?|ed|ing) (?:his|her|their|the)|"
    r"(?:conclud|end)(?:es?|s|ed|ing) (?:his|her|their) (?:service|tenure|employment|term)|tender(?:ed|s)? (?:his|her|their|"
    r"a) (?:letter of )?resignations?|submitted (?:his|her|their|a) (?:letter of )?resignations?|(?<=notice of )(?:his|her|"
    r"their) (?:resignation|retirement|departure)|(?<=Company of )(?:his|her|their) (?:resignation|retirement|departure)|"
    r"(?<=Board of )(?:his|her|their) (?:resignation|retirement|departure)|(?<=announced )(?:his|her|their) (?:resignation|retirement|"
    r"departure))"
)
_ENDS = (
    r"(?:terminate[sd]?|end(?:ed|s)?|cease[sd]?|concluded?|expire[sd]?|c[ao]mes? to (?:an end|a close)|(?:was|were|will be|"
    r"is being) eliminated)"
)
DEPARTURES = tuple(
    re.compile(p)
    for p in (
        rf"{NP}[^\u27e6\u27e7]{{0,330}}?\b(?P<verb>{GO})\b",
        rf"{NP}[^\u27e6\u27e7;]{{0,160}}?\bin connection with (?P<verb>(?:his|her|their) (?:\w+ )?(?:departure|separation|resignation|"
        rf"retirement)(?= from)|(?:the )?termination of (?:his|her|their) employment)",
        rf"\b(?:employment|tenure|service|term) of {HON}{NP}(?:,\s[^\u27e6\u27e7;]{{2,120}}?,)?\s+(?P<verb>(?:was |will be |has been |"
        rf"will )?(?:terminated?|ended?|"
        rf"concluded?|ceased?))\b(?=[^\u27e6\u27e7;]{{0,60}}(?:\b(?:19|20)\d\d\b|effective immediately))",
        rf"{NP}[^\u27e6\u27e7]{{0,60}}?\b(?:notified|informed|advised|told|gave|provided|delivered)\b[^\u27e6\u27e7;]{{0,200}}?\bof "
        rf"(?P<verb>(?:his|her|their) (?:\w+ )?(?:resignation|retirement|departure))\b",
        rf"{NP}(?:['’]s?|[^\u27e6\u27e7]{{0,200}}?\b(?:his|her|their|whose))\s+(?:positions?|roles?|employment|services?|tenure)\b"
        rf"(?![^\u27e6\u27e7;]{{0,160}}?\b(?:may|can|could|if|unless|at any time|agreement|"
        rf"letter)\b)[^\u27e6\u27e7;]{{0,160}}?\b(?P<verb>{_ENDS})\b"
        rf"(?=[^\u27e6\u27e7;]{{0,60}}(?:\b(?:19|20)\d\d\b|effective immediately|\b(?:that|such|the same) da(?:y|te)\b|^\W*$))",
        rf"{NP},? whose (?P<verb>resignation|retirement|departure)\b(?=[^\u27e6\u27e7;]{{0,120}}\b(?:effect|effective|occur|announced)\b)",
        rf"{NP}['’]s?\s+(?P<verb>(?:last|final) day)\b(?=[^\u27e6\u27e7;]{{0,100}}?\b(?:is|was|will be|to be)\b)",
        rf"\b(?:agreement|contract)\b[^\u27e6\u27e7;]{{0,40}}?\b(?:of|"
        rf"with) {HON}{NP}(?:,\s[^\u27e6\u27e7;]{{2,120}}?,)?[^\u27e6\u27e7;]{{0,120}}?"
        rf"\b(?P<verb>not (?:be )?(?:renew|extend)(?:ed|ing)?)\b",
        rf"{NP}[^\u27e6\u27e7;]{{0,160}}?\b(?:agreement|contract)\b[^\u27e6\u27e7;]{{0,80}}?\b(?P<verb>not (?:be )?(?:renew|"
        rf"extend)(?:ed|ing)?)\b",
        rf"{NP},\s[^\u27e6\u27e7;]{{0,40}}?\b(?:former|prior|outgoing|"
        rf"departing)\b[^\u27e6\u27e7;]{{2,120}}?\bentered into an? (?P<verb>separation)\b",
        rf"\b(?P<verb>[Ss]eparation) (?:and \w+ )*[Aa]greement\b[^\u27e6\u27e7;.]{{0,80}}?\bwith {HON}{NP},\s[^\u27e6\u27e7;]{{0,40}}?"
        rf"\b(?:former|prior|outgoing|departing)\b",
        rf"\b(?P<verb>to succeed|to replace|succeeding|replacing)\s+{HON}{NP}(?=\s+in (?:these|those|that|this|such|"
        rf"the) (?:positions?|roles?|capacit))",
        rf"\b(?P<verb>succeed(?:s|ing)|replac(?:es|ing))\s+{HON}{NP}(?=\.?$|,? effective|, who (?:remains|continues|becomes|"
        rf"(?:will|is to) (?:continue|transition|move|become|serve|remain|assume)|is (?:becoming|moving|transitioning)))",
        rf"\bfollowing\b[^\u27e6\u27e7;]{{0,120}}?\b(?P<verb>resigned|retired|stepped down|"
        rf"departed)\b[^\u27e6\u27e7;]{{0,160}}?:\s*{HON}{NP}",
        rf"\b(?P<verb>resignations?|retirements?(?: by rotation)?|departures?|separation|termination|removal|passing|death|"
        rf"(?:replacement|succession|"
        rf"place|lieu)|(?:(?<=letter of )|"
        rf"(?<=notice of ))(?:resignation|retirement)(?= from))(?: on [A-Z][a-z]+ \d{{1,2}}, \d{{4}},?)?"
        rf"\s+(?:of|from)\s+(?:each of\s+|both\s+|"
        rf"(?:the|its|our)(?: \w+['’]s)? [^\u27e6\u27e7.;,]{{3,60}},\s+|(?:(?:the|its|our) )?(?:[A-Z][\w-]+ |(?:non-executive |"
        rf"independent )?(?:director|trustee|chairman|president|founder)s? ){{1,5}})?{HON}{NP}",
        rf"\b(?P<verb>(?:has |have |had )?(?:terminat|end)(?:ed|ing)(?:,[^,;\u27e6]{{3,40}},)? (?:the )?(?:employment|services?|"
        rf"appointment) of|(?:has |have |had )?"
        rf"(?:remov|dismiss|discharg)(?:ed|ing)|terminated(?= {HON}\u27e6[\ds ]+\u27e7['’]s? (?:employment|services?)(?! agreement)))\s+"
        rf"(?:(?:the|its|our)(?: \w+['’]s)? [^\u27e6\u27e7.;,]{{3,60}},\s+)?{HON}{NP}",
        rf"\b(?:accept\w*|announc\w*|receiv\w*|approv\w*|acknowledg\w*)\s+{HON}{NP}['’]s?\s+(?P<verb>(?:\w+ )?(?:resignation|retirement|"
        rf"departure|separation))\b",
    )
)
RENAMINGS = (
    re.compile(
        rf"{NP}['’]s?\s+(?P<verb>(?:job |corporate )?titles? (?:was|were|has been|have been|will be|is being) "
        rf"(?:changed|revised|amended|expanded))"
    ),
    re.compile(rf"\b(?P<verb>(?:changed|revised|expanded) the (?:job |corporate )?titles? of)\s+{HON}{NP}"),
)
SEAT_TO_FILL = re.compile(
    r"\bto (?:the |an? )(?:newly created |vacant |new |resulting )+(?:board )?seats?\b|\b(?:[Tt]o fill|filled|filling|fills) (?:the|an?|"
    r"such|one of the|that) (?:[\w-]+ ){0,3}(?:vacanc(?:y|ies)|directorships?|board seats?)"
)
SEAT = re.compile(  # a seat on the board; "the Board appointed" speaks of who acts
    r"\b(?:to|from|on|of|join\w*|left|leav\w+) (?:the |our |its )?(?:[\w'’]+ ){0,3}[Bb]oards?\b|"
    r"(?<!Board of )\b[Dd]irectors?\b(?! of [A-Z])|"
    r"\bvacanc(?:y|ies)\b|\bhold office\b|\bnominat\w+|\b(?:re-?)?election\b"
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
PAST = re.compile(
    rf"[^,;.\u27e6]{{0,90}}?\b(?:in|during|since|until)\s+(?:(?:early|late|mid|fiscal)[- ])?(?:(?P<month>{_MONTH})(?: of)?,? )?"
    rf"(?P<year>(?:19|20)\d\d)\b"
)
PAST_LEAD = re.compile(
    rf"\b[Ii]n (?:(?:early|late|mid|fiscal)[- ])?(?:(?P<month>{_MONTH})(?: of)?,? )?(?P<year>(?:19|20)\d\d),?\s+(?:{HON})?$"
)
AGREED_ROLE = ("will serve", "shall serve", "will be employed", "shall be employed", "employment")
STARTS = re.compile(  # an agreement with somebody new says when the work begins, or where the person comes from
    r"\b(?:employment|term|tenure|service|duties)\b[^.;]{0,80}\b(?:commence|begin|start)s?\b|\b(?:start|commencement) date\b|"
    r"\bfirst day of employment\b|\b(?:beginning|commencing|starting)(?: on| as of)? [A-Z][a-z]+ \d|"
    r"\b[Pp]reviously (?:held|served|was)\b|\bwas (?:most recently )?employed (?:by|at|with)\b|\bformerly\b|\bmost recently\b|"
    r"\b[Pp]rior to (?:joining|this|that|her|his)\b|\bwill join\b|\bnew(?:ly)? (?:appointed|hired)\b",
)
CONTINUES = re.compile(r"\bcontinu(?:e|es|ed|ing)\b|\bamend(?:s|ed|ment|ing)?\b|\bextend|\brenew|\brestated\b", re.IGNORECASE)
NOT = re.compile(r"\b(?:not|never|neither|nor)\s+(?:yet\s+|been\s+|be\s+)?$")
TAKEN_BACK = re.compile(
    r"\b(?:rescind|withdr[ae]w|revok)\w*\b[^.;]{0,80}\b(?:resign|retire|notice|decision|departure)|"
    r"\bresum(?:e|ed|es) (?:his|her) (?:role|position)",
    re.IGNORECASE,
)
ADVISORY = re.compile(
    r"[^\u27e6\u27e7;.]{0,60}?\bto (?:chair|serve on|join) (?:the|that|its) (?:[\w-]+ ){0,3}[Cc]ommittee\b|"
    r"[^\u27e6\u27e7;.]{0,40}?\b(?:to|of|on) (?:its|the|our|the Company's) (?:\w+ ){0,3}[Aa]dvisory (?:Board|Council|Panel|Committee)\b"
)
AFTER_EVENT = re.compile(  # "effective upon the closing": a day that nobody states yet
    r"\beffective (?:(?:as of|upon|on|at|immediately|following|when|prior to|after|the close of business on)\s+)+"
    r"(?!(?:January|February|March|April|May|June|July|August|September|October|November|December)\b|the (?:same|such|that) (?:date|"
    r"day)|such date|that date|\d)"
    r"(?=\w)"
)
COMMITTEE_SEAT = re.compile(
    r"^\s*(?:from|of) (?!(?:the |our |its )?Board\b(?!'s))(?:the |our |its )?(?:Board's )?(?:\w+ (?:(?:and|&) \w+ )?){1,4}Committee\b"
)
IMMEDIATELY = re.compile(
    r"effective\s+(?:immediately|today|(?:as of |on )?(?:the )?(?:same|such|that) date)|with immediate effect|immediately effective",
    re.IGNORECASE,
)
SCOPE = re.compile(
    r"has assumed (?:full |additional )*responsibilit|expanded (?:his|her) (?:role|responsibilities)|additional responsibilit|realign",
    re.IGNORECASE,
)
HYPOTHETICAL = re.compile(
    r"\b(?:if|unless|in the event|should (?:he|she|Mr|Ms|Dr))\b|without [\"']?cause|good reason|for [\"']?cause|\bwould be\b|"
    r"qualifying (?:termination|retirement)|"
    r"\b(?:entitled|eligible)\b|\bseverance\b|\bforfeit|\bvest(?:s|ed|ing)?\b|\bcovenants?\b|\bnon-compet|release of (?:all )?claims",
    re.IGNORECASE,
)
BIOGRAPHY = re.compile(
    r"^\W*(?:prior to|previously|before (?:that|joining)|from (?:\w+ )?(?:19|20)\d\d|since (?:\w+ )?(?:19|20)\d\d|between|earlier|he\b|"
    r"she\b|in (?:his|her)|during (?:his|her))|"
    r"\bserved (?:as|in|on)\b|\bbegan (?:his|her)|\bholds? (?:a|an)\b|\b(?:spent|worked|was employed|(?<!be )(?<!was )held)\b|"
    r"\byears of experience\b|"
    r"\bprior to (?:joining|that)\b",
    re.IGNORECASE,
)
VOTE = re.compile(
    r"\b(?:stockholders?|shareholders?|unitholders?)\b[^.;]{0,80}\b(?:re-?)?elect(?:ed|ion)\b|\b(?:re-?)?elected\b[^.;]{0,120}\b(?:at|"
    r"by)\b[^.;]{0,40}"
    r"\b(?:annual|special) (?:general )?meeting|\bby (?:the |its )?(?:stock|share)holders\b|\bre-?elected\b|\bnominees?\b|\bnominated\b|"
    r"\bvotes (?:for|cast|withheld)\b",
    re.IGNORECASE,
)
ELECT_TO_DO = re.compile(
    r"\belect(?:ed|s)? to (?:defer|receive|take|participate|extend|purchase|continue|terminate|treat|exercise)\b", re.IGNORECASE
)
FIRM_SERVICE = re.compile(
    r"(?:auditors?|accounting firm|accountants|law firm|underwriters?|trustee(?! of the (?:Trust|Company|Fund)\b| \u27e6)|"
    r"transfer agent|distributor|financial advis[eo]rs?)\b",
    re.IGNORECASE,
)
PAY = re.compile(
    r"\b(?:bonus(?:es)?|salar(?:y|ies)|compensation|incentive|equity award|restricted stock|stock options?|retention|severance|"
    r"retirement benefit|employment agreement|stock plan|purchase plan)\b",
    re.IGNORECASE,
)
LETTERS = re.compile(r"^\W*((?:\([a-f]\)[\s,&;]*(?:and\s+)?(?:to\s+)?)+)")
TRANSITION = re.compile(r"\btransition(?:s|ed|ing)? from [^;\u27e6]{0,180}?\bto (?:the (?:role|position|office) of )?")
DATE = r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)? (?:day of )?[A-Z][a-z]{2,8},? (?:19|20)\d\d)"
