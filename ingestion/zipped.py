"""Gzipped exports: told by their first bytes, and never one that holds more than any disk."""

import gzip
import zlib

from ingestion.archive import Part
from ingestion.findings import ExportRefused, Finding

GZIP = b"\x1f\x8b"
EXPANDED_LIMIT = 256 << 30  # bytes a gzipped export may expand to, and how many times its own size
EXPANDED_TIMES = 200
AT_LEAST = 1 << 18  # bytes that the smallest may expand to


def is_zipped(part: Part) -> bool:
    """Whether a file is gzipped, by its content. Raises ExportRefused for one that is not whole, or a bomb."""
    with part.path.open("rb") as file:
        zipped = file.read(2) == GZIP
    if zipped:
        _refuse_bomb(part)
    return zipped


def _refuse_bomb(part: Part) -> None:
    """Unzip once in blocks, counting."""
    limit = min(EXPANDED_LIMIT, max(AT_LEAST, part.bytes * EXPANDED_TIMES))
    size = 0
    try:
        with gzip.open(part.path) as file:
            while block := file.read(1 << 20):
                size += len(block)
                if size > limit:
                    message = f"expands to more than {limit:,} bytes, {EXPANDED_TIMES} times its size"
                    cure = "deliver it without compression if it is genuine"
                    raise ExportRefused([Finding("size", message, cure, file=part.name)])
    except (OSError, EOFError, zlib.error) as error:
        message = f"is not a whole gzip file: {error}"
        cure = "export it again and deliver it under a new name"
        raise ExportRefused([Finding("format", message, cure, file=part.name)]) from None
