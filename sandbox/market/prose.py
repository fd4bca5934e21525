"""Text of invented 8-K items: appointments, departures, pay, re-elections, mergers, results. Facts in, paragraphs out.

facts + dice → paragraphs (plain text). Wording varies as filings do: ages, former employers, "subject to", no disagreement.
Does not belong here: which filing says what (`filings.py`).
"""

from __future__ import annotations

import random
from datetime import date, timedelta


def us(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def usd(amount: int) -> str:
    if amount >= 1_000_000_000:
        return f"${amount / 1e9:.2f} billion"
    if amount >= 1_000_000:
        return f"${amount / 1e6:.1f} million"
    return f"${amount:,}"


def appointment(r: random.Random, company: str, person: str, title: str, on: date, effective: date, before: str) -> list[str]:
    age, surname = r.randrange(38, 63), person.split()[-1]
    first = r.choice(
        [
            f"On {us(on)}, the Board of Directors (the “Board”) of {company} (the “Company”) appointed {person} as {title} of the "
            f"Company, effective {us(effective)}.",
            f"On {us(on)}, {company} (the “Company”) announced the appointment of {person}, age {age}, to serve as the Company’s "
            f"{title}, effective as of {us(effective)}.",
            f"{company} (the “Company”) announced today that {person} has been named {title}, with effect from {us(effective)}.",
        ]
    )
    second = r.choice(
        [
            f"{surname} previously served as {r.choice(['Senior Vice President', 'Vice President', 'Managing Director'])} at {before}.",
            f"Prior to joining the Company, {surname}, {age}, held leadership roles at {before}, most recently as Senior Vice President.",
        ]
    )
    pay = (
        f"In connection with the appointment, {surname} will receive an annual base salary of ${r.randrange(300, 900)},000 and will be "
        "eligible for the Company’s annual incentive plan."
    )
    none = (
        f"There are no arrangements or understandings between {surname} and any other persons pursuant to which {surname} was selected, "
        "and no family relationships with any director or executive officer of the Company."
    )
    return [first, second, pay, none][: r.choice([2, 3, 4])]


def departure(r: random.Random, company: str, person: str, title: str, on: date, effective: date) -> list[str]:
    surname = person.split()[-1]
    first = r.choice(
        [
            f"On {us(on)}, {person}, {title} of {company} (the “Company”), notified the Company of the decision to resign, effective "
            f"{us(effective)}, to pursue other opportunities.",
            f"On {us(on)}, {company} (the “Company”) announced that {person} will step down as {title} effective {us(effective)}.",
            f"On {us(on)}, {person} informed the Board of Directors of {company} (the “Company”) of the intention to retire from the "
            f"position of {title}, effective as of {us(effective)}.",
        ]
    )
    second = (
        f"{surname}’s departure is not the result of any disagreement with the Company on any matter relating to its "
        "operations, policies or practices."
    )
    return [first, second]


def succession(r: random.Random, company: str, old: str, new: str, title: str, on: date, effective: date, before: str) -> list[str]:
    return [
        *departure(r, company, old, title, on, effective),
        f"In connection with the departure, on {us(on)} the Board appointed {new} as {title}, effective {us(effective)}, to succeed {old}. "
        f"{new.split()[-1]} joins the Company from {before}.",
    ]


def pay_only(r: random.Random, company: str, person: str, title: str, on: date) -> list[str]:
    return [
        f"On {us(on)}, the Compensation Committee of the Board of Directors of {company} (the “Company”) approved an amendment to the "
        f"employment "
        f"agreement with {person}, the Company’s {title}. The amendment increases the annual base salary to ${r.randrange(400, 950)},000 "
        f"and provides for a grant of {r.randrange(20, 240)},000 restricted stock units vesting over four years."
    ]


def re_election(r: random.Random, company: str, directors: list[str], on: date) -> list[str]:
    head = (
        f"On {us(on)}, {company} (the “Company”) held its annual meeting of stockholders. The stockholders elected each of the "
        f"following nominees "
        "to serve as directors until the next annual meeting:"
    )
    votes = [
        f"{name}: {r.randrange(20, 90):,},{r.randrange(100, 999)},{r.randrange(100, 999)} votes for, "
        f"{r.randrange(100, 900)},{r.randrange(100, 999)} withheld."
        for name in directors
    ]
    return [head, *votes]


def agreement(r: random.Random, company: str, target: str, price: int, on: date) -> list[str]:
    return [
        f"On {us(on)}, {company} (the “Company”) entered into an Agreement and Plan of Merger (the “Merger Agreement”) with {target} "
        f"and a wholly owned "
        f"subsidiary of the Company, pursuant to which the Company agreed to acquire {target} for aggregate consideration of "
        f"approximately {usd(price)} in cash.",
        "The transaction is subject to customary closing conditions, including regulatory approval, and is expected to close in the "
        f"{r.choice(['third', 'fourth'])} quarter.",
    ]


def completion(r: random.Random, company: str, target: str, price: int, on: date) -> list[str]:
    return [
        r.choice(
            [
                f"On {us(on)}, {company} (the “Company”) completed its previously announced acquisition of {target} for a purchase "
                f"price of {usd(price)}.",
                f"On {us(on)}, pursuant to the Merger Agreement, {company} (the “Company”) acquired all of the outstanding shares of "
                f"{target}. "
                f"The aggregate consideration paid was approximately {usd(price)}.",
            ]
        )
    ]


def quarter_end(on: date) -> date:
    """Last day of the quarter before the day."""
    first = date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)
    return first - timedelta(days=1)


def results(r: random.Random, company: str, on: date) -> list[str]:
    return [
        f"On {us(on)}, {company} issued a press release announcing its financial results for the quarter ended {us(quarter_end(on))}. "
        "A copy of the press release is furnished as Exhibit 99.1 to this Current Report on Form 8-K."
    ]


def other_event(r: random.Random, company: str, on: date) -> list[str]:
    return [
        r.choice(
            [
                f"On {us(on)}, {company} announced that its Board of Directors declared a quarterly cash dividend of "
                f"$0.{r.randrange(10, 60)} per share of common stock.",
                f"On {us(on)}, {company} announced a share repurchase program of up to ${r.randrange(20, 400)} million.",
                f"On {us(on)}, {company} received a letter from the staff of the exchange regarding its periodic reports.",
            ]
        )
    ]


def rumour(r: random.Random, company: str, target: str) -> list[str]:
    return [
        f"{company} is aware of press reports that it is considering a possible acquisition of {target}. The Company does not comment "
        f"on market rumours, "
        "and there can be no assurance that any transaction will occur."
    ]


def loan(r: random.Random, company: str, amount: int, on: date) -> list[str]:
    return [
        f"On {us(on)}, {company} (the “Company”) entered into a Credit Agreement with a syndicate of lenders providing for a senior "
        f"secured term loan "
        f"in an aggregate principal amount of {usd(amount)}."
    ]
