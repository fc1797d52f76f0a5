"""Dollars where cents belong: every cost load held against the metered use of its account, whichever came first.

A cost load is judged again whenever other usage counts in its window, so the books follow from what was
delivered, not from the order in which it came.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from ingestion import Finding, Part, Source
from pipeline import manifest, quarantine, store
from pipeline.content import digest
from pipeline.manifest import Load
from pipeline.settings import Books
from pipeline.verdicts import keep_verdict, verdict_path


def rejudge_units(books: Books, known: Mapping[str, Source], loads: dict[str, Load]) -> list[Load]:
    """Judge the unit of money of the cost loads whose usage is not the one they were last judged by.

    Returns the loads whose verdict changed, which are replaced in `loads`. Needs the books' lock.
    """
    changed = []
    for load in sorted(loads.values(), key=lambda load: load.load_id):
        source = known.get(load.source)
        if source is None or not source.drivers or not _in_question(load):
            continue
        usage = _usage(load, source, loads.values())
        against = digest([one.load_id for one in usage])
        if load.units_against != against:
            judged = _judged(books, load, usage, against)
            loads[load.load_id] = judged
            changed += [judged] if judged.verdict != load.verdict else []
        elif load.verdict == "refused":
            _out_of_lake(books, load)  # a kill between verdict and move
    return changed


def _in_question(load: Load) -> bool:
    """Whether a load has rows and nothing but its unit of money could refuse it."""
    if not load.files or not load.findings:
        return bool(load.files)
    from expectations import UNIT_RULE

    return all(finding["rule"] == UNIT_RULE for finding in load.findings)


def _usage(load: Load, source: Source, loads: Iterable[Load]) -> list[Load]:
    """Accepted usage of the same account, of the sources that this one names, whose window touches the load's."""
    return sorted(
        (
            one
            for one in loads
            if one.verdict == "accepted" and one.account == load.account and one.source in source.drivers
            if one.window_from and one.window_to and load.window_from and load.window_to
            if one.window_from < load.window_to and load.window_from < one.window_to
        ),
        key=lambda one: one.load_id,
    )


def _judged(books: Books, load: Load, usage: list[Load], against: str) -> Load:
    """Judge, keep the verdict, and move the load's rows in or out of the lake when the verdict says so."""
    from expectations import Verdict, judge_units
    from pipeline.prices import list_prices

    where = books.lake if load.verdict == "accepted" else _aside(books, load)
    cost = [place if (place := where / file.path).exists() else books.lake / file.path for file in load.files]
    drivers = [books.lake / file.path for one in usage for file in one.files]
    store.fetch(books, "lake", [*cost, *drivers])
    result = judge_units(cost, drivers, list_prices)
    verdict = Verdict.from_json(verdict_path(books, "load", load.load_id).read_text("utf-8"))
    others = tuple(one for one in verdict.results if one.rule != result.rule)
    verdict = replace(verdict, results=(*others, result))
    told = Finding(
        result.rule, f"{result.plain} {result.observed}", result.cure or "", Path(load.deliveries[0].path).name
    )
    findings = (told.to_dict(),) if result.blocks else ()
    judged = load.model_copy(
        update={"units_against": against, "verdict": "refused" if findings else "accepted", "findings": findings}
    )
    if findings:
        parts = [Part(part.name, part.sha256, part.bytes, books.archive / part.archived) for part in load.parts]
        if load.verdict == "accepted":
            store.fetch(books, "archive", [part.path for part in parts])
            quarantine.put(books.quarantine, load.load_id, parts, verdict.to_json(), {})
            store.let_go(books, "archive", [part.path for part in parts])
    else:
        _into_lake(books, load)
    keep_verdict(books, verdict, completes=load.units_against is None)
    manifest.write(books, judged)
    _out_of_lake(books, judged) if findings else quarantine.remove(books.quarantine, load.load_id)
    return judged


def _aside(books: Books, load: Load) -> Path:
    return books.quarantine / load.load_id / "rows"


def _out_of_lake(books: Books, load: Load) -> None:
    for file in load.files:
        _move(books.lake / file.path, _aside(books, load) / file.path)
    store.withdraw(books, "lake", [file.path for file in load.files])


def _into_lake(books: Books, load: Load) -> None:
    for file in load.files:
        _move(_aside(books, load) / file.path, books.lake / file.path)
    store.send(books, "lake", [books.lake / file.path for file in load.files])


def _move(here: Path, there: Path) -> None:
    if here.exists():
        there.parent.mkdir(parents=True, exist_ok=True)
        os.replace(here, there)
