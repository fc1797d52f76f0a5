"""The plots of a statement as inline SVG: drawn here by Vega, without a browser, a script or a network.

A plot is a drawing, not a figure of the books: only here an amount becomes a float, at the last moment.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.statement.money import compact

INK, QUIET, RULE = "#1f2933", "#52606d", "#d9dee3"
BLUE, PALE_BLUE, OCHRE, BRICK = "#2f5d8a", "#b4c6d8", "#c58b2a", "#a63d40"
WIDTH, ROW = 330, 26

CONFIG = {
    "font": "Liberation Sans, Arial, Helvetica, sans-serif",
    "background": "white",
    "view": {"stroke": "transparent"},
    "axis": {"labelColor": INK, "labelFontSize": 12, "domain": False, "ticks": False, "grid": False, "title": None},
    "legend": {
        "labelColor": INK,
        "labelFontSize": 11,
        "labelLimit": 400,
        "symbolType": "square",
        "title": None,
        "orient": "bottom",
    },
    "text": {"color": INK, "fontSize": 12},
}


@dataclass(frozen=True)
class Bar:
    """One bar or, with several of the same name, one piece of it; `\\n` in the name breaks the line."""

    name: str
    amount: Decimal
    colour: str = BLUE
    kind: str = ""  # what the colour means, for the legend


def columns(bars: Sequence[Bar]) -> str:
    """Upright bars in the order given, each with its amount on top."""
    import altair as alt

    base = alt.Chart(_values(bars)).encode(x=_names("x", bars))
    few = len(bars) <= 8
    drawn = base.mark_bar(size=38 if few else 22).encode(
        y=alt.Y("amount:Q", axis=None), color=alt.Color("colour:N", scale=None)
    )
    text = base.mark_text(dy=-8, fontSize=12 if few else 9.5).encode(y="amount:Q", text="label:N")
    return _svg(alt.layer(drawn, text).properties(width=WIDTH + 150, height=190))


def rows(bars: Sequence[Bar]) -> str:
    """Lying bars in the order given; pieces of one name are stacked and their sum stands at the end."""
    import altair as alt

    sums: dict[str, Decimal] = {}
    for bar in bars:
        sums[bar.name] = sums.get(bar.name, Decimal(0)) + bar.amount
    drawn = (
        alt.Chart(_values(bars))
        .mark_bar(size=17)
        .encode(y=_names("y", bars), x=alt.X("amount:Q", axis=None), color=_colours(bars))
    )
    ends = [Bar(name, amount) for name, amount in sums.items()]
    text = alt.Chart(_values(ends)).mark_text(align="left", dx=6)
    text = text.encode(y=_names("y", bars), x="end:Q", text="label:N")
    lines = max(bar.name.count("\n") for bar in bars)
    return _svg(alt.layer(drawn, text).properties(width=WIDTH, height=alt.Step(ROW + 15 * lines)))


def _values(bars: Sequence[Bar]) -> Any:
    """The bars as data of a chart; here amounts become floats."""
    import altair as alt

    return alt.Data(
        values=[
            {
                "name": bar.name,
                "kind": bar.kind,
                "colour": bar.colour,
                "label": compact(bar.amount),
                "amount": float(bar.amount),
                "end": max(float(bar.amount), 0.0),
            }
            for bar in bars
        ]
    )


def _names(channel: str, bars: Sequence[Bar]) -> Any:
    """The axis of names, in the order of the bars and not of the alphabet."""
    import altair as alt

    axis = alt.Axis(labelAngle=0, labelLimit=230, labelExpr="split(datum.label, '\\n')", labelPadding=8)
    order = list(dict.fromkeys(bar.name for bar in bars))
    return {"x": alt.X, "y": alt.Y}[channel]("name:N", sort=order, axis=axis)


def _colours(bars: Sequence[Bar]) -> Any:
    """Colours with a legend when they mean something, else just the colours."""
    import altair as alt

    kinds = dict.fromkeys((bar.kind, bar.colour) for bar in bars if bar.kind)
    if not kinds:
        return alt.Color("colour:N", scale=None)
    scale = alt.Scale(domain=[kind for kind, _ in kinds], range=[colour for _, colour in kinds])
    return alt.Color("kind:N", scale=scale, legend=alt.Legend(columns=1))


def _svg(chart: Any) -> str:
    """The chart as SVG to stand inside HTML: no namespace address, no id that could meet another plot's, any width."""
    import altair as alt
    import vl_convert

    # Names counted up by altair and the library's own address would make the bytes depend on what was drawn before.
    with alt.data_transformers.enable(consolidate_datasets=False):
        # not held to Vega-Lite's schema, which takes longer than drawing: the charts are ours, and tests look at them
        spec = chart.configure(**CONFIG).to_dict(validate=False)
    svg = vl_convert.vegalite_to_svg(spec, vl_version=".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2]))
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"| id="[^"]*"', "", svg)
    return re.sub(r'<svg ([^>]*?)width="(\d+)" height="\d+"', r'<svg \1style="max-width:\2px"', svg, count=1)
