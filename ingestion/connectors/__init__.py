"""Fetching exports from providers into landing, exactly as their APIs return them and their databases write them.

A connector is a `connector.yml` beside a source's `source.yml`, over an API under `apis/`; one engine runs them all.
"""

from ingestion.connectors.declaration import Connector, connectors
from ingestion.connectors.trying import PullRefused, Unavailable

__all__ = ["Connector", "PullRefused", "Unavailable", "connectors"]
