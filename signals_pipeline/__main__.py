"""python -m signals_pipeline: the `signals` command."""

from signals_pipeline.cli import main

main()
