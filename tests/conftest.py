"""What every test may rely on: nothing outside its temporary directory is touched."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pipeline.settings import Books

# Before anything imports Airflow: importing it writes a configuration into its home, which must not be the person's.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="tokenbooks-airflow-")
atexit.register(shutil.rmtree, os.environ["AIRFLOW_HOME"], ignore_errors=True)
if "PYTEST_XDIST_WORKER" not in os.environ:  # one for all workers: dbt reads the project once
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="tokenbooks-cache-")
    atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests begin, so that none of them is left over while the other workers have nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


class Desk:
    """Books of a test with a landing to put exports into. `load` takes at once what lies there."""

    def __init__(self, home: Path) -> None:
        from pipeline.settings import Books

        self.books = Books.create(home)

    def deliver(
        self, source: str, name: str, content: bytes | str | Mapping[str, bytes], account: str = "acme"
    ) -> Path:
        """A file, or a folder of pages by name, in landing."""
        path = self.books.landing / source / account / name
        files = (
            {path / page: text for page, text in content.items()} if isinstance(content, Mapping) else {path: content}
        )
        for file, text in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def sample(self, source: str) -> dict[str, bytes]:
        """The sample of a source, by file name."""
        from ingestion import sources
        from ingestion.golden import sample

        return {path.name: path.read_bytes() for path in sample(sources()[source])}

    def load(self, **options: Any) -> Any:
        """The report of a load that waits for nothing to stand still."""
        from pipeline.load import load_new

        return load_new(self.books, **{"quiet": 0, **options})

    def files(self, *rooms: str) -> dict[str, bytes]:
        """Every file below the rooms of the books, by path, so that before and after can be compared."""
        found = (path for room in rooms for path in (self.books.home / room).rglob("*") if path.is_file())
        return {path.relative_to(self.books.home).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Empty books and a landing."""
    return Desk(tmp_path / "books")


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """The rows that a source makes of a delivery of pages, given as texts."""
    from tests.export_fixture import loaded, rows

    def of(source: str, *pages: str) -> list[dict[str, Any]]:
        return rows(loaded(source, tmp_path, {f"page-{number:04d}": text for number, text in enumerate(pages, 1)}))

    return of


@pytest.fixture(scope="session")
def story_loaded(tmp_path_factory: pytest.TempPathFactory) -> "Books":
    """The sample without Acme Labs, loaded but not built. Copy it before you change it."""
    from pipeline.settings import Books
    from tests.sample_fixture import load_story, made_once

    return Books.open(made_once(tmp_path_factory, "story-loaded", load_story) / "books")


@pytest.fixture(scope="session")
def story(story_loaded: "Books", tmp_path_factory: pytest.TempPathFactory) -> "Books":
    """The same, built and published. Copy it before you change it."""
    from pipeline.settings import Books
    from tests.sample_fixture import made_once
    from tests.story_books import copy_of, run

    def make(folder: Path) -> None:
        run(copy_of(story_loaded, folder / "books"))

    return Books.open(made_once(tmp_path_factory, "story", make) / "books")


@pytest.fixture(scope="session")
def whole_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which the whole sample was made and run, as `books`. Copy it before you change it."""
    from tests.sample_fixture import made_once, make_whole

    return made_once(tmp_path_factory, "whole-sample", make_whole)


@pytest.fixture(scope="session")
def statement_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small warehouse of `unit/statement_warehouse.sql`, built once; a test that changes it works on a copy."""
    import duckdb

    path = tmp_path_factory.mktemp("statement") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute((Path(__file__).parent / "unit" / "statement_warehouse.sql").read_text())
        assert con.execute("select count(*) from finance.rpt_cost_statement").fetchall()[0][0] > 100
    return path


@pytest.fixture
def changed_statement(statement_warehouse: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Makes a copy of the small warehouse and runs SQL on it."""
    import duckdb

    def change(sql: str) -> Path:
        path = Path(shutil.copy(statement_warehouse, tmp_path / "warehouse.duckdb"))
        with duckdb.connect(str(path)) as con:
            con.execute(sql)
        return path

    return change
