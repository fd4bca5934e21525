"""Learning: tables → features → models that abstain when they have no skill. Plain Python: no Dagster, no stages."""
