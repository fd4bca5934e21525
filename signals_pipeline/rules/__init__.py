"""Business rules that a person edits: `config/profile.yml` and the dbt seeds, read once, checked, typed.

profile.yml → `Profile`; dbt_project/seeds/<name>.csv → `seed(name)`.
Does not belong here: thresholds in code, anything that reads the environment.
"""
