"""The message: a draft per contact and signal, and the gate that it must pass.

contact + evidence → `draft` (static template; a language model later, same shape) → `quality.failures` → Outreach custom4-7.
"""
