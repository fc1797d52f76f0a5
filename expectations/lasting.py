"""GX's own expectations as the gates need them: they keep what GX would build anew, and fetch no rows, only counts."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

ROWS = "unexpected_rows_query.table"
VALUES = ".unexpected_values"


@cache
def lasting(name: str) -> type["Expectation"]:
    """The expectation `name` of Great Expectations, which judges as ever, at less than half the cost on a small load.

    `configuration` is asked for a hundred times per rule and is built once; an instance that is changed forgets it.
    Metrics that only carry offending rows or values are not asked for: no verdict rests on them, and a million bad
    rows would come into memory. A subclass is GX's way to alter an expectation; ours are `<name>Lasting` to GX.
    """
    import great_expectations.expectations as gxe
    from great_expectations.compatibility.pydantic import PrivateAttr

    base: Any = getattr(gxe, name)

    def configuration(self: Any) -> Any:
        if self._kept is None:
            self._kept = base.configuration.fget(self)
        return self._kept

    def change(self: Any, field: str, value: Any) -> None:
        base.__setattr__(self, field, value)
        if field != "_kept":
            self._kept = None

    def needs(self: Any, *told: Any, **named: Any) -> Any:
        found = base.get_validation_dependencies(self, *told, **named)
        for metric in found.get_metric_names():
            if metric == ROWS or metric.endswith(VALUES):
                found.remove_metric_configuration(metric)
        return found

    def judge(self: Any, metrics: dict[str, Any], *told: Any, **named: Any) -> Any:
        return base._validate(self, {ROWS: [], **metrics}, *told, **named)

    own = {"_kept": PrivateAttr(None), "configuration": property(configuration), "__setattr__": change}
    own |= {"get_validation_dependencies": needs, "_validate": judge, "__module__": __name__}
    made: type[Expectation] = type(base)(f"{name}Lasting", (base,), own)
    return made
