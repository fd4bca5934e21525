# ruff: noqa: E501 - invented documents are long lines
"""Acquisitions in their many forms, each invented: who stands on which side, how far, for how much; or why there is none."""

import pytest
from invented_item import item_text, read_document

FORMS = {
    "completed_with_announced_price": (
        "2.01",
        'On March 1, 2026, Acme Robotics, Inc. (the "Company") completed its previously announced acquisition of Beta Systems, Inc., a Delaware corporation ("Beta"), for approximately $1.2 billion in cash, pursuant to the Agreement and Plan of Merger dated December 1, 2025.',
        [("target", "Beta Systems, Inc.", "completed", "1200000000.00", "USD")],
        None,
    ),
    "registrant_acquired": (
        "2.01",
        'On March 1, 2026, Giant Corporation ("Parent") completed its acquisition of Acme Robotics, Inc. (the "Company") pursuant to the Merger Agreement. At the effective time, Merger Sub merged with and into the Company, with the Company surviving as a wholly owned subsidiary of Parent. Each share was converted into the right to receive $42.50 in cash, without interest. The aggregate merger consideration was approximately $850 million.',
        [("acquirer", "Giant Corporation", "completed", "850000000.00", "USD")],
        None,
    ),
    "definitive_agreement_share_purchase": (
        "1.01",
        'On March 1, 2026, Acme Robotics, Inc. ("Acme") entered into a Share Purchase Agreement with Omega Holdings Ltd. (the "Seller") to purchase all of the issued and outstanding shares of Kappa Instruments Limited, a company organized under the laws of England ("Kappa"), for a purchase price of £75 million.',
        [("target", "Kappa Instruments Limited", "agreed", "75000000.00", "GBP")],
        None,
    ),
    "asset_purchase_all": (
        "1.01",
        'On March 1, 2026, the Company entered into an Asset Purchase Agreement with Sigma Labs, LLC ("Sigma"), pursuant to which the Company agreed to acquire substantially all of the assets of Sigma for $12.5 million in cash.',
        [("target", "Sigma Labs, LLC", "agreed", "12500000.00", "USD")],
        None,
    ),
    "asset_purchase_certain": (
        "2.01",
        "On March 1, 2026, the Company completed the purchase of certain assets of Tau Components, Inc. related to its sensor product line for $3 million.",
        [],
        "part_of_assets",
    ),
    "terminated": (
        "1.02",
        'On March 1, 2026, the Company and Beta Systems, Inc. ("Beta") mutually agreed to terminate the Agreement and Plan of Merger, dated October 1, 2025, pursuant to which the Company would have acquired Beta.',
        [],
        "deal_terminated",
    ),
    "closing_announced": (
        "8.01",
        "On March 1, 2026, Acme Robotics, Inc. issued a press release announcing the closing of its acquisition of Theta Analytics GmbH. The total purchase price was EUR 40 million.",
        [("target", "Theta Analytics GmbH", "completed", "40000000.00", "EUR")],
        None,
    ),
    "ranges_earnout": (
        "1.01",
        'On March 1, 2026, Acme Robotics, Inc. ("Acme") entered into a Stock Purchase Agreement to acquire all of the outstanding stock of Iota Networks, Inc. ("Iota") for $50 million in cash at closing plus up to $20 million in contingent earn-out payments.',
        [("target", "Iota Networks, Inc.", "agreed", None, None)],
        None,
    ),
    "stock_consideration": (
        "1.01",
        'On March 1, 2026, Acme Robotics, Inc. ("Acme") entered into an Agreement and Plan of Merger with Beta Systems, Inc. ("Beta") and Acme Merger Sub, Inc. Under the Merger Agreement, each share of Beta common stock will be exchanged for 0.45 of a share of Acme common stock. The transaction is valued at approximately $2.1 billion.',
        [("target", "Beta Systems, Inc.", "agreed", "2100000000.00", "USD")],
        None,
    ),
    "purchaser_parent_merger_sub_name": (
        "1.01",
        'On February 27, 2026, Acme Robotics, Inc., a Delaware corporation (the "Company"), entered into an Agreement and Plan of Merger (the "Merger Agreement") by and among the Company, Titan Intermediate Holdings, LLC, a Delaware limited liability company ("Parent"), and Titan Merger Sub, Inc., a Delaware corporation and wholly owned subsidiary of Parent ("Merger Sub"). Pursuant to the Merger Agreement, Merger Sub will be merged with and into the Company, with the Company continuing as the surviving corporation. Parent and Merger Sub are affiliates of Blue Peak Partners. At the effective time each share will be converted into the right to receive $18.25 in cash.',
        [("acquirer", "Titan Intermediate Holdings, LLC", "agreed", None, None)],
        None,
    ),
    "tender_offer": (
        "1.01",
        'On March 1, 2026, Acme Robotics, Inc. (the "Company") entered into a Merger Agreement with Giant Corporation, a Delaware corporation ("Giant"), and Gull Acquisition Corp., a wholly owned subsidiary of Giant ("Purchaser"). Pursuant to the Merger Agreement, Purchaser will commence a tender offer to acquire all of the outstanding shares of common stock of the Company at a price of $30.00 per share.',
        [("acquirer", "Giant Corporation", "agreed", None, None)],
        None,
    ),
    "membership_interests_seller_named": (
        "1.01",
        "On March 1, 2026, Acme Robotics, Inc. through its wholly owned subsidiary Acme Europe B.V., acquired 100% of the membership interests in Lambda Freight, LLC from Mu Capital Partners for $22,500,000.",
        [("target", "Lambda Freight, LLC", "completed", "22500000.00", "USD")],
        None,
    ),
    "disposal": (
        "2.01",
        "On March 1, 2026, the Company completed the sale of its Nu Foods subsidiary to Xi Brands, Inc. for $310 million.",
        [],
        "asset_disposal",
    ),
    "letter_of_intent": (
        "1.01",
        "On March 1, 2026, Acme Robotics, Inc. signed a non-binding letter of intent to acquire Rho Mining Corp.",
        [("target", "Rho Mining Corp.", "proposed", None, None)],
        None,
    ),
    "joint_venture_not_acquisition": (
        "1.01",
        "On March 1, 2026, Acme Robotics, Inc. entered into a joint venture agreement with Upsilon Energy, Inc. to develop a plant.",
        [],
        "no_pattern",
    ),
    "supply_agreement": (
        "1.01",
        "On March 1, 2026, Acme Robotics, Inc. entered into a supply agreement with Phi Metals Corporation under which Acme will purchase aluminum from Phi Metals Corporation.",
        [],
        "no_pattern",
    ),
    "change_of_control": (
        "5.01",
        "On March 1, 2026, Chi Investments, Inc. acquired 80% of the outstanding common stock of Acme Robotics, Inc. from Psi Holdings LLC for $5,000,000, resulting in a change in control.",
        [("acquirer", "Chi Investments, Inc.", "completed", "5000000.00", "USD")],
        None,
    ),
    "real_property": (
        "1.01",
        "On March 1, 2026, a subsidiary of Acme Robotics, Inc. entered into a purchase agreement to acquire an office building located in Austin, Texas from Omega Properties LP for $18 million.",
        [],
        "no_pattern",
    ),
    "acquired_by_subsidiary_definiton_order": (
        "2.01",
        'Effective March 1, 2026, Acme Robotics, Inc. ("Acme"), through Acme Holdings II, Inc., purchased all of the outstanding equity interests of Delta Drones Pty Ltd ("Delta"), for A$33.0 million.',
        [("target", "Delta Drones Pty Ltd.", "completed", "33000000.00", "AUD")],
        None,
    ),
    "release": (
        "7.01",
        "On March 1, 2026, Acme Robotics, Inc. announced that it has acquired Zeta Software, Inc., a provider of planning software. Terms were not disclosed.",
        [("target", "Zeta Software, Inc.", "completed", None, None)],
        None,
    ),
    "received_unsolicited_proposal": (
        "8.01",
        "On March 1, 2026, Acme Robotics, Inc. received an unsolicited proposal from Giant Corporation to acquire all of the outstanding shares of the Company for $25.00 per share.",
        [("acquirer", "Giant Corporation", "proposed", None, None)],
        None,
    ),
    "merger_of_equals_past": (
        "2.01",
        "On March 1, 2026, pursuant to the Merger Agreement, Beta Systems, Inc. merged with and into Acme Sub I, Inc., a wholly owned subsidiary of Acme Robotics, Inc.",
        [("target", "Beta Systems, Inc.", "completed", None, None)],
        None,
    ),
    "acquisition_by_pe_fund": (
        "1.01",
        'On March 1, 2026, Acme Robotics, Inc. (the "Company") entered into a definitive agreement to be acquired by Cedar Equity Partners, L.P. ("Cedar") in an all-cash transaction valued at approximately $640 million.',
        [("acquirer", "Cedar Equity Partners, L.P.", "agreed", "640000000.00", "USD")],
        None,
    ),
    "date_without_a_comma": (
        "2.01",
        'On March 1, 2026 the Company completed the acquisition of Cobalt Signs, Inc. ("Cobalt").',
        [("target", "Cobalt Signs, Inc.", "completed", None, None)],
        None,
    ),
    "our_subsidiary_under_a_role": (
        "1.01",
        'On March 1, 2026, the Company, its wholly owned subsidiary, Acme Europe B.V. (the "Purchaser"), and Ring Mills AG (the "Seller") entered into a share purchase agreement pursuant to which the Purchaser will acquire all of the shares of Dunlin B.V. for EUR 31.5 million.',
        [("target", "Dunlin B.V.", "agreed", "31500000.00", "EUR")],
        None,
    ),
    "the_registrant_by_its_short_name": (
        "1.01",
        'On March 1, 2026, Acme Robotics, Inc. ("Acme") entered into an Agreement and Plan of Merger with Quilt Bags, Inc. and Dawn Merger Sub, Inc., a wholly owned subsidiary of Quilt Bags. The Merger Agreement provides that Quilt Bags will acquire Acme.',
        [("acquirer", "Quilt Bags, Inc.", "agreed", None, None)],
        None,
    ),
    "parent_without_a_legal_form": (
        "2.01",
        'On December 1, 2025, the Company entered into a Merger Agreement with Sable Mont ("Parent") and SM Merger Sub, Inc. On March 1, 2026, Parent completed its acquisition of Acme Robotics.',
        [("acquirer", "Sable Mont", "completed", None, None)],
        None,
    ),
    "bracket_inside": (
        "2.01",
        'On March 1, 2026, the Company completed the previously announced acquisition (the "Acquisition") of Bolt Works Corp. ("Bolt") pursuant to the Purchase Agreement; at the closing, the Company paid aggregate cash consideration of approximately $1.1 billion.',
        [("target", "Bolt Works Corp.", "completed", "1100000000.00", "USD")],
        None,
    ),
    "from_the_seller": (
        "1.01",
        'On March 1, 2026, the Company entered into a Purchase Agreement with Dyne Partners LP (the "Seller"), pursuant to which the Company agreed to purchase from the Seller all of the outstanding equity interests of Dyne Motors, Inc. ("Dyne Motors") for a purchase price of $55 million.',
        [("target", "Dyne Motors, Inc.", "agreed", "55000000.00", "USD")],
        None,
    ),
    "sellers_subsidiary": (
        "2.01",
        "On March 1, 2026, the Company acquired from Talc Chemical Corp. all of the shares of its subsidiary, Talc Coatings GmbH, for a purchase price of EUR 12.0 million.",
        [("target", "Talc Coatings GmbH", "completed", "12000000.00", "EUR")],
        None,
    ),
    "assets_with_liabilities_inserted": (
        "2.01",
        "On March 1, 2026, the Company acquired substantially all of the assets, and assumed certain liabilities, of 9th Lane Media, LLC for $6.2 million.",
        [("target", "9th Lane Media, LLC", "completed", "6200000.00", "USD")],
        None,
    ),
    "the_company_by_somebody": (
        "8.01",
        "On March 1, 2026, the previously announced acquisition of the Company by Heron Equity Partners was completed.",
        [("acquirer", "Heron Equity Partners", "completed", None, None)],
        None,
    ),
    "history_in_passing": (
        "8.01",
        "Acme Robotics, Inc., which acquired Pine Software, Inc. in 2022, will hold its annual meeting on May 9, 2026. In 2024, the Company acquired Opal Media LLC for $15.0 million.",
        [],
        "no_pattern",
    ),
    "use_of_proceeds": (
        "1.01",
        "The Company entered into a Credit Agreement. The proceeds were used to fund the acquisition of Tern Freight, LLC described in Item 2.01.",
        [],
        "no_pattern",
    ),
    "role_words_inside_a_name": (
        "1.01",
        'On March 1, 2026, Acme Robotics, Inc. ("Acme") agreed to acquire Impact Planet, Inc. for $30 million.',
        [("target", "Impact Planet, Inc.", "agreed", "30000000.00", "USD")],
        None,
    ),
    "became_our_subsidiary": (
        "2.01",
        'On March 1, 2026, the transactions contemplated by the Agreement and Plan of Merger among the Company, Acme Sub Inc. and Stork Data, Inc. ("Stork") were consummated, and Stork became a wholly owned subsidiary of the Company.',
        [("target", "Stork Data, Inc.", "completed", None, None)],
        None,
    ),
    "became_theirs": (
        "2.01",
        "On March 1, 2026, as a result of the merger, the Company became a wholly owned subsidiary of Northgate Holdings, Inc.",
        [("acquirer", "Northgate Holdings, Inc.", "completed", None, None)],
        None,
    ),
    "tender_completed": (
        "2.01",
        "On March 1, 2026, Acme Robotics, Inc. completed its tender offer for all outstanding shares of Pomelo Nets, Inc. at $14.00 per share.",
        [("target", "Pomelo Nets, Inc.", "completed", None, None)],
        None,
    ),
}


def read(item, body):
    return read_document(item_text(item, body))


@pytest.mark.parametrize("form", FORMS)
def test_a_deal_is_told_in_many_forms(form):
    item, body, expected, reason = FORMS[form]
    reading = read(item, body)
    deals = [e for e in reading.events if e.signal_type == "acquisition"]
    found = [(e.other.role, e.other.name, e.deal_stage, str(e.amount) if e.amount else None, e.currency) for e in deals]
    assert (found, reading.reason) == (expected, reason)
    assert not [e for e in reading.events if e.signal_type == "funding_round"]


def test_the_side_and_the_kind_of_a_deal_stand_in_its_change():
    found = {
        form: [e.change_type for e in read(*FORMS[form][:2]).events] for form in ("asset_purchase_all", "registrant_acquired", "release")
    }
    assert found == {"asset_purchase_all": ["acquires_assets"], "registrant_acquired": ["is_acquired"], "release": ["acquires"]}
