"""What the commands show a person: short tables, the totals beside them, and what to do next."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from pipeline.beginning import Beginning
from pipeline.build import BuildReport
from pipeline.cli.output import out
from pipeline.fx import RatesReport
from pipeline.journal_export import ExportReport
from pipeline.publish import PublishReport
from pipeline.run import RunReport
from pipeline.settings import Books
from pipeline.status import Feed, Status

RIGHT = ("loads", "superseded", "rows", "totals", "lines", "debit", "credit", "pages", "records", "requests")
SHOWN = 12  # lines of a list that a table repeats before it counts the rest


def show_beginning(report: Beginning) -> None:
    """What `init` made, and the next command."""
    if not (report.company or report.exports):
        out.print(f"nothing changed: {report.home} is a books directory already", highlight=False)
        return
    out.print(
        f"made {report.home}: {len(report.company)} files in company/, {len(report.exports)} exports in landing/",
        highlight=False,
    )
    out.print(f"next: tokenbooks run --books {report.home}", highlight=False)


def show_run(report: RunReport, books: Books) -> None:
    """One table of what each step did."""
    table = _table("", "step", "what it did")
    for step, lines in (
        ("load", load_lines(report.load)),
        ("build", build_lines(report.build)),
        ("publish", publish_lines(report.publish)),
    ):
        table.add_row(step, escape("\n".join(lines)))
    out.print(table)
    if report.nothing and not report.errors:
        out.print("nothing changed: all that was delivered is published")
    elif report.publish.written:
        out.print(f"open {books.place('published')}", highlight=False)


def show_load(report: Any) -> None:
    """What a load took in."""
    _lines(load_lines(report))


def show_pull(report: Any) -> None:
    """What came from the providers; days without any record are no delivery."""
    if not report.pulled:
        return
    table = _table("", "source", "account", "days", "delivery", "pages", "records", "requests")
    for one in report.pulled:
        days = f"{one.start} to {one.end}" if one.start else "as it is now"
        counts = (str(one.pages), str(one.records), str(one.requests))
        table.add_row(*map(escape, (one.source, one.account, days, one.delivery or "no record")), *counts)
    out.print(table)
    _lines(_some([f"overcame: {fault}" for one in report.pulled for fault in one.retried]))


def show_build(report: BuildReport) -> None:
    """What a build rebuilt."""
    _lines(build_lines(report))


def show_publish(report: PublishReport, books: Books) -> None:
    """What a publication wrote."""
    _lines([*publish_lines(report), f"open {books.place('published')}"])


def load_lines(report: Any) -> list[str]:
    """Loaded, refused and waiting deliveries in words."""
    lines = [
        f"{len(report.new)} new loads, {sum(load.rows for load in report.new)} rows" if report.new else "nothing new"
    ]
    lines += _some([f"refused: {name}" for name in report.refused])
    return lines + _some([f"waiting: {name}" for name in report.waiting])


def build_lines(report: BuildReport) -> list[str]:
    """Periods and rows in words."""
    if not report.periods:
        return ["nothing had changed"]
    rows = {model: count for model, count in report.rows.items() if model.startswith("fct_")}
    told = [f"built {', '.join(report.periods)}", ", ".join(f"{model} {count}" for model, count in rows.items())]
    return [*told, *report.notes]


def publish_lines(report: PublishReport) -> list[str]:
    """Files in words, by kind."""
    if not (report.written or report.removed):
        return ["nothing had changed"]
    kinds: dict[str, int] = {}
    for name in report.written:
        kind = Path(name).parts[0]
        kinds[kind] = kinds.get(kind, 0) + 1
    told = [f"{kind}: {count} file{'s' if count > 1 else ''}" for kind, count in sorted(kinds.items())]
    return told + ([f"{len(report.removed)} removed"] if report.removed else [])


def show_rates(report: RatesReport) -> None:
    """What was added to the exchange rates."""
    told = f"{report.added} rates added, {report.known} were there: {', '.join(report.pairs) or 'no pair to ask for'}"
    _lines([told, f"the ECB's file ends on {report.last_day}"])


def show_export(report: ExportReport) -> None:
    """Files written, by entity."""
    for done in report.journals:
        out.print(f"{done.entity}: {done.entries} entries, {done.lines} lines", highlight=False)
        _lines(done.files)
    _lines([f"removed {name}, of an earlier export" for name in report.removed])


def show_status(report: Status) -> None:
    """Feeds, periods, and what wants a person."""
    table = _table("Loads that count", "source", "account", "loads", "superseded", "days", "rows", "totals", "missing")
    for feed in report.feeds:
        table.add_row(*_feed_cells(feed))
    out.print(table if report.feeds else "no loads yet")
    for period in report.built:
        out.print(f"[green]built[/green]  {period}", highlight=False)
    for period in report.stale:
        out.print(f"[yellow]stale[/yellow]  {period}: run `tokenbooks build`", highlight=False)
    if report.months:
        show_periods(report.months)
    if report.busy:
        out.print("a step is at work on the warehouse; ask again for the periods")
    if report.unpublished:
        out.print("not all that is known is published: run `tokenbooks publish`")
    for title, names in (("ready", report.ready), ("waiting", report.waiting), ("refused", report.refused)):
        for line in names:
            out.print(f"[red]{title}[/red]  {escape(line)}" if title == "refused" else f"{title}  {escape(line)}")


def show_close(prepared: Any, closed: Any) -> None:
    """The gate's checks and the trial balance of what was prepared, and what was posted of what was closed."""
    for entity, checks in (prepared.checks if prepared else {}).items():
        table = _table(f"{entity} {prepared.period}", "check", "")
        for check in checks:
            table.add_row(escape(check.plain), "[green]passed[/green]")
        out.print(table)
        balance = _table("Trial balance", "account", "name", "debit", "credit", "currency")
        for row in prepared.trial_balance[entity]:
            balance.add_row(*(row[name] for name in ("account_id", "account_name", "debit", "credit", "currency")))
        out.print(balance)
    told = closed or prepared
    name = f"{' and '.join(told.entities)} {told.period}"
    if closed:
        done = f"{name} is closed: {closed.lines} lines posted, prepared by {closed.prepared_by}, "
        _lines([f"{done}approved by {closed.approved_by}", "publishing it as closed"])
    else:
        _lines([f"{name} is prepared by {told.prepared_by}; another person closes it with --approved-by"])


def show_periods(listed: Iterable[Any]) -> None:
    """Months and their states."""
    table = _table("Months", "entity", "period", "state", "lines", "what was done last")
    for row in listed:
        table.add_row(escape(row.entity), row.period, row.state, f"{row.lines:,}", escape(row.said))
    out.print(table if table.row_count else "no month was ever closed: all are open")


def show_sources(known: Mapping[str, Any]) -> None:
    """The catalogue of exports."""
    from ingestion.catalogue import facts

    for source in known.values():
        table = Table(title=f"[bold]{escape(source.id)}[/bold]  {escape(source.title)}", title_justify="left", box=None)
        table.add_column(style="dim", no_wrap=True)
        table.add_column()
        for word, text in {"provider": source.provider, **facts(source, known)}.items():
            table.add_row(word, escape(text))
        table.show_header = False
        out.print(table)


def _feed_cells(feed: Feed) -> list[str]:
    totals = "\n".join(f"{amount.rstrip('0').rstrip('.')} {unit}" for unit, amount in feed.totals.items())
    missing = "" if not feed.missing else f"[red]{len(feed.missing)} days, first {feed.missing[0]}[/red]"
    days = f"{feed.day_from} – {feed.day_to - timedelta(days=1)}"
    cells = [feed.source, feed.account, str(feed.loads), str(feed.superseded), days, f"{feed.rows:,}", totals]
    return [*(escape(cell) for cell in cells), missing]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title or None, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right" if column in RIGHT else "left")
    return table


def _some(lines: list[str]) -> list[str]:
    return (
        lines if len(lines) <= SHOWN else [*lines[:SHOWN], f"… and {len(lines) - SHOWN} more, see `tokenbooks status`"]
    )


def _lines(lines: list[str]) -> None:
    for line in lines:
        out.print(escape(line), highlight=False)
