import pytest

from signals_pipeline.rules.titles import classify


@pytest.mark.parametrize(
    ("title", "level", "department"),
    [
        ("Senior Vice President and Chief Financial Officer", "c_suite", "finance"),
        ("Vice President, Sales", "vp", "sales"),
        ("C.E.O.", "c_suite", None),
        ("President", "c_suite", None),
        ("Executive Vice President", "vp", None),
        ("Vice-President of Operations", "vp", "operations"),
        ("Executive Assistant to the CEO", None, None),
        ("Chief of Staff to the CEO", "director", None),
        ("VP, Office of the CEO", "vp", None),
        ("Chief Information Security Officer", "c_suite", "technology"),
        ("Chief Commercial and Revenue Officer", "c_suite", "sales"),
        ("Head of Growth", "director", "marketing"),
        ("Head of Growth, Sales", "director", "sales"),
        ("Product Marketing Manager", "manager", "marketing"),
        ("CPO", "c_suite", None),
        ("Chief People Officer", "c_suite", "hr"),
        ("Managing Director", "director", None),
        ("Director of Accounting", "director", "finance"),
        ("Software Engineer", None, "technology"),
        ("Chief Engineer", None, "technology"),
        ("co-founder & CTO", "c_suite", "technology"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_the_most_senior_word_gives_the_level_and_the_first_word_the_department(title, level, department):
    assert classify(title) == (level, department)


def test_a_managing_director_leads_a_british_company_only():
    assert classify("Managing Director", country="GB")[0] == "c_suite"
    assert classify("Managing Director", country="US")[0] == "director"


def test_head_of_is_a_vice_president_in_a_large_firm_and_a_partner_owns_a_small_one():
    assert classify("Head of Legal", employees=500) == ("vp", "finance")
    assert classify("Head of Legal", employees=150) == ("director", "finance")
    assert classify("Partner", employees=12)[0] == "c_suite"
