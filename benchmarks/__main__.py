"""`python -m benchmarks`: measure, print a table, and on request put it into a Markdown page or a JSON file."""

import json
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import again, events, expected, gateway, history, journal, loading, logs
from benchmarks.measure import BenchmarkFailed, Figure

BENCHMARKS = {
    "load": loading.measure,
    "million": loading.measure_million,
    "report": loading.measure_report,
    "converter": loading.measure_converter,
    "history": history.measure,
    "events": events.measure,
    "again": again.measure,
    "journal": journal.measure,
    "expected": expected.measure,
    "logs": logs.measure,
    "gateway": gateway.measure,
}
MARKS = ("<!-- benchmarks:begin -->", "<!-- benchmarks:end -->")

console = Console(soft_wrap=True, highlight=False)


def main(
    only: Annotated[str, typer.Option(help="Which, separated by commas.")] = ",".join(BENCHMARKS),
    scale: Annotated[float, typer.Option(help="Share of the full number of rows.")] = 1.0,
    repeats: Annotated[int, typer.Option(help="Runs of each; the median counts.")] = 3,
    place: Annotated[Path | None, typer.Option(help="Where data are made; about 25 GB at full scale.")] = None,
    write_json: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")] = None,
    into: Annotated[Path | None, typer.Option(help="Replace the figures between the marks of this page.")] = None,
) -> None:
    """Measure each figure beside its yardstick."""
    unknown = set(only.split(",")) - set(BENCHMARKS)
    if unknown:
        raise typer.BadParameter(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    console.print(f"On {machine()}; medians of {repeats} runs, scale {scale:g}.")
    if place:
        place.mkdir(parents=True, exist_ok=True)
    figures = []
    for name in only.split(","):
        with tempfile.TemporaryDirectory(prefix="tokenbooks-bench-", dir=place) as workplace:
            try:
                figures.append(BENCHMARKS[name](Path(workplace), scale, repeats))
            except BenchmarkFailed as failure:
                console.print(f"{name}: {failure}", markup=False)
                raise typer.Exit(1) from None
        console.print("\n".join(lines(figures[-1])))
    if write_json:
        write_json.write_text(json.dumps([facts(figure) for figure in figures], indent=1))
    if into:
        page = into.read_text("utf-8")
        before, after = page.split(MARKS[0])[0], page.split(MARKS[1])[1]
        into.write_text(f"{before}{MARKS[0]}\n{markdown(figures, repeats)}\n{MARKS[1]}{after}", "utf-8")


def machine() -> str:
    """Cores, memory and system, as a reader needs to compare."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    cores, system, python = os.cpu_count(), platform.system(), platform.python_version()
    return f"{cores} cores, {memory:.0f} GiB of memory, {system}, Python {python}"


def lines(figure: Figure) -> list[str]:
    """A figure for the terminal."""
    kept = "within" if figure.ratio <= figure.limit else "[bold red]above[/]"
    return [
        f"\n[bold]{figure.name}[/]",
        f"  {figure.told}; {figure.yardstick_name} {figure.yardstick_told}",
        f"  ratio {figure.ratio:.2f}, {kept} the limit of {figure.limit:.3g}",
        *(f"  {note}" for note in figure.notes),
    ]


def facts(figure: Figure) -> dict[str, object]:
    """A figure for a machine."""
    return {
        "name": figure.name,
        "unit": figure.ours[0].unit,
        "amounts": [one.amount for one in figure.ours],
        "yardstick": figure.yardstick_name,
        "yardstick_amounts": [one.amount for one in figure.yardstick],
        "ratio": figure.ratio,
        "limit": figure.limit,
        "peak_mib": figure.peak_mib,
        "notes": figure.notes,
    }


def markdown(figures: list[Figure], repeats: int) -> str:
    """The figures as a page shows them, with the machine and the day."""
    rows = [
        f"| {one.name} | {one.told} | {one.yardstick_name}: {one.yardstick_told} | {one.ratio:.2f} | {one.limit:.3g} |"
        for one in figures
    ]
    notes = [f"- {figure.name}: {note}" for figure in figures for note in figure.notes]
    return "\n".join(
        [
            f"Medians of {repeats} runs on {machine()}, {datetime.now(UTC):%Y-%m-%d}.",
            "",
            "| what | tokenbooks | yardstick | ratio | limit |",
            "|---|---:|---|---:|---:|",
            *rows,
            "",
            *notes,
        ]
    )


if __name__ == "__main__":
    typer.run(main)
