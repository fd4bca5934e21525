"""Tables for company names: legal forms by place, group words, country tails. Written in folded form (see `names.fold`).

Data only. One line a country, so that a missing form is easy to see.
"""

from __future__ import annotations

_BACK = {
    "uk": "ltd|limited|plc|public limited company|public ltd co|llp|limited liability partnership|lp|limited partnership|slp|cic|"
    "community interest company|cio|unlimited|cyf|cyfyngedig|ccc|pac|cbc",
    "ireland": "dac|designated activity company|clg|company limited by guarantee|ulc|unlimited company|teoranta|teo|cpt",
    "us": "inc|incorporated|corp|corporation|co|company|cos|companies|llc|limited liability company|limited liability co|lllp|pllc|pc|"
    "professional corporation|pbc|public benefit corporation|na|national association",
    "canada": "ltee|limitee|inc ltee",
    "germany": "gmbh|ggmbh|mbh|gesellschaft mit beschrankter haftung|gmbh and co kg|gmbh co kg|gmbh and co|gmbh and co kgaa|ag|akg|"
    "aktiengesellschaft|ag and co kgaa|ag and co kg|ag and co|kgaa|ug|ug haftungsbeschrankt|kg|kommanditgesellschaft|"
    "ohg|gbr|ek|ev|eg|se|og|eu",
    "france": "sa|sas|sasu|sarl|sa rl|s a rl|eurl|sca|snc|sci|gie|societe anonyme|societe par actions simplifiee|"
    "societe a responsabilite limitee|sagl|ste",
    "benelux": "bv|nv|cv|vof|coop|cooperatie ua|ua|srl|bvba|sprl|asbl|vzw|scs|besloten vennootschap|naamloze vennootschap",
    "iberia, latin america": "sl|slu|sau|sc|lda|limitada|sa de cv|s de rl de cv|s de rl|de cv|sapi|sapi de cv|ltda|eireli|"
    "sociedad anonima|me|spa",
    "italy": "srls|sapa|societa per azioni|societa a responsabilita limitata",
    "nordics": "ab|ab publ|publ|aktiebolag|aktiebolaget|as|asa|ans|aps|is|ps|aktieselskab|oy|oyj|oy ab|oyj abp|abp|ky|hf|ehf",
    "central europe": "sp z oo|sp zoo|spolka z oo|spk|sp k|sro|spol sro|spol s ro|kft|zrt|nyrt|rt|bt",
    "baltics, balkans": "ou|sia|uab|doo|dd|ad|eood|ood|jsc|ojsc|cjsc|pjsc|joint stock company|open joint stock company|"
    "closed joint stock company|public joint stock company|ooo|zao|oao|pao|ао|оао|зао|пао|ооо",
    "turkey": "as|ltd sti|limited sirketi|anonim sirketi|san ve tic as|tic ltd sti",
    "india": "pvt ltd|private limited|pvt limited|private ltd|pvt|opc|opc private limited|p ltd",
    "australia": "pty ltd|pty limited|pty|proprietary limited|nl",
    "south east asia": "pte ltd|pte|pte limited|private limited|sdn bhd|bhd|berhad|sendirian berhad|tbk|persero tbk|persero|pcl|"
    "public company limited",
    "east asia": "co ltd|company limited|co limited|kk|kabushiki kaisha|kabushikikaisha|gk|godo kaisha|yk|株式会社|合同会社|"
    "有限会社|주식회사|"
    "有限公司|股份有限公司|有限责任公司",
    "israel, gulf": "bm|fze|fzco|fz llc|fzllc|wll|dmcc|pjsc|saoc|saog|qsc",
}  # fmt: skip

_FRONT = (
    "ooo|zao|oao|pao|ao|pjsc|ojsc|cjsc|jsc|open joint stock company|joint stock company|limited liability company|ооо|зао|оао|пао|ао|тоо|"
    "общество с ограниченной ответственностью|открытое акционерное общество|закрытое акционерное общество|акционерное общество|"
    "pt|kabushiki kaisha|株式会社|合同会社|주식회사|oy|sia|uab|ste"
)  # fmt: skip

BACK: frozenset[str] = frozenset(form for line in _BACK.values() for form in line.split("|"))
FRONT: frozenset[str] = frozenset(_FRONT.split("|"))
GLUED = ("股份有限公司", "有限责任公司", "有限公司", "株式会社", "合同会社", "有限会社", "주식회사", "(주)")  # written without a space
CUT = (r"t/a", r"trading as", r"d/b/a", r"dba", r"doing business as", r"formerly(?: known as)?", r"f/k/a", r"fka", r"a/k/a", r"aka")

GROUP_WORDS: dict[str, str] = {
    "holding": "holdings", "holdings": "holdings", "group": "group", "groupe": "group", "gruppe": "group",
    "grupo": "group", "gruppo": "group",
    "bidco": "bidco", "midco": "midco", "topco": "topco", "finco": "finco", "newco": "newco", "properties": "properties",
    "trustee": "trustees", "trustees": "trustees", "nominees": "nominees", "spv": "spv", "foundation": "foundation",
    "ventures": "ventures", "fund": "fund", "trust": "trust", "reit": "reit", "pension": "pension", "international": "international",
}  # fmt: skip
NUMERALS = frozenset(("ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"))

_COUNTRIES = {
    "GB": "uk|united kingdom|great britain|england|britain", "US": "us|usa|united states|united states of america|america",
    "FR": "france", "DE": "germany|deutschland", "ES": "spain|espana", "IT": "italy|italia", "NL": "netherlands|nederland|holland",
    "BE": "belgium|belgique|belgie", "LU": "luxembourg", "CH": "switzerland|schweiz|suisse", "AT": "austria|osterreich", "IE": "ireland",
    "PT": "portugal", "PL": "poland|polska", "CZ": "czech republic|czechia", "SE": "sweden|sverige", "NO": "norway|norge",
    "DK": "denmark|danmark", "FI": "finland|suomi", "HU": "hungary|magyarorszag", "RO": "romania", "GR": "greece|hellas",
    "TR": "turkey|turkiye", "RU": "russia|rus", "UA": "ukraine", "CA": "canada", "MX": "mexico", "BR": "brazil|brasil",
    "AR": "argentina", "CL": "chile", "CO": "colombia", "PE": "peru", "AU": "australia", "NZ": "new zealand", "JP": "japan|nippon",
    "KR": "korea|south korea", "CN": "china", "HK": "hong kong", "TW": "taiwan", "SG": "singapore", "MY": "malaysia",
    "ID": "indonesia", "TH": "thailand", "VN": "vietnam", "PH": "philippines", "IN": "india", "PK": "pakistan", "IL": "israel",
    "AE": "uae|dubai|united arab emirates", "SA": "saudi arabia", "EG": "egypt", "ZA": "south africa", "NG": "nigeria", "KE": "kenya",
    "europe": "europe|emea|eu", "asia": "asia|apac|asia pacific", "americas": "americas|north america|latin america|latam|latino america",
}  # fmt: skip
COUNTRIES: dict[str, str] = {word: code for code, words in _COUNTRIES.items() for word in words.split("|")}
