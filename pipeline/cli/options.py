"""Options and arguments that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.close.periods import PERIOD


def _month(period: str) -> str:
    if not PERIOD.fullmatch(period):
        raise typer.BadParameter(f"{period!r} is no month; write it as 2026-10")
    return period


At = Annotated[
    Path | None, typer.Option("--books", metavar="DIR", help="The books directory; else TOKENBOOKS_HOME, else ./books.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Period = Annotated[str, typer.Argument(metavar="PERIOD", help="The month, YYYY-MM.", callback=_month)]
