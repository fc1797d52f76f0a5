"""The house keeps to its plan: sizes, names, and what must never be in a committed file.

Everything is found by listing what git would commit, so a new file is held to the rules without being named here.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("dags", "ingestion", "expectations", "pipeline", "benchmarks")

ALLOWED_AT_TOP = {
    *ROOMS,
    *("dbt_project", "tests", "docs", ".ci"),
    *("README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", "requirements.lock"),
    *(".gitignore", ".gitattributes", ".sqlfluff", ".sqlfluffignore", ".editorconfig"),
}
# Where a float is no money of ours, each with the reason.
MAY_FLOAT = {
    "pipeline/statement/plots.py": "lengths of bars on paper; the figures beside them are decimals",
    "pipeline/sample/aws_focus.py": "writes Parquet as AWS delivers it, with doubles",
    "pipeline/dbt.py": "seconds that a model took",
    "pipeline/up/components.py": "seconds since a process began",
}
# Each takes seconds to import, and `tokenbooks status` needs none of them.
HEAVY = {"airflow", "altair", "dbt", "genai_prices", "great_expectations", "pandas", "sqlalchemy", "vl_convert"}
TOP_MAY_IMPORT_HEAVY = {
    "pipeline/trigger.py": "the triggerer imports it inside Airflow",
    "expectations/duckdb_dialect.py": "a subclass of SQLAlchemy's dialect, imported by the gate alone",
}


def committed(*suffixes: str) -> list[str]:
    """Paths, relative to the repository, that git holds or would add; only those that still exist."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    found = sorted({n for n in names if n and (not suffixes or n.endswith(suffixes)) and (ROOT / n).is_file()})
    assert found, f"no committed file ends with {suffixes}: the test would pass on nothing"
    return found


def room_modules() -> list[str]:
    """The Python files of the rooms, tests left out."""
    return [name for name in committed(".py") if name.split("/")[0] in ROOMS]


def models() -> list[str]:
    """The SQL of sources and of dbt; not what tests use to make data."""
    return [name for name in committed(".sql") if name.startswith(("ingestion/", "dbt_project/"))]


def lines_of(name: str) -> int:
    """How many lines a committed file has."""
    return len((ROOT / name).read_text("utf-8").splitlines())


def functions(name: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Each function of a module with its lines of code: no docstring, comment, blank line or decorator counted."""
    text = (ROOT / name).read_text("utf-8")
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            told = set()
            if ast.get_docstring(node) is not None:
                told = set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
            span = range(node.lineno, (node.end_lineno or 0) + 1)
            code = [i for i in span if i not in told and lines[i - 1].strip() and lines[i - 1].strip()[0] != "#"]
            yield node, len(code)


def none_of(offences: list[str]) -> None:
    """Fail with every offence on its own line."""
    assert not offences, "\n  " + "\n  ".join(offences)


def test_files_keep_their_size() -> None:
    budget = {name: 60 if name.startswith("dags/") else 250 for name in room_modules()}
    budget |= dict.fromkeys(models(), 80)
    budget |= {name: 60 if name.endswith("source.yml") else 200 for name in committed(".yml", ".yaml")}
    none_of([f"{n}: {lines_of(n)} lines, budget {most}" for n, most in budget.items() if lines_of(n) > most])


def test_functions_keep_their_size() -> None:
    sizes = [(name, node.name, size) for name in room_modules() for node, size in functions(name)]
    assert len(sizes) > 20
    none_of(
        [f"{name}: {function}() has {size} lines of code, budget 30" for name, function, size in sizes if size > 30]
    )


def test_every_module_says_what_it_is_for() -> None:
    def said(name: str) -> str:
        return ast.get_docstring(ast.parse((ROOT / name).read_text("utf-8"))) or ""

    none_of([f"{name}: no module docstring" for name in committed(".py") if not said(name)])
    none_of([f"{n}: a module docstring has at most 8 lines" for n in room_modules() if len(said(n).splitlines()) > 8])


def test_no_file_is_named_for_nothing() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "misc"}
    none_of([name for name in committed() if Path(name).stem in nameless])


def test_tests_have_names_of_their_own() -> None:
    names = [Path(name).name for name in committed(".py") if name.startswith("tests/") and "/test_" in name]
    none_of(sorted({f"{name} exists twice" for name in names if names.count(name) > 1}))


def test_the_top_holds_only_what_belongs_there() -> None:
    none_of(sorted({name.split("/")[0] for name in committed()} - ALLOWED_AT_TOP))


def test_nothing_large_is_committed() -> None:
    sizes = {name: (ROOT / name).stat().st_size for name in committed() if name != "requirements.lock"}
    none_of([f"{name}: {size:,} bytes" for name, size in sizes.items() if size > 100_000])


def test_no_committed_file_knows_a_machine_or_a_registry() -> None:
    # Written in pieces, or this file would be its own first offence.
    hosts = "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", "deb" + r"\.debian\.org"))
    places = "|".join((r"(?<![\w.])/" + r"work/", r"(?<![\w.])/" + r"root/", r"(?<![\w.])/" + r"(?:home|Users)/\w+/"))
    pattern = re.compile(f"{hosts}|{places}")
    text = {name: (ROOT / name).read_bytes().decode("utf-8", "replace") for name in committed()}
    none_of([f"{name}: {found.group()}" for name, whole in text.items() for found in pattern.finditer(whole)])


def test_no_unfinished_work_is_committed() -> None:
    marks = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")))
    sources = committed(".py", ".sql", ".yml", ".md")
    none_of(
        [f"{name}: {mark.group()}" for name in sources for mark in marks.finditer((ROOT / name).read_text("utf-8"))]
    )


def test_money_never_meets_a_float() -> None:
    def calls(name: str) -> list[int]:
        tree = ast.walk(ast.parse((ROOT / name).read_text("utf-8")))
        called = [node for node in tree if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        return [node.lineno for node in called if node.func.id == "float"]

    money = [n for n in room_modules() if n.split("/")[0] in ("ingestion", "expectations", "pipeline")]
    none_of([f"{n}:{line}: float()" for n in money if n not in MAY_FLOAT for line in calls(n)])

    approximate = re.compile(r"\b(?:double|real|float\d?)\b(?!\s*quote)", re.IGNORECASE)
    for name in models():
        code = re.sub(r"--[^\n]*|\{#.*?#\}|'[^']*'", "", (ROOT / name).read_text("utf-8"), flags=re.DOTALL)
        assert not approximate.search(code), f"{name}: an approximate type in SQL: {approximate.search(code)}"


def test_heavy_packages_are_imported_where_they_are_used() -> None:
    def heavy(name: str) -> set[str]:
        top = ast.parse((ROOT / name).read_text("utf-8")).body
        plain = {a.name for node in top if isinstance(node, ast.Import) for a in node.names}
        named = {node.module or "" for node in top if isinstance(node, ast.ImportFrom) and not node.level}
        return {module.split(".")[0] for module in plain | named} & HEAVY

    below = [n for n in room_modules() if n.split("/")[0] in ("ingestion", "expectations", "pipeline")]
    none_of(
        [f"{n}: imports {', '.join(heavy(n))} at the top" for n in below if heavy(n) and n not in TOP_MAY_IMPORT_HEAVY]
    )


def test_the_lock_pins_by_hash_and_names_no_place() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    entries = re.findall(r"^([a-z0-9][\w.\-\[\]]*)==(.+(?:\n    .+)*)", lock, flags=re.MULTILINE)
    assert len(entries) > 100
    none_of([f"{name}: no hash" for name, rest in entries if "--hash=sha256:" not in rest])
    loose = [line for line in lock.splitlines() if line and line[0] not in " #" and "==" not in line]
    none_of([f"not pinned: {line}" for line in loose])


@pytest.mark.parametrize("target", ["help", "setup", "run", "test", "lint", "bench", "lock"])
def test_make_knows_its_words(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(rf"^{target}:.*## ", makefile, flags=re.MULTILINE), f"make {target} is missing or unexplained"


def test_ci_runs_what_people_run() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111, ".ci/run must be executable"
    assert "make test" in script.read_text("utf-8")
