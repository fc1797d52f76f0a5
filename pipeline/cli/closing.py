"""The commands of the month's end: close, reopen, lock, and in which state each month is."""

from typing import Annotated

import typer

from pipeline.cli import output, tables
from pipeline.cli.commands import app
from pipeline.cli.options import At, Json, Period
from pipeline.settings import Books

Entity = Annotated[str, typer.Option("--entity", metavar="E", help="The entity.")]
Entities = Annotated[
    list[str], typer.Option("--entity", metavar="E", help="The entity; more than one when they charge each other.")
]
Requested = Annotated[str, typer.Option("--requested-by", metavar="A", help="Who asks for it.")]
Approved = Annotated[str, typer.Option("--approved-by", metavar="B", help="Who approves it: another person.")]


@app.command()
def close(
    period: Period,
    entity: Entities,
    prepared_by: Annotated[
        str | None, typer.Option("--prepared-by", metavar="A", help="Who prepares it; alone, it waits for approval.")
    ] = None,
    approved_by: Annotated[
        str | None, typer.Option("--approved-by", metavar="B", help="Who closes what was prepared: another person.")
    ] = None,
    books: At = None,
    as_json: Json = False,
) -> None:
    """Close a month: gate, then approval by a second person, and publish it so; lists all that is missing."""
    import pipeline
    from pipeline.close import approve, prepare
    from pipeline.close.refusing import refuse_one_person

    if prepared_by is None and approved_by is None:
        raise typer.BadParameter("name who prepares it, who approves it, or both", param_hint="--prepared-by")
    at = Books.open(books)
    if prepared_by is not None and approved_by is not None:
        refuse_one_person(prepared_by, "prepared it", approved_by)
    prepared = prepare(at, period, entity, prepared_by) if prepared_by is not None else None
    closed = approve(at, period, entity, approved_by) if approved_by is not None else None
    if as_json:
        output.print_json(closed or prepared)
    else:
        tables.show_close(prepared, closed)
    if closed:  # it is closed whatever happens now: an error here is cured by `tokenbooks run`
        pipeline.build(at)
        pipeline.publish(at)


@app.command()
def reopen(
    period: Period,
    entity: Entity,
    requested_by: Requested,
    approved_by: Approved,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    books: At = None,
    as_json: Json = False,
) -> None:
    """Open the newest closed month of an entity again, for some days: two persons, a reason."""
    from pipeline.close import reopen as ask

    event = ask(Books.open(books), period, entity, requested_by, approved_by, reason)
    if as_json:
        return output.print_json(event.model_dump(mode="json"))
    output.out.print(
        f"{entity} {period} is open until {event.expires_on}; what was posted stays. next: tokenbooks run",
        highlight=False,
    )


@app.command()
def lock(
    period: Period,
    entity: Entity,
    requested_by: Requested,
    approved_by: Approved,
    books: At = None,
    as_json: Json = False,
) -> None:
    """Lock a closed month for ever: nobody can reopen it."""
    from pipeline.close import lock as ask

    event = ask(Books.open(books), period, entity, requested_by, approved_by)
    if as_json:
        return output.print_json(event.model_dump(mode="json"))
    output.out.print(f"{entity} {period} is locked", highlight=False)


@app.command()
def periods(books: At = None, as_json: Json = False) -> None:
    """Show the state of every month of every entity, and who did what to it."""
    from pipeline.close.overview import overview

    listed = overview(Books.open(books))
    if as_json:
        return output.print_json([vars(row) for row in listed])
    tables.show_periods(listed)
