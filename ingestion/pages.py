"""Pages of an API's answer as one relation of exact texts: every number stays the digits the provider wrote.

Records are flattened to dotted columns, with the scalars of the bucket that encloses them; a record's own win. What the
page says around them is named `page.…`.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingestion.archive import Part
from ingestion.findings import ExportRefused, Finding, shortened
from ingestion.registry import Source

PAGE_LIMIT = 64 << 20  # bytes of one page: providers answer with a few MB, and a page is read into memory whole
GZIP = b"\x1f\x8b"
AGAIN = "fetch the export again and deliver it under a new name"

Texts = dict[str, str | None]


@dataclass
class Pages:
    """The records of a delivery as texts, its buckets in order as (start, end, page), and the columns seen."""

    records: pa.Table
    buckets: list[tuple[str, str, str]] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)


def read_pages(parts: Sequence[Part], source: Source) -> Pages:
    """All pages of a delivery, in the order given. Raises ExportRefused naming the page and the position."""
    tokens: dict[str, str] = {}
    pages = Pages(records=pa.table({}))
    tables = []
    for number, part in enumerate(parts, 1):
        page = read_page(part.path, part.name, source)
        _refuse_repeated_token(page, part.name, source, tokens)
        records: list[Texts] = []
        around = _around(page, source)
        for bucket in _listed(page, _steps(source)[0], part.name):
            records += _records_of_bucket(around, bucket, part.name, source, pages)
        tables.append(_table(records, number, pages.columns))
    merged = pa.concat_tables(tables, promote_options="default")
    rows = pa.array(range(1, len(merged) + 1), pa.int64())
    pages.records = merged.append_column("_row", rows)
    return pages


def read_page(path: Path, name: str, source: Source) -> dict[str, Any]:
    """One page, checked to be a JSON object that says whether another follows, where its source says so."""
    text = _page_text(path, name)
    try:
        page = json.loads(text, parse_float=str, parse_int=str, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"{error.msg.removesuffix(' at')} at line {error.lineno}, character {error.colno} of {len(text)} in all"
        raise _refused("json", name, f"is not complete JSON: {where}", AGAIN) from None
    except ConstantRefused as error:
        raise _refused("not_a_number", name, f"holds {error}, which is no amount", AGAIN) from None
    except RecursionError:
        raise _refused("json", name, "is nested too deeply to be an export", AGAIN) from None
    flag = source.paging.more
    if not isinstance(page, dict) or (flag and not isinstance(at(page, flag), bool)):
        stated = page.get("error") if isinstance(page, dict) else None
        reason = f"is an error message, not an export: {shortened(stated)}" if stated else f"has no {flag or 'records'}"
        raise _refused("envelope", name, reason, "deliver each page exactly as the API returns it")
    return page


def more_follow(page: dict[str, Any], source: Source) -> bool:
    """Whether a page says that another follows."""
    return bool(source.paging.more and at(page, source.paging.more))


def at(page: dict[str, Any], path: str) -> Any:
    """What stands under a dotted path of a page; None when there is nothing."""
    found: Any = page
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


class ConstantRefused(ValueError):
    """A page holds NaN or an infinity."""


def _refuse_constant(constant: str) -> None:
    raise ConstantRefused(constant)


def _page_text(path: Path, name: str) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    if path.stat().st_size == 0:
        raise _refused("empty", name, "is empty", AGAIN)
    with gzip.open(path) if start == GZIP else path.open("rb") as file:
        try:
            head = file.read(4096)
            if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
                raise _refused("json", name, "is not a page of JSON: it does not begin with {", AGAIN)
            content = head + file.read(PAGE_LIMIT)
            return content.decode("utf-8-sig") if len(content) <= PAGE_LIMIT else _too_large(name)
        except (UnicodeDecodeError, zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise _refused("json", name, f"cannot be read: {error}", AGAIN) from None


def _too_large(name: str) -> str:
    raise _refused("size", name, f"is larger than {PAGE_LIMIT >> 20} MiB", "ask the API for fewer buckets a page")


def _refuse_repeated_token(page: dict[str, Any], name: str, source: Source, tokens: dict[str, str]) -> None:
    token = at(page, source.paging.next) if source.paging.next else None
    if token in tokens:
        reason = f"names the same next page as {tokens[token]}, so pages are repeated or missing"
        raise _refused("next_page", name, reason, AGAIN)
    if token is not None:
        tokens[token] = name


def _steps(source: Source) -> list[str]:
    return [step.removesuffix("[]") for step in (source.records or "").split(".")]


def _listed(holder: dict[str, Any], key: str, name: str) -> list[dict[str, Any]]:
    found = holder.get(key)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        reason = f"has no list of objects named {key}"
        raise _refused("envelope", name, reason, "deliver each page exactly as the API returns it")
    return found


def _around(page: dict[str, Any], source: Source) -> Texts:
    """What the page itself says of all its records, named `page.…`, as far as the source asks for it."""
    said = {key: value for key, value in page.items() if key != _steps(source)[0]}
    return {name: text for name, text in _flattened(said, "page.") if name in source.columns}


def _records_of_bucket(
    around: Texts, bucket: dict[str, Any], name: str, source: Source, pages: Pages
) -> Iterator[Texts]:
    steps = _steps(source)
    outer = around | dict(_flattened({key: value for key, value in bucket.items() if key not in steps}))
    if source.buckets:
        bounds = outer.get(source.buckets.start), outer.get(source.buckets.end)
        if bounds[0] is None or bounds[1] is None:
            reason = f"has a bucket without {source.buckets.start} or {source.buckets.end}"
            raise _refused("envelope", name, reason, "deliver each page exactly as the API returns it")
        pages.buckets.append((bounds[0], bounds[1], name))
    for record in _listed(bucket, steps[1], name) if len(steps) > 1 else [{}]:
        texts = outer | dict(_flattened(record))
        pages.columns.update(texts)
        yield texts


def _flattened(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flattened(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield prefix + key, json.dumps(value)
        elif isinstance(value, bool):
            yield prefix + key, "true" if value else "false"
        else:
            yield prefix + key, value


def _table(records: list[Texts], number: int, columns: set[str]) -> pa.Table:
    names = sorted(columns)
    arrays = {name: pa.array([record.get(name) for record in records], pa.string()) for name in names}
    return pa.table({**arrays, "_page": pa.array([number] * len(records), pa.int64())})


def _refused(rule: str, name: str, message: str, cure: str) -> ExportRefused:
    return ExportRefused([Finding(rule, message, cure, file=name)])
