"""The six named gates as Great Expectations suites, and the one function that judges a data frame by them.

frame (keys and numbers, no personal value) → `gates.judge` → `GateResult`. Does not belong here: where the frames come from.
"""
