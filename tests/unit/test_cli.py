"""The command line: exit codes, errors with a cure on stderr, JSON for machines, and nothing done by accident."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.settings import Books


def called(*arguments: str | Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command, run in this process."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out, told.err


def test_empty_books_begin_and_stand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`init` writes forms that the checks accept; the second time changes nothing; `status` and `run` find no fault."""
    home = tmp_path / "acme"
    code, out, _ = called("init", home, capsys=capsys)
    assert code == 0
    assert "next: tokenbooks run" in out
    written = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert home / "company" / "employees.csv" in written
    code, out, _ = called("init", home, capsys=capsys)
    assert (code, "nothing changed" in out) == (0, True)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == written
    code, out, _ = called("run", "--books", home, capsys=capsys)
    assert (code, "nothing changed" in out) == (0, True)
    assert called("status", "--books", home, capsys=capsys)[0] == 0


def test_init_refuses_what_is_not_books(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A directory with somebody's files, and the books of another company, are left alone."""
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("mine")
    code, _, err = called("init", tmp_path / "thesis", capsys=capsys)
    assert (code, "not a books directory" in err) == (1, True)
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["chapter1.txt"]
    called("init", tmp_path / "acme", capsys=capsys)
    code, _, err = called("init", tmp_path / "acme", "--sample", capsys=capsys)
    assert (code, "another company" in err) == (1, True)
    assert not any((tmp_path / "acme" / "landing").iterdir())


def test_the_sample_begins_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second `init --sample` changes nothing and says so; an export taken away is delivered again."""
    code, out, _ = called("init", tmp_path / "acme", "--sample", "--json", capsys=capsys)
    exports = json.loads(out)["exports"]
    assert (code, len(exports) > 12) == (0, True)
    code, out, _ = called("init", tmp_path / "acme", "--sample", capsys=capsys)
    assert (code, "nothing changed" in out) == (0, True)


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["run", "--nonsense"], ["init"], ["statement", "October"], ["statement", "2026-13"]]
)
def test_wrong_use_is_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and the message says how it is used."""
    code, _, err = called(*arguments, capsys=capsys)
    assert code == 2
    assert "Try 'tokenbooks" in err


@pytest.mark.parametrize("command", ["run", "load", "build", "publish", "status"])
def test_no_books_is_one_with_the_cure(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command names the directory and the cure, without a stack trace, and in JSON when asked for JSON."""
    code, out, err = called(command, "--books", tmp_path / "nowhere", "--json", capsys=capsys)
    assert code == 1
    assert "tokenbooks init" in err
    assert "Traceback" not in err
    assert "tokenbooks init" in json.loads(out)["errors"][0]


def test_a_refused_export_is_told_and_holds_up_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 with file and cure; `status` lists it; the good export beside it is loaded."""
    from ingestion import sources
    from ingestion.golden import sample

    books = Books.create(tmp_path / "books")
    good = sample(sources()["focus"])
    for path in good:
        target = books.landing / "focus" / "acme" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (books.landing / "focus" / "acme" / "broken.csv").write_text("BilledCost\n")
    code, out, err = called("load", "--books", books.home, "--json", capsys=capsys)
    assert code == 1
    assert "broken.csv" in err
    assert len(json.loads(out)["new"]) == len(good)
    code, out, _ = called("status", "--books", books.home, "--json", capsys=capsys)
    status = json.loads(out)
    assert code == 0
    assert "broken.csv" in status["refused"][0]
    assert [feed["source"] for feed in status["feeds"]] == ["focus"]
    assert status["feeds"][0]["rows"] > 0
    assert status["stale"]


def test_sources_tell_what_a_person_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """Title, how to get it, money unit and finality of each, as a table and as JSON."""
    code, out, _ = called("sources", "--json", capsys=capsys)
    assert code == 0
    known = {source["id"]: source for source in json.loads(out)}
    assert known["anthropic_cost_report"]["money_unit"] == "cents"
    assert known["openai_costs"]["money_unit"] == "dollars"
    assert all(source[word] for source in known.values() for word in ("title", "how", "finality", "dataset"))
    code, out, _ = called("sources", capsys=capsys)
    assert all(name in out for name in known)


def test_status_starts_without_what_is_heavy(tmp_path: Path) -> None:
    """Gate, DAGs, plots, dbt and price lists are not imported to say how the books stand."""
    books = Books.create(tmp_path / "books")
    asked = (
        "import sys\nfrom pipeline.cli import main\n"
        "try:\n main(['status', '--books', sys.argv[1]])\nexcept SystemExit as end:\n assert not end.code\n"
        "heavy = {'great_expectations', 'airflow', 'altair', 'dbt', 'genai_prices', 'pandas', 'sqlalchemy'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", asked, books.home], capture_output=True, text=True, check=True)
    assert "heavy: []" in done.stdout


def test_a_reader_who_stops_early_sees_no_stack_trace(tmp_path: Path) -> None:
    """`tokenbooks sources | head -1` ends quietly."""
    command = f"{sys.executable} -m pipeline sources | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout
    assert done.stderr == ""
