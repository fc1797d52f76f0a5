"""The validation site: every verdict of every gate as pages an auditor can read, drawn from the stored verdicts alone.

Self-contained: no script, no outside request; a page whose verdict has not changed is not written again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from expectations import Verdict
from pipeline.content import write_whole

TEMPLATES = Path(__file__).parent / "templates"
KINDS = ("load", "journal", "statement")
EARLIER = "earlier"  # what was said before the verdict that holds
BY_BOOKS = ("journal", "statement")


def write_site(verdict_dir: Path, out_dir: Path) -> None:
    """Draw `<verdict_dir>/<kind>/<subject>.json` as `<out_dir>/index.html` and `<out_dir>/<kind>/<subject>.html`.

    Pages of verdicts that are gone go too. Raises ValueError naming the file when a verdict cannot be read.
    """
    pages = _environment()
    style = _digest(path.read_text("utf-8") for path in sorted(TEMPLATES.glob("validation_*.j2")))
    verdicts: dict[str, list[Verdict]] = {kind: [] for kind in (*KINDS, EARLIER)}
    wanted = {out_dir / "index.html"}
    for kind in verdicts:
        for path in sorted((verdict_dir / kind).glob("*.json")):
            text = path.read_text("utf-8")
            verdict = _read(path, text)
            verdicts[kind].append(verdict)
            page, fingerprint = out_dir / kind / f"{path.stem}.html", _digest([style, text])
            wanted.add(page)
            if not _stands(page, fingerprint):
                _write(
                    page,
                    pages.get_template("validation_verdict.html.j2").render(_about(verdict), fingerprint=fingerprint),
                )
    index = pages.get_template("validation_index.html.j2").render(
        _overview([verdict for kind in KINDS for verdict in verdicts[kind]]),
        earlier=_dated(verdict_dir / EARLIER, verdicts[EARLIER]),
        fingerprint=style,
    )
    _write(out_dir / "index.html", index)
    for page in {*out_dir.glob("*/*.html")} - wanted:
        if page.parent.name in verdicts:
            page.unlink()


def _read(path: Path, text: str) -> Verdict:
    try:
        return Verdict.from_json(text)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"{path}: not a verdict ({error}); restore the file from a backup, evidence is never edited"
        ) from error


def _about(verdict: Verdict) -> dict[str, Any]:
    """What the page of one verdict shows."""
    title = f"{verdict.kind.capitalize()} {verdict.subject}"
    passed = sum(result.success for result in verdict.results)
    return {"verdict": verdict, "title": title, "status": verdict.status, "passed": passed}


def _overview(verdicts: list[Verdict]) -> dict[str, Any]:
    """What the index shows: newest windows first, what was refused before all."""
    loads = [verdict for verdict in verdicts if verdict.kind == "load"]
    loads.sort(key=lambda load: (load.source or "", load.account or "", load.subject))
    loads.sort(key=lambda load: load.window_from or "", reverse=True)
    return {
        "counts": dict.fromkeys(("accepted", "warning", "refused"), 0) | Counter(v.status for v in verdicts),
        "rules": sum(len(verdict.results) for verdict in verdicts),
        "refused": [verdict for verdict in verdicts if verdict.status == "refused"],
        "periods": _by_period(verdicts, loads),
        "loads": loads,
    }


def _dated(folder: Path, verdicts: list[Verdict]) -> list[tuple[str, Verdict]]:
    """Earlier verdicts with the names of their pages, newest first."""
    pages = [path.stem for path in sorted(folder.glob("*.json"))]
    return sorted(zip(pages, verdicts, strict=True), key=lambda one: (one[1].judged_at, one[0]), reverse=True)


def _by_period(verdicts: list[Verdict], loads: list[Verdict]) -> list[dict[str, Any]]:
    books = {(verdict.kind, verdict.subject): verdict for verdict in verdicts if verdict.kind in BY_BOOKS}
    counts: dict[str, Counter[str]] = {subject: Counter() for _, subject in books}
    for load in loads:
        for period in load.periods or ((load.window_from or "")[:7],):
            if period:
                counts.setdefault(period, Counter())[load.status] += 1
    return [
        {
            "name": name,
            **{kind: books.get((kind, name)) for kind in BY_BOOKS},
            **{status: counts[name][status] for status in ("accepted", "warning", "refused")},
        }
        for name in sorted(counts, reverse=True)
    ]


def _environment() -> Environment:
    # Autoescape everything: verdicts quote what was delivered.
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["amount"] = _amount
    pages.filters["passed_of"] = lambda verdict: (
        f"{sum(result.success for result in verdict.results)} of {len(verdict.results)}"
    )
    return pages


def _amount(text: str) -> str:
    """Decimal text with thousands marked and no digit lost: zeros after the second decimal are left out."""
    try:
        whole, _, part = f"{Decimal(text):,f}".partition(".")
    except InvalidOperation:
        return text
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}" if part else whole


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _stands(page: Path, fingerprint: str) -> bool:
    """Whether the page was drawn from this very verdict: it says so in its head."""
    try:
        with page.open(encoding="utf-8") as file:
            return fingerprint in file.read(300)
    except FileNotFoundError:
        return False


def _write(page: Path, text: str) -> None:
    if page.is_file() and page.read_text("utf-8") == text:
        return
    page.parent.mkdir(parents=True, exist_ok=True)
    write_whole(page, text)
