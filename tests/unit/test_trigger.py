"""The landing trigger announces what has settled, once, harms nothing and outlives errors."""

import asyncio
import importlib
import threading
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path

import fsspec
import pytest

from pipeline import trigger
from pipeline.trigger import LandingTrigger, Settling

QUICK = {"poll": 0.02, "settle": 0.1, "patience": 0.5}


class Store:
    """Stands for the asset's state store, which only a triggerer can give."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def aget(self, key: str) -> str | None:
        return self.kept.get(key)

    async def aset(self, key: str, value: str) -> None:
        self.kept[key] = value


def watched(landing: Path | str, store: Store | None = None, **settings: float) -> LandingTrigger:
    made = LandingTrigger(str(landing), **{**QUICK, **settings})
    made.asset_state_store = store  # type: ignore[assignment]
    return made


def within(seconds: float, what: Callable[[], Awaitable[object]]) -> object:
    async def limited() -> object:
        return await asyncio.wait_for(what(), seconds)

    return asyncio.run(limited())


async def events(made: LandingTrigger, count: int, meanwhile: Callable[[int], None] = lambda _: None) -> list[dict]:
    """The first `count` payloads; `meanwhile` is called with the number of each as it comes."""
    found: list[dict] = []
    stream = made.run()
    async for event in stream:
        found.append(event.payload)
        meanwhile(len(found))
        if len(found) == count:
            break
    # As the triggerer does: resume after the event, and end by cancelling.
    rest = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.1)
    rest.cancel()
    await asyncio.gather(rest, return_exceptions=True)
    return found


def silent(made: LandingTrigger, seconds: float) -> bool:
    try:
        within(seconds, lambda: events(made, 1))
    except TimeoutError:
        return True
    return False


def test_it_is_found_again_by_its_dotted_path(tmp_path: Path) -> None:
    made = LandingTrigger(str(tmp_path), poll=3, settle=4, patience=5)
    path, kwargs = made.serialize()
    module, name = path.rsplit(".", 1)
    again = getattr(importlib.import_module(module), name)(**kwargs)
    assert again.serialize() == made.serialize()
    assert (again.poll, again.settle, again.patience) == (3, 4, 5)


def test_a_file_that_stands_still_is_announced_and_left_alone(tmp_path: Path) -> None:
    export = tmp_path / "focus" / "acme" / "export.csv"
    export.parent.mkdir(parents=True)
    export.write_bytes(b"a,b\n")
    before = export.stat()
    assert within(10, lambda: events(watched(tmp_path, Store()), 1)) == [
        {"files": 1, "digest": trigger.digest_of(trigger.list_landing(str(tmp_path)))}
    ]
    after = export.stat()
    assert export.read_bytes() == b"a,b\n"
    assert (before.st_ino, before.st_mtime_ns, before.st_size) == (after.st_ino, after.st_mtime_ns, after.st_size)


def test_an_empty_landing_says_nothing(tmp_path: Path) -> None:
    assert silent(watched(tmp_path, Store()), 0.5)


def test_a_restart_does_not_announce_again_but_a_changed_file_does(tmp_path: Path) -> None:
    store = Store()
    (tmp_path / "export.csv").write_bytes(b"a")
    within(10, lambda: events(watched(tmp_path, store), 1))
    assert silent(watched(tmp_path, store), 0.5)
    (tmp_path / "export.csv").write_bytes(b"restated")
    assert within(10, lambda: events(watched(tmp_path, store), 1))


def test_dying_before_it_is_remembered_announces_again(tmp_path: Path) -> None:
    store = Store()
    (tmp_path / "export.csv").write_bytes(b"a")

    async def first_only() -> None:
        await anext(watched(tmp_path, store).run())  # never resumed: killed right after the event

    within(10, first_only)
    assert not store.kept
    assert within(10, lambda: events(watched(tmp_path, store), 1))


def test_a_removed_file_wakes_too_so_that_a_refusal_can_be_cleared(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"a")
    found = within(10, lambda: events(watched(tmp_path, Store()), 2, lambda n: (tmp_path / "bad.csv").unlink(n > 1)))
    assert [event["files"] for event in found] == [1, 0]  # type: ignore[attr-defined]


def test_any_store_that_fsspec_reads_can_be_watched() -> None:
    store = fsspec.filesystem("memory")
    store.pipe_file("/landing-of-test/focus/acme/export.csv", b"a")
    try:
        assert within(10, lambda: events(watched("memory://landing-of-test", Store()), 1))
        assert store.cat_file("/landing-of-test/focus/acme/export.csv") == b"a"
    finally:
        store.rm("/landing-of-test", recursive=True)


def test_an_error_is_logged_tried_again_ever_later_and_survived(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    landing, tries = tmp_path / "landing", []
    listing = trigger.list_landing

    def counted(path: str) -> dict[str, str]:
        tries.append(time.monotonic())
        if len(tries) == 4:
            landing.mkdir()
            (landing / "export.csv").write_bytes(b"a")
        return listing(path)

    monkeypatch.setattr(trigger, "list_landing", counted)
    assert within(10, lambda: events(watched(landing, Store()), 1))
    waits = [later - sooner for sooner, later in pairwise(tries)]
    assert waits[2] > waits[0] * 2
    assert f"{landing} cannot be watched" in "".join(capfd.readouterr())


def test_a_slow_listing_does_not_hold_up_other_triggers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def stuck(_: str) -> dict[str, str]:
        assert released.wait(10)
        return {}

    monkeypatch.setattr(trigger, "list_landing", stuck)

    async def others_run() -> int:
        watching = asyncio.ensure_future(events(watched(tmp_path, Store()), 1))
        ticks = 0
        for _ in range(20):
            await asyncio.sleep(0.005)
            ticks += 1
        released.set()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        return ticks

    assert within(5, others_run) == 20


def test_a_growing_file_is_not_announced_before_it_stands_still() -> None:
    settling = Settling(settle=2, patience=10)
    looks = [settling.settled({"a": f"{size}"}, now) for now, size in enumerate([1, 2, 3, 3, 3])]
    assert looks == [None, None, None, None, {"a": "3"}]


def test_a_batch_is_one_announcement() -> None:
    settling = Settling(settle=2, patience=10)
    landed = [{f"{n}": "x" for n in range(min(now, 5) + 1)} for now in range(8)]
    looks = [settling.settled(entries, now) for now, entries in enumerate(landed)]
    assert looks == [None] * 7 + [landed[-1]]


def test_a_file_that_never_stands_still_holds_up_the_others_for_a_while_only() -> None:
    settling = Settling(settle=2, patience=5)
    looks = [settling.settled({"good": "x", "endless": f"{now}"}, now) for now in range(12)]
    assert looks[:5] == [None] * 5
    assert looks[5] == {"good": "x"}
    assert looks[6] is None
    assert looks[10] == {"good": "x"}
