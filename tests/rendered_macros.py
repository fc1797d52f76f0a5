"""Macros and models of the dbt project rendered without dbt, so that a test can ask DuckDB for many cases at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
import yaml

PROJECT = Path(__file__).parent.parent / "dbt_project"
MACROS = PROJECT / "macros"
VARS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]


def macros(*files: str, engine: str = "duckdb", faults: Sequence[tuple[str, str]] = ()) -> Any:
    """The macros of `engines.sql` and of the files named, as callables; dispatched to one engine's variants.

    A fault is a piece of their text and what stands there instead, for a test that must see it.
    """
    return _rendered("".join((MACROS / f"{name}.sql").read_text() for name in ("engines", *files)), engine, faults)


def model(name: str, *files: str, faults: Sequence[tuple[str, str]] = ()) -> str:
    """A model's SELECT for DuckDB, with the macros of `files`; what it reads are tables of the names of its inputs."""
    (path,) = (PROJECT / "models").rglob(f"{name}.sql")
    library = "".join((MACROS / f"{file}.sql").read_text() for file in ("engines", *files))
    query = f"{{% macro query() %}}{path.read_text()}{{% endmacro %}}"
    return str(_rendered(library + query, "duckdb", faults).query())


def _rendered(text: str, engine: str, faults: Sequence[tuple[str, str]]) -> Any:
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

    names: dict[str, Any] = {"adapter": Adapter, "return": lambda text: text, "var": VARS.get, "none": None}
    names |= {"config": lambda **_: "", "ref": lambda name: name, "source": lambda _, name: name}
    environment.globals.update(names)
    dispatch["module"] = environment.from_string(text).module
    return dispatch["module"]
