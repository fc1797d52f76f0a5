"""What dbt gives a template and sqlfluff does not: just enough to render the project's macros while linting.

An engine's macro becomes a call of its own name, so the linter judges our SQL and not one engine's spelling.
"""

from collections.abc import Callable


class adapter:  # noqa: N801 - templates call it by dbt's name
    """Stands where dbt's adapter would."""

    @staticmethod
    def dispatch(name: str) -> Callable[..., str]:
        """A function that renders as a call; a type renders as a type."""
        if name == "wide_integer":
            return lambda: "decimal(38, 0)"
        return lambda *texts: f"{name}({', '.join(str(text) for text in texts)})"


globals()["return"] = lambda value: value
