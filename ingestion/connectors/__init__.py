"""Fetching exports from providers' APIs into landing, exactly as the endpoints return them.

A connector is a `connector.yml` beside a source's `source.yml`, over an API under `apis/`; one engine runs them all.
"""

from ingestion.connectors.declaration import Connector, connectors
from ingestion.connectors.transport import PullRefused, Unavailable

__all__ = ["Connector", "PullRefused", "Unavailable", "connectors"]
