"""The SQL of the dbt project is read alike by DuckDB and Spark; engines differ in `macros/engines.sql` only."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
ENGINES = PROJECT / "macros" / "engines.sql"

# Spellings that one engine alone understands, and what to write instead.
REFUSED = {
    r"::": "cast(x as type)",
    r"//": "whole_quotient(x, y)",
    r"\bqualify\b": "a row number in one step, a filter in the next",
    r"\bgroup by all\b": "the columns by name",
    r"\border by all\b": "the columns by name",
    r"\b(group|order) by \d": "the columns by name",
    r"\bhugeint\b": "wide_integer()",
    r"\bvarchar\b": "string",
    r"\b(iff|ifnull|nvl|list|unnest|explode|string_split|string_agg|arg_min|arg_max|strftime)\s*\(": "standard SQL",
    r"\b(date_?diff|json_extract\w*|get_json_object|sha256|sha2|error|raise_error|array_to_string)\s*\(": (
        "a macro of engines.sql"
    ),
    r"\b(exclude|replace)\s*\(\s*\w+(\s+as|\s*[,)])": "the columns by name",
    r"->>?": "json_text(document, key)",
    r"\bilike\b": "lower(x) like y",
    r"\b(asof|positional|lateral|pivot|unpivot)\s+": "standard joins",
    r"\binterval\b": "a macro of engines.sql",
    r"\bround\s*\(": "half_away_from_zero(x, y) or largest_remainder(...)",
    r"\bavg\s*\(": "whole sums; an average of decimals is a float",
    r"\b(double|float|real)\b": "decimal(p, s)",
    r"\bdecimal\b(?!\s*\()": "decimal(p, s): without, each engine has a precision of its own",
    r"\bnumeric\b": "decimal(p, s)",
}


def files() -> list[Path]:
    """Every SQL file but the one that is allowed to differ."""
    found = [path for folder in ("models", "macros", "tests") for path in (PROJECT / folder).rglob("*.sql")]
    return sorted(path for path in found if path != ENGINES)


def code(text: str) -> str:
    """SQL without comments and quoted texts, so that prose may say what SQL may not."""
    text = re.sub(r"\{#.*?#\}", " ", text, flags=re.S)
    text = re.sub(r"--[^\n]*", " ", text)
    return re.sub(r"'(?:[^'\n]|'')*'", "''", text)


def offences(text: str) -> list[str]:
    """What in a text of SQL only one engine would read, with the cure."""
    found = []
    for pattern, cure in REFUSED.items():
        for hit in re.finditer(pattern, code(text), flags=re.I):
            found.append(f"`{hit.group(0).strip()}`: write {cure}")
    return found


def test_there_is_sql_to_judge() -> None:
    assert len(files()) > 50


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_no_engine_is_named_outside_its_file(path: Path) -> None:
    assert offences(path.read_text()) == []
    assert not re.search(r"\b(duckdb|spark)__", path.read_text()), "variants of a macro belong in macros/engines.sql"


@pytest.mark.parametrize(
    "sql",
    ["select a::int", "select a // b", "select * from t qualify 1", "select 1 group by all", "select a group by 1",
     "select cast(a as hugeint)", "select cast(a as decimal)", "select avg(a)", "select a ->> 'x'",
     "select iff(a, b, c)", "select * exclude (a) from t", "select cast(a as double)", "select unnest(a)"],
)  # fmt: skip
def test_the_check_sees(sql: str) -> None:
    assert offences(sql)


@pytest.mark.parametrize("path", sorted((PROJECT / "models").rglob("*.sql")), ids=lambda path: path.stem)
def test_a_model_reads_like_prose(path: Path) -> None:
    """with, one import per input, named steps, and `select * from final` last (style.md section 2.4)."""
    text = path.read_text()
    assert text.rstrip().endswith("select * from final")
    assert re.search(r"^with$", text, flags=re.M)
    assert ("source(" in text) <= (path.parent.name == "staging"), "only staging reads sources"


def test_every_engine_has_every_macro() -> None:
    text = ENGINES.read_text()
    names = {engine: set(re.findall(rf"macro {engine}__(\w+)", text)) for engine in ("duckdb", "spark")}
    assert names["duckdb"] == names["spark"] == set(re.findall(r"adapter\.dispatch\('(\w+)'\)", text))
    assert names["duckdb"]


def test_the_project_compiles_for_spark(tmp_path: Path) -> None:
    """Every model and test becomes Spark SQL without a server: nothing is asked of an engine while compiling."""
    options = ["--no-introspect", "--no-populate-cache", "--target", "spark", "--no-use-colors"]
    places = {"project-dir": PROJECT, "profiles-dir": PROJECT, "target-path": tmp_path, "log-path": tmp_path}
    for name, path in places.items():
        options += [f"--{name}", str(path)]
    command = [sys.executable, "-m", "dbt.cli.main", "compile", *options]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:]
    compiled = {path.name: path.read_text() for path in (tmp_path / "compiled").rglob("*.sql")}
    assert {path.name for path in (PROJECT / "models").rglob("*.sql")} <= set(compiled)
    wrong = {name: re.findall(r"::|//|hugeint|unnest|duckdb", code(text)) for name, text in compiled.items()}
    assert {name: hits for name, hits in wrong.items() if hits} == {}
