"""Provider exports in, FOCUS Parquet out. This is the room's face; it knows nothing downstream."""

from typing import TYPE_CHECKING, Any

from ingestion.archive import Part, Unsettled, archive_file, content_hash, hash_file, load_id_of
from ingestion.findings import ExportRefused, Finding
from ingestion.registry import Source, SourceError, sources

if TYPE_CHECKING:
    from ingestion.landing import Delivery, find_deliveries
    from ingestion.loading import LoadResult, StagedFile, load_export

__all__ = [
    "Delivery",
    "ExportRefused",
    "Finding",
    "LoadResult",
    "Part",
    "Source",
    "SourceError",
    "StagedFile",
    "Unsettled",
    "archive_file",
    "content_hash",
    "find_deliveries",
    "hash_file",
    "load_export",
    "load_id_of",
    "sources",
]

# Reading exports needs DuckDB and Arrow, listing sources does not: `tokenbooks sources` should start fast.
_LAZY = {
    "Delivery": "landing",
    "find_deliveries": "landing",
    "LoadResult": "loading",
    "StagedFile": "loading",
    "load_export": "loading",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"ingestion.{_LAZY[name]}"), name)
