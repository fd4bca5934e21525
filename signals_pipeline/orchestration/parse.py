"""`python -m signals_pipeline.orchestration.parse`: dbt parses and the definitions load; prints what they hold."""

from __future__ import annotations

import sys
import tempfile

from signals_pipeline.definitions import build_definitions
from signals_pipeline.orchestration.launch import set_dagster_home
from signals_pipeline.settings import load_settings


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings({}, home=home)
        set_dagster_home(settings)
        graph = build_definitions(settings).resolve_asset_graph()
        sys.stdout.write(f"definitions load: {len(graph.get_all_asset_keys())} assets, {len(graph.asset_check_keys)} checks\n")


if __name__ == "__main__":
    main()
