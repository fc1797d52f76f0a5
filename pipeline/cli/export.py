"""`tokenbooks export`: what leaves for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import output, tables
from pipeline.cli.options import At, Json, Period
from pipeline.settings import Books

app = typer.Typer(help="Write the books as other tools import them.", no_args_is_help=True)


@app.callback()
def export() -> None:
    """Write the books as other tools import them."""


@app.command()
def journal(
    period: Period,
    kind: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="csv, netsuite, quickbooks, xero, intacct, beancount, hledger."
        ),
    ],
    entity: Annotated[str | None, typer.Option("--entity", metavar="E", help="Only this entity.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE|DIR", help="Where to write; else the current directory.")
    ] = None,
    books: At = None,
    as_json: Json = False,
) -> None:
    """Export the published journal of a month for the general ledger, one file per entity."""
    from pipeline.journal_export import FORMATS, export_journal

    if kind not in FORMATS:
        raise typer.BadParameter(f"{kind!r} is no format; it is one of {', '.join(FORMATS)}", param_hint="--format")
    report = export_journal(Books.open(books), period, kind, entity, out)
    for done in report.journals:
        if done.drafts:
            output.err.print(
                f"DRAFT: {done.drafts} of {done.entries} entries of {report.period} {done.entity} are not posted and "
                "may still change; close the month before you import them",
                style="yellow",
                highlight=False,
            )
    if as_json:
        return output.print_json(report)
    tables.show_export(report)
