"""The command that fetches exports from the providers' APIs."""

from datetime import datetime
from typing import Annotated

import typer

from pipeline.cli import output, tables
from pipeline.cli.commands import app, done
from pipeline.cli.options import At, Json
from pipeline.settings import Books

Source = Annotated[str | None, typer.Argument(metavar="SOURCE", help="One source; else all that are configured.")]
Named = Annotated[str | None, typer.Option("--account", metavar="A", help="The account, a folder below SOURCE's.")]
First = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, YYYY-MM-DD.")]
After = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last.")]


@app.command()
def pull(
    source: Source = None,
    account: Named = None,
    since: First = None,
    until: After = None,
    books: At = None,
    as_json: Json = False,
) -> None:
    """Fetch exports from the providers' APIs into landing: what company/tokenbooks.yml lists, or SOURCE."""
    from pipeline.pull import Days
    from pipeline.pull import pull as fetch

    if until and not since:
        raise typer.BadParameter("needs --from: name the first day too", param_hint="--to")
    if since and until and since >= until:
        raise typer.BadParameter("must be after --from; it is the day after the last", param_hint="--to")
    at = Books.open(books)
    days = Days(since and since.date(), until and until.date())
    with output.progress() as progress:
        report = fetch(at, source, account, days, progress)
    if as_json:
        output.print_json(report)
    else:
        tables.show_pull(report)
    done(report.errors, as_json)
