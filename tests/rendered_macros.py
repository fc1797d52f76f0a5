"""The macros of the dbt project rendered without dbt, so that a test can ask DuckDB for many cases at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

MACROS = Path(__file__).parent.parent / "dbt_project" / "macros"


def macros(*files: str, engine: str = "duckdb", faults: Sequence[tuple[str, str]] = ()) -> Any:
    """The macros of `engines.sql` and of the files named, as callables; dispatched to one engine's variants.

    A fault is a piece of their text and what stands there instead, for a test that must see it.
    """
    text = "".join((MACROS / f"{name}.sql").read_text() for name in ("engines", *files))
    for old, new in faults:
        assert old in text, f"{old!r} is in no macro: the fault would change nothing"
        text = text.replace(old, new)
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    dispatch: dict[str, Any] = {}

    class Adapter:
        """What dbt offers a macro as `adapter`."""

        @staticmethod
        def dispatch(name: str) -> Any:
            return getattr(dispatch["module"], f"{engine}__{name}")

    names: dict[str, Any] = {"adapter": Adapter, "return": lambda text: text}
    environment.globals.update(names)
    dispatch["module"] = environment.from_string(text).module
    return dispatch["module"]
