"""Word lists for invented companies, places and people. No real company, no real person.

Does not belong here: how they are combined (`companies.py`, `people.py`).
"""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words("""amber anchor aspen beacon birch bright bridge brook cedar clear cobalt copper coral crest dawn delta ember
evergreen falcon fern flint forge granite grove harbor haven hazel heron hollow indigo iron ivory juniper keystone kindle
lantern laurel linden lumen maple marble meadow mesa north oak onyx opal orchard osprey pacific pebble pine prairie quarry
quill raven ridge river rowan saffron sage sable silver slate sparrow spruce sterling stone summit tamarack teal timber
topaz union valley velvet walnut willow winter""")
SECOND = _words("""bay bend bloom bluff bound bridge brook cove crest dale field finch ford gate glen grove haven hill hurst lake
land line loft mark mere mill mont moor path peak point port reach ridge rock run shore spire stead vale view ward water
way well wick wood yard""")
QUALIFIER = _words("""Atlantic Alpine Bay Capital Central Coastal Colonial Continental Eastern Evergreen First Frontier Golden Grand
Great Gulf Heritage Highland Imperial Inland Island Lakeside Liberty Metro Midland Modern National New Northern Old Pacific
Pioneer Premier Prime Regal Royal Sierra Southern Sunrise Sunset Trinity United Upland Vanguard Western Westlake""")

# industry, weight, words that follow the name, target for the product (0..1)
INDUSTRIES = (
    ("Real Estate", 11, ("Realty", "Properties", "Homes", "Title"), 0.9),
    ("Title & Escrow", 7, ("Title", "Escrow", "Closing", "Settlement"), 1.0),
    ("Mortgage Lending", 9, ("Mortgage", "Lending", "Home Loans", "Funding"), 1.0),
    ("Financial Services", 12, ("Financial", "Capital Services", "Credit", "Bank"), 0.8),
    ("Insurance", 9, ("Insurance", "Assurance", "Mutual", "Claims"), 0.8),
    ("Legal Services", 7, ("Legal", "Law Group", "Counsel", "Advocates"), 0.7),
    ("Healthcare", 9, ("Health", "Clinics", "Care", "Medical"), 0.4),
    ("Software", 12, ("Software", "Systems", "Labs", "Cloud"), 0.5),
    ("Automotive", 5, ("Auto", "Motors", "Fleet", "Mobility"), 0.4),
    ("Retail", 5, ("Stores", "Goods", "Market", "Supply"), 0.1),
    ("Manufacturing", 6, ("Works", "Manufacturing", "Industries", "Components"), 0.1),
    ("Education", 3, ("Learning", "Academy", "Schools", "Education"), 0.2),
    ("Gambling", 2, ("Gaming", "Casinos", "Lottery", "Wagering"), 0.1),
    ("Government", 3, ("County", "City Services", "Public Works", "Transit Authority"), 0.3),
)

# country, weight, legal forms, (state or region, state name, city, zip)
PLACES: dict[str, tuple[float, tuple[str, ...], tuple[tuple[str, str, str, str], ...]]] = {
    "US": (
        74,
        ("Inc.", "Inc.", "Inc", "LLC", "LLC", "Corp.", "Corporation", "Co.", "LP"),
        (
            ("CA", "CALIFORNIA", "San Diego", "92101"),
            ("CA", "CALIFORNIA", "Oakland", "94607"),
            ("TX", "TEXAS", "Austin", "78701"),
            ("TX", "TEXAS", "Dallas", "75201"),
            ("NY", "NEW YORK", "New York", "10001"),
            ("NY", "NEW YORK", "Buffalo", "14201"),
            ("MA", "MASSACHUSETTS", "Boston", "02110"),
            ("FL", "FLORIDA", "Tampa", "33602"),
            ("FL", "FLORIDA", "Miami", "33131"),
            ("CO", "COLORADO", "Denver", "80202"),
            ("WA", "WASHINGTON", "Seattle", "98101"),
            ("IL", "ILLINOIS", "Chicago", "60601"),
            ("GA", "GEORGIA", "Atlanta", "30303"),
            ("NC", "NORTH CAROLINA", "Charlotte", "28202"),
            ("AZ", "ARIZONA", "Phoenix", "85004"),
            ("PA", "PENNSYLVANIA", "Philadelphia", "19103"),
            ("OH", "OHIO", "Columbus", "43215"),
            ("VA", "VIRGINIA", "Richmond", "23219"),
            ("UT", "UTAH", "Salt Lake City", "84101"),
            ("MN", "MINNESOTA", "Minneapolis", "55401"),
        ),
    ),
    "CA": (
        8,
        ("Inc.", "Ltd.", "Corp."),
        (
            ("ON", "ONTARIO", "Toronto", "M5H 2N2"),
            ("BC", "BRITISH COLUMBIA", "Vancouver", "V6B 1A1"),
            ("QC", "QUEBEC", "Montréal", "H2Y 1C6"),
        ),
    ),
    "GB": (
        10,
        ("Ltd", "Limited", "PLC", "LLP"),
        (("", "", "London", "EC2A 4NE"), ("", "", "Manchester", "M1 2JQ"), ("", "", "Leeds", "LS1 4AP")),
    ),
    "DE": (5, ("GmbH", "AG", "GmbH & Co. KG"), (("", "", "München", "80331"), ("", "", "Köln", "50667"))),
    "FR": (3, ("SAS", "SA", "SARL"), (("", "", "Lyon", "69002"), ("", "", "Orléans", "45000"))),
}

GIVEN = _words("""Ada Adrian Aisha Alan Alma Amara Andre Anika Arthur Asha Beatrice Ben Bianca Boris Camila Carl Celeste Chen Clara
Cyrus Dalia Daniel Dara Delphine Diego Edith Elena Elias Emil Esther Fatima Felix Fiona Gideon Grace Hana Harold Helen Hugo
Ines Iris Ivan Jana Jasper Joan Jonas Kavya Keiko Lars Laura Lena Leo Lucia Mabel Marcus Maya Milan Nadia Nina Noor Olaf
Olive Omar Oscar Paula Petra Priya Quinn Rafael Rosa Rufus Salma Samir Silas Simone Sofia Tariq Tess Theo Uma Vera Victor
Wanda Yusuf Zelda Zoë José Renée""")
FAMILY = _words("""Abara Achterberg Adeyemi Alcott Anselm Arkwright Ashdown Balogun Barrow Beckwith Bellamy Bergstrom Blackwood
Bonham Brandvold Calloway Castellano Chaudhry Clearwater Corrigan Dalgaard Danforth Delacroix Devereux Dunmore Eastwick
Ellingham Engstrom Fairbairn Farouk Fenwick Ferreira Garrick Ghosh Goldthwaite Greer Hadley Halloran Haverford Hightower
Holmqvist Ibarra Ingersoll Jankowski Jessop Kaplan Kapoor Kestrel Kimura Lancaster Lindqvist Lockhart Loxley Machado
Marchetti Mbeki Merriweather Nakamura Norwood Novak O'Dell O'Farrell Okafor Oyelaran Pemberton Petrov Quimby Quintero
Rasmussen Ravenscroft Rosales Sandoval Sinclair Sokolov Stavros Sutherland Tanaka Thackeray Thornbury Ulrich Vandermeer
Varga Wainwright Whitlock Winslow Yamada Zeller Müller D'Angelo""")

# title, level, function; the order is the order in which a small company fills its chairs
CHAIRS = (
    ("Chief Executive Officer", "C-Level", "Executive"),
    ("Chief Operating Officer", "C-Level", "Operations"),
    ("General Counsel", "C-Level", "Legal"),
    ("VP Operations", "VP", "Operations"),
    ("Director of Compliance", "Director", "Compliance"),
    ("Chief Financial Officer", "C-Level", "Finance"),
    ("Head of Product", "VP", "Product"),
    ("Director of Closing Operations", "Director", "Operations"),
    ("Operations Manager", "Manager", "Operations"),
    ("Chief Technology Officer", "C-Level", "Engineering"),
    ("Vice President, Legal Affairs", "VP", "Legal"),
    ("Senior Director, Risk & Compliance", "Director", "Compliance"),
    ("Marketing Director", "Director", "Marketing"),
    ("Paralegal", "Staff", "Legal"),
)
