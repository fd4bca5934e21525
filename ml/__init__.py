"""Learning: tables → features → models that abstain when they have no skill. Plain Python; knows neither Dagster nor the pipeline's stages."""
