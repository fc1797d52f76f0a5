"""The seam to object stores, on fsspec's memory where no real server is needed."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pipeline import landed, store
from pipeline.settings import MOVABLE, Books, BooksError
from pipeline.shipping import ship


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """Books whose four rooms lie in this process's memory."""
    files = fsspec.filesystem("memory")
    for room in MOVABLE:
        monkeypatch.setenv(f"TOKENBOOKS_{room.upper()}", f"memory://{tmp_path.name}/{room}")
    yield Books.create(tmp_path / "books")
    files.store.clear()


def there(books: Books, room: str) -> dict[str, bytes]:
    """What the room's store holds."""
    files, root = fsspec.url_to_fs(books.urls[room])
    return {name: files.cat_file(f"{root}/{name}") for name in store.listing(books, room)}


def put(books: Books, room: str, name: str, content: bytes) -> None:
    files, root = fsspec.url_to_fs(books.urls[room])
    files.pipe_file(f"{root}/{name}", content)


def here(books: Books, room: str, name: str, content: bytes) -> Path:
    """A file in the room's working copy."""
    path = books.room(room) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_rooms_in_the_home_never_touch_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a URL nothing is asked, listed, sent or removed."""
    books = Books.create(tmp_path / "books")
    monkeypatch.setattr(store, "opened", lambda *_: pytest.fail("a store was opened"))
    path = here(books, "lake", "charges/a.parquet", b"rows")
    store.send(books, "lake", [path])
    store.fetch(books, "lake", [path, path.with_name("gone")])
    store.withdraw(books, "lake", ["charges/a.parquet"])
    store.let_go(books, "lake", [path])
    landed.hand_over(books)
    assert landed.landed(books, ()).folder == tmp_path / "books" / "landing"
    assert path.read_bytes() == b"rows"


def test_what_is_sent_can_be_fetched_and_what_is_archived_stays(away: Books) -> None:
    """Write-once: an object of the same name stays as it is, and one of another size is an error."""
    path = here(away, "archive", "focus/acme/0a.csv", b"as received")
    store.send(away, "archive", [path], once=True)
    put(away, "archive", "focus/acme/0a.csv", b"AS RECEIVED")
    store.send(away, "archive", [path], once=True)
    assert there(away, "archive") == {"focus/acme/0a.csv": b"AS RECEIVED"}
    put(away, "archive", "focus/acme/0a.csv", b"short")
    with pytest.raises(store.StoreError, match="has 5 bytes there and 11 here"):
        store.send(away, "archive", [path], once=True)
    store.let_go(away, "archive", [path])
    missing = path.with_name("0b.csv")
    store.fetch(away, "archive", [path, missing])
    assert path.read_bytes() == b"short"
    assert not missing.exists()


def test_an_object_cut_short_on_its_way_gets_no_name(away: Books) -> None:
    put(away, "lake", "a.parquet", b"half")
    with pytest.raises(store.StoreError, match="changed while it was fetched"):
        store.get(away, "lake", {"a.parquet": away.lake / "a.parquet"}, {"a.parquet": 8})
    assert list(away.lake.iterdir()) == []


def test_only_what_is_new_is_brought_here(away: Books) -> None:
    """Settled deliveries are told by the listing; put again, with other bytes of the same size, they are new."""
    put(away, "landing", "focus/acme/a.csv", b"1")
    put(away, "landing", "focus/acme/pages/page-10.json", b"{}")
    put(away, "landing", "focus/acme/pages/page-9.json", b"{}")
    found = landed.landed(away, ())
    assert found.told == []
    assert sorted(path.name for path in found.folder.rglob("*.*")) == ["a.csv", "page-10.json", "page-9.json"]
    from ingestion import find_deliveries

    settled = [one.fingerprint for one in find_deliveries(found.folder, {}, (), 0)]
    assert len(settled) == 2
    again = landed.landed(away, settled)
    assert [one.path for one in again.told] == ["focus/acme/a.csv", "focus/acme/pages"]
    assert list(again.folder.rglob("*.*")) == []
    put(away, "landing", "focus/acme/a.csv", b"2")
    changed = landed.landed(away, settled)
    assert [one.path for one in changed.told] == ["focus/acme/pages"]
    assert [path.read_bytes() for path in changed.folder.rglob("*.*")] == [b"2"]


def test_two_objects_of_one_second_differ_by_their_etag() -> None:
    moment = datetime(2026, 11, 2, 6, tzinfo=UTC)
    one, other = ({"LastModified": moment, "ETag": tag} for tag in ("a", "b"))
    assert landed._stamp(one) != landed._stamp(other)
    assert {landed._stamp(info) // landed.SECOND for info in (one, other)} == {int(moment.timestamp())}
    assert landed._stamp({"updated": "2026-11-02T06:00:00Z", "md5Hash": "a"}) == landed._stamp(one)


def test_what_was_pulled_is_handed_over_once(away: Books) -> None:
    """A folder of pages goes to the store and leaves this machine; another object of that name is never replaced."""
    here(away, "landing", "openai_costs/acme/one/page-0001.json", b"{}")
    here(away, "landing", ".pulls/openai_costs/acme/two/page-0001.json", b"{}")
    landed.hand_over(away)
    assert there(away, "landing") == {"openai_costs/acme/one/page-0001.json": b"{}"}
    assert [path.parts[-5] for path in away.landing.rglob("*.json")] == [".pulls"]
    here(away, "landing", "openai_costs/acme/one/page-0001.json", b"{ }")
    with pytest.raises(store.StoreError, match="2 bytes there and 3 here"):
        landed.hand_over(away)
    assert there(away, "landing") == {"openai_costs/acme/one/page-0001.json": b"{}"}


def entries(books: Books, made_from: str, **files: bytes) -> dict[str, Any]:
    """Published files as publish tells of them, one key each."""
    for name, content in files.items():
        here(books, "published", name, content)
    return {name: {"made_from": f"{made_from}{name}", "files": {name: len(c)}} for name, c in files.items()}


def test_only_what_changed_is_shipped_and_what_is_out_goes(away: Books) -> None:
    """The manifest there is last, and tells what is there; objects of others stay."""
    put(away, "published", "theirs.txt", b"?")
    first = entries(away, "1", a=b"one", b=b"two")
    assert ship(away, first) == (["a", "b"], [])
    assert json.loads(there(away, "published")["manifest.json"]) == {"out": first}
    assert ship(away, first) == ([], [])
    second = {"a": first["a"], **entries(away, "2", c=b"three")}
    assert ship(away, second) == (["c"], ["b"])
    assert json.loads(there(away, "published").pop("manifest.json")) == {"out": second}
    assert there(away, "published").keys() == {"a", "c", "theirs.txt", "manifest.json"}
    fsspec.filesystem("memory").rm(f"/{away.urls['published'].removeprefix('memory://')}/a")
    assert ship(away, second) == (["a"], [])


def test_shipping_that_was_killed_vouches_for_nothing_half_old(away: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after an upload: going back to the old figures, of the same size, sends them again."""
    old = entries(away, "1", a=b"old")
    ship(away, old)
    new = entries(away, "2", a=b"new")
    with monkeypatch.context() as patch:
        patch.setattr(store, "withdraw", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ship(away, new)
    assert there(away, "published")["a"] == b"new"
    assert ship(away, entries(away, "1", a=b"old")) == (["a"], [])
    assert there(away, "published")["a"] == b"old"


@pytest.mark.parametrize("url", ["books/landing", "/mnt/landing", "file:///mnt/landing", "s3://key:secret@bucket/x"])
def test_a_room_elsewhere_is_a_url_without_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TOKENBOOKS_LANDING", url)
    with pytest.raises(BooksError, match="TOKENBOOKS_LANDING: must be the URL") as refused:
        Books.create(tmp_path / "books")
    assert "secret" not in str(refused.value)


def test_two_rooms_in_one_place_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENBOOKS_LANDING", "s3://bucket/all/")
    monkeypatch.setenv("TOKENBOOKS_LAKE", "s3://bucket/all")
    with pytest.raises(BooksError, match="give each its own"):
        Books.create(tmp_path / "books")


def test_exports_left_in_the_home_are_not_overlooked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A room that moved to a store must not leave files that nobody reads any more."""
    books = Books.create(tmp_path / "books")
    here(books, "landing", "focus/acme/a.csv", b"1")
    monkeypatch.setenv("TOKENBOOKS_LANDING", "memory://moved/landing")
    with pytest.raises(BooksError, match="holds files, but landing lies on memory://moved/landing"):
        Books.open(books.home)
    os.unlink(books.landing / "focus" / "acme" / "a.csv")
    assert Books.open(books.home).place("landing") == "memory://moved/landing"


@pytest.mark.parametrize(
    ("url", "told"), [("nope://bucket/x", "correct TOKENBOOKS_LAKE"), ("gs://bucket/x", "needs a package")]
)
def test_a_store_that_cannot_be_used_says_what_to_do(tmp_path: Path, url: str, told: str) -> None:
    with pytest.raises(store.StoreError, match=told):
        store.listing(Books(tmp_path, {"lake": url}), "lake")


def test_a_refusal_by_the_store_names_the_rights_and_no_password(away: Books) -> None:
    rights = "allow them to list, read, write and delete"
    with pytest.raises(store.StoreError, match=rights) as refused, store.opened(away, "lake"):
        raise PermissionError("denied by http://me:s3cret@store.example/bucket")
    assert "s3cret" not in str(refused.value)
