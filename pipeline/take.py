"""One delivery through archive, typing and gate, into the lake or into quarantine.

Everything is prepared beside its place and moved there; the manifest is last, so a kill at any point loses nothing.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion import ExportRefused, Finding, Part, Source, archive, content_hash, load_export, load_id_of
from pipeline import manifest, quarantine, store
from pipeline.manifest import DeliveryEntry, FileEntry, Load, PartEntry
from pipeline.settings import Books
from pipeline.verdicts import keep_verdict

if TYPE_CHECKING:
    from expectations import Verdict
    from ingestion import Delivery, LoadResult


LONG = 32 << 20  # bytes whose copying and reading take long enough to make the gate ready beside it


@dataclass(frozen=True)
class Taking:
    """A delivery being taken: its archived parts, and the source that its folder names, if that is known."""

    books: Books
    delivery: "Delivery"
    source: Source | None
    parts: tuple[Part, ...]

    @property
    def sha256(self) -> str:
        """The content's identity; of what cannot be read at all, such as a link, that of the place it lies in."""
        digests = [part.sha256 for part in self.parts]
        return content_hash(digests) if digests else self.delivery.fingerprint

    @property
    def load_id(self) -> str:
        """The same content again is the same load."""
        return load_id_of(self.delivery.source, self.delivery.account, self.sha256)

    @property
    def staging(self) -> Path:
        """Where Parquet is made: inside the lake, so that moving it into place is a rename."""
        return self.books.lake / ".staging" / self.load_id


def archived(books: Books, delivery: "Delivery") -> tuple[Part, ...]:
    """The files of a delivery, in the archive. Raises Unsettled when one of them changes meanwhile."""
    from expectations import ready_ahead

    if sum(part.stat().st_size for part in delivery.parts) > LONG:
        ready_ahead()
    parts = archive.store(delivery, books.archive)
    store.send(books, "archive", [part.path for part in parts], once=True)
    return parts


def take(taking: Taking, progress: Callable[[str], None] | None = None) -> Load:
    """Type and judge an archived delivery; returns its manifest entry, accepted or refused, as written.

    Raises what is neither the export's fault nor a verdict: a full disk, a wrong source definition.
    """
    say = progress or (lambda _: None)
    try:
        if taking.source is None:
            raise ExportRefused(taking.delivery.findings or (_unknown_source(taking.delivery),))
        say(f"reading {taking.delivery.path}")
        loaded = load_export(taking.parts, taking.source, taking.delivery.account, taking.staging)
    except ExportRefused as refused:
        return _refuse_unread(taking, refused.findings)
    say(f"judging {taking.delivery.path}: {loaded.rows:,} rows")
    verdict = _judge(taking.source, taking, loaded)
    if verdict.passed:
        return _accept(taking, taking.source, loaded, verdict)
    from expectations import offending_rows

    broken = tuple(result for result in verdict.failures if result.blocks)
    rows = offending_rows(replace(verdict, results=broken), [file.path for file in loaded.files])
    findings = [_finding(taking, result) for result in broken]
    return _refuse(taking, verdict, findings, rows, loaded.records)


def delivery_entry(delivery: "Delivery") -> DeliveryEntry:
    """What the manifest keeps of a delivery."""
    return DeliveryEntry(
        path=delivery.path, as_of=delivery.as_of, as_of_basis=delivery.as_of_basis, fingerprint=delivery.fingerprint
    )


def definition_of(source: Source | None) -> str:
    """The hash of the definition that decided a load; empty for a source nobody knows."""
    return source.definition if source else ""


def _unknown_source(delivery: "Delivery") -> Finding:
    cure = f"`tokenbooks sources` lists the names; move it, or add ingestion/sources/{delivery.source}/"
    return Finding("unknown_source", f"there is no source {delivery.source}", cure, delivery.path)


def _judge(source: Source, taking: Taking, loaded: "LoadResult") -> "Verdict":
    """The gate's verdict, with the loader's warnings in it. Days without any use have no rows to judge."""
    from expectations import LoadContext, Result, Verdict, judge_load

    window = (loaded.window_from.isoformat(), loaded.window_to.isoformat())
    about = (taking.load_id, source.id, taking.delivery.account, source.dataset, loaded.records, loaded.totals)
    context = LoadContext(*about, *window, source.window_by)
    if loaded.files:
        verdict = judge_load([file.path for file in loaded.files], source.dataset, source, context)
    else:
        plain = f"The export states that nothing was used from {window[0]} up to but not including {window[1]}."
        told = {name: value for name, value in vars(context).items() if name != "load_id"}
        verdict = Verdict("load", taking.load_id, (Result("nothing_used", plain, "info", success=True),), **told)
    warned = Verdict.from_findings(loaded.warnings, subject=taking.load_id).results
    periods = tuple(file.period for file in loaded.files)
    return replace(verdict, results=(*verdict.results, *warned), periods=periods)


def _accept(taking: Taking, source: Source, loaded: "LoadResult", verdict: "Verdict") -> Load:
    files = [_into_lake(taking, source, file.path, file.period) for file in loaded.files]
    store.send(taking.books, "lake", [taking.books.lake / file for file in files])
    counts = [file.rows for file in loaded.files]
    load = Load(
        **_about(taking),
        dataset=source.dataset,
        records=loaded.records,
        rows=loaded.rows,
        totals=loaded.totals,
        window_from=loaded.window_from,
        window_to=loaded.window_to,
        window_by=source.window_by,
        files=tuple(
            FileEntry(path=path, period=file.period, rows=rows)
            for path, file, rows in zip(files, loaded.files, counts, strict=True)
        ),
        warnings=tuple(finding.to_dict() for finding in loaded.warnings),
        verdict="accepted",
    )
    keep_verdict(taking.books, verdict)
    manifest.write(taking.books, load)
    quarantine.remove(taking.books.quarantine, taking.load_id)
    return load


def _into_lake(taking: Taking, source: Source, staged: Path, period: str) -> str:
    path = Path(source.dataset, f"source={source.id}", f"period={period}", f"{taking.load_id}.parquet")
    target = taking.books.lake / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with staged.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(staged, target)
    archive.sync_folder(target.parent)
    return path.as_posix()


def _refuse_unread(taking: Taking, findings: Sequence[Finding]) -> Load:
    from expectations import Verdict

    findings = [finding if finding.file else replace(finding, file=taking.delivery.name) for finding in findings]
    about = {"source": taking.delivery.source, "account": taking.delivery.account}
    dataset = taking.source.dataset if taking.source else None
    verdict = Verdict.from_findings(findings, subject=taking.load_id, dataset=dataset, **about)
    return _refuse(taking, verdict, findings, {}, 0)


def _refuse(taking: Taking, verdict: "Verdict", findings: list[Finding], rows: dict[str, Any], records: int) -> Load:
    dataset = taking.source.dataset if taking.source else None
    told = tuple(finding.to_dict() for finding in findings)
    load = Load(**_about(taking), dataset=dataset, records=records, verdict="refused", findings=told)
    quarantine.put(taking.books.quarantine, taking.load_id, taking.parts, verdict.to_json(), rows)
    keep_verdict(taking.books, verdict)
    manifest.write(taking.books, load)
    shutil.rmtree(taking.staging, ignore_errors=True)
    return load


def _finding(taking: Taking, result: Any) -> Finding:
    message = f"{result.plain} {result.observed}".rstrip()
    cure = f"the rows are in quarantine/{taking.load_id}/rows-{result.rule}.csv"
    return Finding(result.rule, message, cure, taking.delivery.name)


def _about(taking: Taking) -> dict[str, Any]:
    """The fields of a manifest entry that do not depend on what the export holds."""
    entry = delivery_entry(taking.delivery)
    parts = (
        PartEntry(
            name=part.name,
            sha256=part.sha256,
            bytes=part.bytes,
            archived=part.path.relative_to(taking.books.archive).as_posix(),
        )
        for part in taking.parts
    )
    return {
        "load_id": taking.load_id,
        "source": taking.delivery.source,
        "account": taking.delivery.account,
        "sha256": taking.sha256,
        "bytes": sum(part.bytes for part in taking.parts),
        "parts": tuple(parts),
        "deliveries": (entry,),
        "as_of": entry.as_of,
        "definition": definition_of(taking.source),
        "loaded_at": datetime.now(UTC).replace(tzinfo=None, microsecond=0),
    }
