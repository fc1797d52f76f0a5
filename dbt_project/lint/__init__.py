"""What dbt gives a template and sqlfluff does not: just enough to render the project's macros while linting.

An engine's macro becomes a call of its own name, so the linter judges our SQL and not one engine's spelling.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml


class adapter:
    """Stands where dbt's adapter would, under the name that templates call."""

    @staticmethod
    def dispatch(name: str) -> Callable[..., str]:
        """A function that renders as a call; a type renders as a type."""
        if name == "wide_integer":
            return lambda: "decimal(38, 0)"
        return lambda *texts: f"{name}({', '.join(str(text) for text in texts)})"


def var(name: str) -> Any:
    """A variable of dbt_project.yml."""
    return yaml.safe_load((Path(__file__).parent.parent / "dbt_project.yml").read_text())["vars"][name]


globals()["return"] = lambda value: value
