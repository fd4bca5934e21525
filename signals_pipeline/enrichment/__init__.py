"""Stage enrichment: finds the people of hot, eligible accounts and completes them, within a credit budget.

eligibility + scores → holdout → people search (free) → choice → waterfall of providers (credits) → people, links, results.
Does not belong here: who may be contacted (`signals.account_eligibility`), what is sent (`priorities`, `activation`).
"""
