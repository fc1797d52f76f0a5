"""The one class the Airflow triggerer imports: it watches landing and says "look", never what to do.

An event is a wake-up, not a message: `ingest` asks the manifest what is new. So an announcement too many costs a
look, and one too few is made good by the sweeper of `ingest`.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from typing import Any

import fsspec
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

WATERMARK = "announced"
LONGEST_PAUSE = 60.0
# landing/<source>/<account>/<delivery>/<page>, and one to spare; a symlink that points upwards ends here.
DEPTH = 5
# How a store tells that a file changed: local disks by size and mtime, object stores by the rest.
STAMPS = ("size", "mtime", "LastModified", "last_modified", "updated", "ETag", "etag")


class LandingTrigger(BaseEventTrigger):
    """Announce that landing changed and its files stood still for `settle` seconds. It deletes nothing.

    `landing` is any path fsspec reads, listed every `poll` seconds in a thread. While other files still grow,
    settled ones wait for them, at most `patience` seconds, so that a batch is one event and not twenty.
    The digest of what was announced lies in the asset's state store: a restart does not announce it again.
    """

    def __init__(self, landing: str, poll: float = 0.5, settle: float = 2.0, patience: float = 10.0) -> None:
        super().__init__()
        self.landing = landing
        self.poll = poll
        self.settle = settle
        self.patience = patience

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Where the triggerer finds this class, and what to make it with."""
        kwargs = {"landing": self.landing, "poll": self.poll, "settle": self.settle, "patience": self.patience}
        return "pipeline.trigger.LandingTrigger", kwargs

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield an event per settled change of landing, for ever; an error is logged and tried again, ever later."""
        settling, announced, pause = Settling(self.settle, self.patience), None, self.poll
        while True:
            try:
                announced = announced or await self._announced()
                started = time.monotonic()
                entries = await asyncio.to_thread(list_landing, self.landing)
                now = time.monotonic()
                settled = settling.settled(entries, now)
                if settled is not None and (digest := digest_of(settled)) != announced:
                    self.log.info("%s has settled: %d files", self.landing, len(settled))
                    yield TriggerEvent({"files": len(settled), "digest": digest})
                    # Only now: should the triggerer die before this line, the next one announces again.
                    announced = await self._remember(digest)
                # A landing of 100,000 files takes a while to list: never spend more than a tenth of the time on it.
                pause = max(self.poll, 9 * (now - started))
            except Exception:  # a watcher that dies is made again without a word, and its cause is lost
                pause = min(pause * 2, LONGEST_PAUSE)
                self.log.exception("%s cannot be watched; next try in %.0f s", self.landing, pause)
            await asyncio.sleep(pause)

    async def _announced(self) -> str:
        """The digest of the last announcement, also across restarts; that of an empty landing at first."""
        stored = await self.asset_state_store.aget(WATERMARK) if self.asset_state_store else None
        return str(stored or digest_of({}))

    async def _remember(self, digest: str) -> str:
        if self.asset_state_store:
            await self.asset_state_store.aset(WATERMARK, digest)
        return digest


class Settling:
    """Tells files that stand still from files that are still being written, from one listing to the next."""

    def __init__(self, settle: float, patience: float) -> None:
        self.settle = settle
        self.patience = patience
        self._since: dict[str, tuple[str, float]] = {}
        self._moving_since: float | None = None

    def settled(self, entries: dict[str, str], now: float) -> dict[str, str] | None:
        """Those of `entries` (path → stamp) unchanged for `settle` seconds; None while it pays to wait for the others.

        `now` is in seconds of any steady clock.
        """
        before = self._since
        self._since = {
            path: before[path] if path in before and before[path][0] == stamp else (stamp, now)
            for path, stamp in entries.items()
        }
        still = {path: stamp for path, (stamp, since) in self._since.items() if now - since >= self.settle}
        if len(still) == len(entries):
            self._moving_since = None
            return still
        if self._moving_since is None:
            self._moving_since = now
        if now - self._moving_since < self.patience:
            return None
        self._moving_since = now
        return still


def list_landing(landing: str) -> dict[str, str]:
    """Every file that a load would see below `landing`, with the stamp that changes when it does; none is hidden.

    Blocks; raises OSError without a landing.
    """
    store, path = fsspec.core.url_to_fs(landing)
    store.invalidate_cache()
    if "://" in landing:  # a bucket without objects is an empty landing; one that is not there is an error of `find`
        found = store.find(path, detail=True)
    elif store.exists(path):
        found = store.find(path, maxdepth=DEPTH, detail=True)
    else:
        raise FileNotFoundError(f"{landing}: no such directory")
    seen = {name: info for name, info in found.items() if "/." not in name.removeprefix(path)}
    return {name: "|".join(str(info.get(key, "")) for key in STAMPS) for name, info in seen.items()}


def digest_of(entries: dict[str, str]) -> str:
    """One short string that differs whenever a file came, went or changed."""
    return hashlib.sha256("\n".join(f"{p}\t{s}" for p, s in sorted(entries.items())).encode()).hexdigest()[:16]
