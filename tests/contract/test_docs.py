"""What the guides tell a person to type works: commands exist, links lead somewhere, SQL runs on the sample."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
# Commands whose first argument is a command of its own.
GROUPS = {"export"}
# Words of the shell and of any Unix that the guides use beside ours.
PLAIN = {"cd", "cp", "find", "export", "mkdir", "mv", "rm", "sha256sum", "airflow", "pip", "python3"}


def blocks(language: str) -> list[tuple[str, str]]:
    """(page:line, text) of each fenced block of a language."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in re.finditer(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
            line = text[: match.start()].count("\n") + 1
            found.append((f"{page.relative_to(ROOT)}:{line}", match.group(1)))
    return found


def example() -> dict[str, str]:
    """The files of the worked example: name and text, from blocks that are headed by a language and a file's name."""
    page = (ROOT / "docs" / "guide-data-engineer.md").read_text("utf-8")
    return dict(re.findall(r"^```\w+ ([\w.]+)\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL))


def commands() -> list[tuple[str, list[str]]]:
    """(page:line, words) of each command in a fenced sh block; comments dropped, continued lines joined."""
    lines = [
        (place, line.strip())
        for place, text in blocks("sh")
        for line in text.replace("\\\n", " ").splitlines()
        if line.strip()
    ]
    return [(place, words) for place, line in lines if (words := shlex.split(line, comments=True))]


def program(words: list[str]) -> list[str]:
    """The command without assignments before it."""
    return words[next(i for i, word in enumerate(words) if "=" not in word) :]


def cli(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run tokenbooks in a process of its own."""
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=plain_environment())


def plain_environment() -> dict[str, str]:
    """The environment, without colours and without another books directory, and with the repository importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOKENBOOKS_", "AIRFLOW_"))}
    return {**kept, "NO_COLOR": "1", "COLUMNS": "200", "TERM": "dumb", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def sample(whole_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which the sample company was made and run, as `books`."""
    place = tmp_path_factory.mktemp("docs") / "sample"
    shutil.copytree(whole_sample, place)
    done = cli("run", "--books", "books", cwd=place)  # what is published names its place
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return place


def test_the_guides_are_there_and_show_commands() -> None:
    named = {page.name for page in PAGES}
    wanted = {"guide-data-engineer.md", "guide-finance.md", "guide-auditor.md", "decisions.md", "glossary.md"}
    assert wanted <= named, f"missing in docs/: {sorted(wanted - named)}"
    assert len(commands()) > 10
    assert len(blocks("sql")) > 10


def test_links_lead_somewhere() -> None:
    broken, seen = [], 0
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            if "://" in target or target.startswith("#"):
                continue
            seen += 1
            if not (page.parent / target.split("#")[0]).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert seen > 5
    assert not broken, broken


def test_every_command_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for place, words in commands():
        name, *rest = program(words)
        if name == "make":
            targets = [word for word in rest if "=" not in word and not word.startswith("-")]
            assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets), f"{place}: {words}"
        elif name.endswith("tokenbooks"):
            assert_known(place, rest)
        else:
            assert Path(name).name in PLAIN, f"{place}: unknown program {name}"


@cache
def told_of(*command: str) -> subprocess.CompletedProcess[str]:
    """The help of a command."""
    return cli(*command, "--help")


def assert_known(place: str, arguments: list[str]) -> None:
    """A tokenbooks command and each of its options are in its own help."""
    assert arguments, f"{place}: tokenbooks without a command"
    command = arguments[:2] if arguments[0] in GROUPS else arguments[:1]
    told = told_of(*command)
    assert told.returncode == 0, f"{place}: tokenbooks {' '.join(command)} --help: {told.stderr}"
    for option in (word.split("=")[0] for word in arguments if word.startswith("--")):
        assert option in told.stdout, f"{place}: tokenbooks {' '.join(command)} knows no {option}"


def test_the_worked_example_loads(tmp_path: Path) -> None:
    """The source of the guide, typed off its page, gives the rows of its sample."""
    from ingestion import archive_file, find_deliveries, load_export, sources

    files = example()
    assert set(files) == {"source.yml", "charges.sql", "sample.csv"}
    folder = tmp_path / "sources" / "reseller_bill"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    landed = tmp_path / "landing" / "reseller_bill" / "acme" / "2026-11-03T0600Z.csv"
    landed.parent.mkdir(parents=True)
    landed.write_text(files["sample.csv"], "utf-8")

    known = sources(tmp_path / "sources")
    (delivery,) = find_deliveries(tmp_path / "landing", known, quiet=0)
    parts = [archive_file(part, tmp_path / "archive") for part in delivery.parts]
    result = load_export(parts, known["reseller_bill"], "acme", tmp_path / "staging")
    assert result.rows == 4
    assert {currency: Decimal(total) for currency, total in result.totals.items()} == {"EUR": Decimal("4.5")}
    assert (result.window_from, result.window_to) == (date(2026, 10, 1), date(2026, 11, 1))


@pytest.mark.slow
def test_what_the_guides_run_on_the_sample_ends_well(sample: Path) -> None:
    ran = 0
    for place, words in commands():
        name, *rest = program(words)
        if name.endswith("tokenbooks") and rest[0] in {"status", "statement", "sources", "export"}:
            rest = ["./books" if word == "./demo" else word for word in rest]
            done = cli(
                *rest, *([] if "--books" in rest or rest[0] == "sources" else ["--books", "./books"]), cwd=sample
            )
            assert done.returncode == 0, f"{place}: {' '.join(words)}\n{done.stdout}\n{done.stderr}"
            assert done.stdout.strip(), f"{place}: {' '.join(words)} prints nothing"
            ran += 1
    assert ran > 2
    formats = {"beancount", "csv", "hledger", "intacct", "netsuite", "quickbooks", "xero"}
    written = {re.sub(r"(-DRAFT)?(-\d+of\d+)?\.\w+$", "", file.name) for file in (sample / "exports").iterdir()}
    assert {name.rpartition("-")[2] for name in written if name != "us01"} == formats - {"csv"}
    assert "us01" in written


@pytest.mark.slow
def test_every_query_of_the_guides_answers(sample: Path) -> None:
    """Each SQL block runs on the sample's serving database, and gives rows unless the page says that it has none."""
    pages = {f"{page.relative_to(ROOT)}": page.read_text("utf-8").splitlines() for page in PAGES}
    with duckdb.connect() as database:
        database.execute(f"attach '{sample}/books/published/finance.duckdb' as books (read_only)")
        database.execute("use books")
        for place, query in blocks("sql"):
            page, line = place.split(":")
            before = " ".join(pages[page][max(0, int(line) - 4) : int(line) - 1])
            rows = database.execute(query).fetchall()
            if re.search(r"[Nn]o row", before):
                assert not rows, f"{place}: {len(rows)} rows where none should be: {rows[:3]}"
            else:
                assert rows, f"{place}: no rows"


@pytest.mark.slow
def test_the_python_of_the_guides_runs(sample: Path) -> None:
    assert blocks("python")
    for place, code in blocks("python"):
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=sample, capture_output=True, text=True, check=False, env=plain_environment())
        assert done.returncode == 0, f"{place}: {done.stderr}"
