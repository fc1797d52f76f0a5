"""Rooms on a real S3 server: what lands is loaded once, strange keys harm nothing, and errors name their cure."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import manifest
from pipeline.landed import lying
from pipeline.settings import Books
from pipeline.trigger import list_landing
from tests.conftest import Desk
from tests.store_fixture import BUCKET, SECRET, object_store, use

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """One server for all tests here."""
    with object_store() as found:
        yield found


@pytest.fixture
def bucket(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The store's files; all four rooms lie there below a prefix of the test's own."""
    return use(monkeypatch, address, tmp_path.name)


def put(bucket: Any, tmp_path: Path, key: str, content: bytes) -> None:
    """An object in landing, by any key."""
    bucket.pipe_file(f"{BUCKET}/{tmp_path.name}/landing/{key}", content)


def names(bucket: Any, tmp_path: Path, room: str) -> list[str]:
    """Every object of a room."""
    root = f"{BUCKET}/{tmp_path.name}/{room}"
    return [key.removeprefix(f"{root}/") for key in bucket.find(root)]


def files(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())


def test_a_delivery_waits_for_its_last_page_and_is_loaded_once(bucket: Any, tmp_path: Path) -> None:
    """Pages put one by one; loaded whole into archive and lake of the store, and never fetched again."""
    desk = Desk(tmp_path / "books")
    pages = desk.sample("openai_costs")
    first, *rest = sorted(pages)
    assert rest
    put(bucket, tmp_path, f"openai_costs/acme/one/{first}", pages[first])
    report = desk.load()
    assert [one.state for one in report.deliveries] == ["waiting"]
    assert "more pages follow" in report.waiting[0]
    assert names(bucket, tmp_path, "archive") == []
    for page in rest:
        put(bucket, tmp_path, f"openai_costs/acme/one/{page}", pages[page])
    assert [one.state for one in desk.load().deliveries] == ["loaded"]
    (load,) = manifest.read(desk.books)
    assert sorted(names(bucket, tmp_path, "archive")) == sorted(part.archived for part in load.parts)
    assert sorted(names(bucket, tmp_path, "lake")) == sorted(file.path for file in load.files)
    assert len(names(bucket, tmp_path, "landing")) == len(pages)  # nothing is removed from landing
    kept = files(desk.books.home / ".rooms")
    assert kept == sorted(f"lake/{file.path}" for file in load.files)
    assert [one.state for one in desk.load().deliveries] == ["already in"]
    assert files(desk.books.home / ".rooms") == kept
    assert lying(desk.books)("openai_costs/acme/one")
    assert not lying(desk.books)("openai_costs/acme/two")


def test_strange_keys_are_refused_and_hold_up_nobody(bucket: Any, tmp_path: Path) -> None:
    """Keys that would be paths elsewhere, or two things at once, get a verdict; the good one loads."""
    desk = Desk(tmp_path / "books")
    strange = ["../../evil.csv", "focus/acme/../x.csv", "focus/acme/a\\b.csv", "focus//y.csv", "/etc/passwd"]
    placed = ["top.csv", "focus/acme/deep/er/z.csv", "focus/acme/both", "focus/acme/both/page-1.json"]
    for key in [*strange, *placed]:
        put(bucket, tmp_path, key, b"x")
    (name, content), *_ = desk.sample("focus").items()
    put(bucket, tmp_path, f"focus/acme/{name}", content)
    put(bucket, tmp_path, "focus/acme/.hidden", b"x")
    before = {path for path in tmp_path.rglob("*") if desk.books.home not in path.parents}
    states = {one.path: one.state for one in desk.load().deliveries}
    refused = {*strange, "top.csv", "focus/acme/deep", "focus/acme/both"}
    assert {path for path, state in states.items() if state == "refused"} == refused
    assert states[f"focus/acme/{name}"] == "loaded"
    assert len(states) == len(refused) + 1
    assert {path for path in tmp_path.rglob("*") if desk.books.home not in path.parents} == before
    assert [one.state for one in desk.load().new] == []


def test_an_object_without_a_manifest_does_not_count(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between upload and manifest: nothing is in; the next load gives the same objects, once."""
    desk = Desk(tmp_path / "books")
    (name, content), *_ = desk.sample("focus").items()
    put(bucket, tmp_path, f"focus/acme/{name}", content)
    with monkeypatch.context() as patch:
        patch.setattr(manifest, "write", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        assert [one.state for one in desk.load().deliveries] == ["failed"]
    there = names(bucket, tmp_path, "lake"), names(bucket, tmp_path, "archive")
    assert all(there)
    assert manifest.read(desk.books) == []
    assert [one.state for one in desk.load().deliveries] == ["loaded"]
    assert "archive" not in {path.split("/")[0] for path in files(desk.books.home / ".rooms")}
    (desk.books.archive / "focus" / "left-by-a-kill.csv").write_bytes(b"x")
    desk.load()
    assert not desk.books.archive.exists()
    assert (names(bucket, tmp_path, "lake"), names(bucket, tmp_path, "archive")) == there


def test_the_watcher_sees_what_lands(bucket: Any, tmp_path: Path) -> None:
    """An empty landing is no error; an object that is put again has another stamp, and nothing hidden is seen."""
    landing = Books.at(tmp_path).place("landing")
    assert list_landing(landing) == {}
    put(bucket, tmp_path, "focus/acme/a.csv", b"1")
    put(bucket, tmp_path, "focus/acme/.b.csv", b"1")
    before = list_landing(landing)
    put(bucket, tmp_path, "focus/acme/a.csv", b"2")
    after = list_landing(landing)
    assert list(before) == list(after)
    assert len(before) == 1
    assert before != after
    with pytest.raises(FileNotFoundError):
        list_landing("s3://no-such-bucket/landing")


@pytest.mark.parametrize(
    ("broken", "value", "told"),
    [
        ("TOKENBOOKS_LANDING", "s3://no-such-bucket/landing", "make the bucket, or correct TOKENBOOKS_LANDING"),
        ("AWS_ENDPOINT_URL", "http://user:sk-S3-SECRET-0123456789@127.0.0.1:9", "AWS_ENDPOINT_URL"),
        ("AWS_ACCESS_KEY_ID", "", "no credentials"),
        ("TOKENBOOKS_LANDING", f"s3://{SECRET}@bucket/landing", "without credentials"),
    ],
)
def test_errors_name_room_and_cure(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, value: str, told: str
) -> None:
    """One message on stderr, exit code 1, no stack trace, and never the secret."""
    Books.create(tmp_path / "books")
    monkeypatch.setenv(broken, value)
    if not value:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    command = [sys.executable, "-m", "pipeline", "load", "--books", str(tmp_path / "books")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert "landing" in done.stderr.lower()
    assert SECRET not in done.stderr + done.stdout
