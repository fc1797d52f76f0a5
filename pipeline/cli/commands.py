"""The commands: each finds the books, calls one step, and shows what it did."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import export, output, tables
from pipeline.cli.options import At, Json, Period
from pipeline.settings import Books

app = typer.Typer(
    help="The subledger for AI tokens: provider billing exports in, an allocated, classified, balanced journal out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(export.app, name="export")

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="Where the books shall be.")]
Sample = Annotated[bool, typer.Option("--sample", help="The sample company, with its exports in landing.")]


def done(errors: list[str], as_json: bool) -> None:
    """Tell what was refused or failed, if anything, and end with the exit code that says so."""
    if errors:
        output.tell(errors, as_json=False)  # JSON results carry their errors themselves
        raise typer.Exit(1)


@app.command()
def init(directory: Directory, sample: Sample = False, as_json: Json = False) -> None:
    """Make an empty books directory, or the sample company."""
    from pipeline.beginning import begin

    report = begin(directory, sample)
    if as_json:
        return output.print_json(report)
    tables.show_beginning(report)


@app.command()
def run(books: At = None, as_json: Json = False) -> None:
    """Load, gate, build, gate and publish whatever is new."""
    import pipeline

    at = Books.open(books)
    with output.progress() as progress:
        report = pipeline.run(at, progress)
    if as_json:
        output.print_json(report)
    else:
        tables.show_run(report, at)
    done(report.errors, as_json)


@app.command()
def load(books: At = None, as_json: Json = False) -> None:
    """Load the exports in landing that are complete and new."""
    from pipeline.run import load_settled

    at = Books.open(books)
    with output.progress() as progress:
        report = load_settled(at, progress)
    if as_json:
        output.print_json(report)
    else:
        tables.show_load(report)
    done(report.errors, as_json)


@app.command()
def build(books: At = None, as_json: Json = False) -> None:
    """Build the periods whose loads, company files or rules changed."""
    import pipeline

    at = Books.open(books)
    with output.progress() as progress:
        report = pipeline.build(at, progress)
    if as_json:
        return output.print_json(report)
    tables.show_build(report)


@app.command()
def publish(books: At = None, as_json: Json = False) -> None:
    """Publish what is built: database, Parquet, statements, journals, validation."""
    import pipeline

    at = Books.open(books)
    with output.progress() as progress:
        report = pipeline.publish(at, progress)
    if as_json:
        return output.print_json(report)
    tables.show_publish(report, at)


@app.command()
def status(books: At = None, as_json: Json = False) -> None:
    """Show loads, quarantine, what waits, periods built and stale, days missing."""
    from pipeline.status import status as ask

    report = ask(Books.open(books))
    if as_json:
        return output.print_json(report)
    tables.show_status(report)


@app.command()
def sources(as_json: Json = False) -> None:
    """List every export that can be loaded: how to get it, money unit, finality, what attributes it, which counts."""
    from ingestion import sources as ask

    known = ask()
    if as_json:
        shown = ("id", "title", "provider", "how", "format", "dataset", "money_unit", "finality", "attributed_by")
        listed = [{name: getattr(source, name) for name in shown} for source in known.values()]
        states = [source.states and source.states.model_dump() for source in known.values()]
        return output.print_json([one | {"states": told} for one, told in zip(listed, states, strict=True)])
    tables.show_sources(known)


@app.command()
def rates(
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day, YYYY-MM-DD.")],
    bills: Annotated[list[str], typer.Option("--from", metavar="CUR", help="A currency of your bills; may repeat.")],
    own: Annotated[
        list[str] | None, typer.Option("--to", metavar="CUR", help="Else the functional currency of every entity.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="The ECB's eurofxref-hist as zip or csv; else the one here.")
    ] = None,
    books: At = None,
    as_json: Json = False,
) -> None:
    """Add the European Central Bank's rates to company/fx_rates.csv; what is there stays."""
    from pipeline.fx import add_rates, pairs_of

    at = Books.open(books)
    report = add_rates(at, since.date(), pairs_of(at, bills, own or []), file)
    if as_json:
        return output.print_json(report)
    tables.show_rates(report)


@app.command()
def statement(
    period: Period,
    cost_center: Annotated[
        str | None, typer.Option("--cost-center", metavar="C", help="Only this cost centre.")
    ] = None,
    books: At = None,
    as_json: Json = False,
) -> None:
    """Show the cost statement of a month."""
    from pipeline.statement import print_statement

    print_statement(Books.open(books).published, period, cost_center=cost_center, as_json=as_json)


@app.command()
def up(
    books: At = None,
    sample: Annotated[bool, typer.Option("--sample", help="Deliver the sample company's exports.")] = False,
    exit_when_published: Annotated[
        bool, typer.Option("--exit-when-published", help="End once everything delivered is published.")
    ] = False,
) -> None:
    """Run Airflow with the DAGs on this machine, on loopback, until Ctrl-C."""
    from pipeline.beginning import begin, deliver
    from pipeline.settings import Settings, local_path
    from pipeline.up import up as start

    if sample:
        home = local_path(books if books is not None else Settings().home)
        begin(home, sample=True, with_exports=False)
    at = Books.open(books)
    code = start(at, exit_when_published=exit_when_published, deliver=(lambda: deliver(at)) if sample else None)
    raise typer.Exit(code)
