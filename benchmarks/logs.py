"""Load and gate months of Claude Code's session logs, beside two programs that add up their tokens."""

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import duckdb

from benchmarks.measure import BenchmarkFailed, Figure, Timing, in_turn, timed, tokenbooks
from benchmarks.sessions import Logs
from benchmarks.tools import NO_NETWORK, node_tools
from pipeline.settings import Books

LINES = 519_000
LIMIT = 1.0


def measure(workplace: Path, scale: float, repeats: int) -> Figure:
    """Each of our runs starts from empty books, each of theirs from an empty cache. Raises BenchmarkFailed when ours is
    not the known answer."""
    logs = Logs(max(5000, int(LINES * scale)))
    logs.write(workplace / "home", workplace / "delivery")
    tools = node_tools(workplace / "tools")
    tokscale = [str(tools / "@tokscale/cli-linux-x64-gnu/bin/tokscale"), "models", "--json", "--no-spinner"]
    tokscale += ["--client", "claude", "--home", str(workplace / "home")]
    ccusage = [str(tools / ".bin/ccusage"), "claude", "monthly", "--json", "--offline"]
    ours, first, second = in_turn(
        repeats,
        lambda: _load(workplace, logs.tokens),
        lambda: timed(tokscale, _home(workplace)),
        lambda: timed(ccusage, _home(workplace)),
    )
    name = f"Claude Code logs, {logs.lines:,} lines, {logs.bytes / 1e6:,.0f} MB"
    figure = Figure(name, ours, "tokscale 4.17.0", first, LIMIT)
    figure.notes = [
        f"tokscale gives {_verdict(_answer(tokscale, workplace), logs.tokens)}; ours the known answer, peak "
        f"{figure.peak_mib:,.0f} MiB",
        f"ccusage 20.0.24 {min(one.seconds for one in second):.2f} s, gives "
        f"{_verdict(_answer(ccusage, workplace), logs.tokens)}",
    ]
    return figure


def _load(workplace: Path, known: Counter[str]) -> Timing:
    books = Books.create(workplace / "books")
    landed = books.landing / "claude_code_logs" / "acme" / "all"
    shutil.copytree(workplace / "delivery", landed, copy_function=os.link)
    timing = timed(tokenbooks("load", "--books", books.home))
    read = f"read_parquet('{books.lake}/usage/**/*.parquet', hive_partitioning = false)"
    counted = duckdb.sql(f"SELECT x_TokenClass, CAST(sum(Quantity) AS BIGINT) FROM {read} GROUP BY ALL").fetchall()
    if dict(counted) != known:
        raise BenchmarkFailed(f"the lake has {counted}, which is not {known}")
    shutil.rmtree(books.home)
    return timing


def _home(workplace: Path) -> dict[str, str]:
    """An environment in which a program finds the logs, no cache of its own, and no network."""
    shutil.rmtree(workplace / "cache", ignore_errors=True)
    cache = str(workplace / "cache")
    places = {"HOME": cache, "XDG_CONFIG_HOME": cache, "XDG_CACHE_HOME": cache, "TOKSCALE_CONFIG_DIR": cache}
    return NO_NETWORK | places | {"CLAUDE_CONFIG_DIR": str(workplace / "home" / ".claude")}


def _answer(command: list[str], workplace: Path) -> dict[str, int]:
    """What a program says, as totals of input, output, what was read from the cache and what was written to it."""
    environment = {**os.environ, **_home(workplace)}
    said = json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)
    told = said.get("totals", said)
    names = {"input": "nput", "output": "utput", "read": "acheRead", "written": "ache"}
    found = {key: [value for name, value in told.items() if _is(name, ending)] for key, ending in names.items()}
    return {key: int(values[0]) for key, values in found.items() if values}


def _is(name: str, ending: str) -> bool:
    plain = name.removeprefix("total").removesuffix("Tokens").removesuffix("Write").removesuffix("Creation")
    return plain[1:] == ending and (ending != "ache" or "Write" in name or "Creation" in name)


def _verdict(answer: dict[str, int], known: Counter[str]) -> str:
    right = {
        "input": known["uncached_input"],
        "output": known["output"],
        "read": known["cache_read"],
        "written": known["cache_write_5m"] + known["cache_write_1h"],
    }
    wrong = [
        f"{name} {answer.get(name, 0):,} for {right_:,}" for name, right_ in right.items() if answer.get(name) != right_
    ]
    return "the known answer" if not wrong else ", ".join(wrong)
