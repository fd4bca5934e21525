"""signals-pipeline: which companies are about to buy, why, and whom to talk to today."""
