"""Fixtures of the vendor client tests: the same world as the HTTP tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1] / "http"))  # http_kit.py

from http_kit import World

from signals_pipeline.io.ops import open_ops
from signals_pipeline.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        {}, home=tmp_path, contact="Acme data@acme.example", now="2026-06-30T10:00:00+00:00",
        salesforce_url="https://acme.my.salesforce.example/box", salesforce_client_id="client", salesforce_client_secret="sf-secret-1",
        outreach_url="https://api.outreach.example", outreach_client_id="client", outreach_client_secret="or-secret-1",
        outreach_refresh_token="seed-refresh-0", sixsense_scribe_url="https://scribe.example", sixsense_api_url="https://six.example",
        sixsense_scoring_token="s" * 40, sixsense_segments_token="g" * 40, sixsense_people_token="p" * 40,
        edgar_www_url="https://www.edgar.example", edgar_data_url="https://data.edgar.example",
        slack_api_url="https://slack.example/api", slack_bot_token="xoxb-bot-token", slack_channel="#signals",
    )  # fmt: skip


@pytest.fixture
def ops(settings: Settings) -> sa.Engine:
    return open_ops(settings.ops_database_url)


@pytest.fixture
def world(settings: Settings, ops: sa.Engine) -> World:
    return World(settings, ops)
