"""Where a pull keeps its pages until all are there: on landing's own disk, out of landing's sight, shown by one rename.

A pull that was interrupted goes on where it stopped, within a day: later its older pages would not go with the rest.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from ingestion.archive import sync_folder
from ingestion.connectors.record import PullRecord
from ingestion.connectors.trying import PullRefused

HIDDEN = ".pulls"  # landing shows nothing whose name begins with a dot
STATE = "pull.json"
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Workroom:
    """The place of one request, named `request`, for an account's export. `landing` and `evidence` are folders."""

    landing: Path
    evidence: Path
    source: str
    account: str
    request: str

    @property
    def room(self) -> Path:
        """Where all pulls of the account's export work."""
        return self.landing / HIDDEN / self.source / self.account

    @property
    def folder(self) -> Path:
        """Where this one works."""
        return self.room / self.request

    def page(self, file: str) -> Path:
        """Where a page lies until the delivery is whole."""
        return self.folder / "pages" / file

    @contextmanager
    def alone(self, now: datetime) -> Iterator[None]:
        """Work here, one process at a time; first ends what others had completed and removes what is too old.

        Raises PullRefused while another process is at it.
        """
        self.room.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.room / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for folder in sorted(path.parent for path in self.room.glob(f"*/{STATE}")):
                record = PullRecord.read(folder / STATE)
                if record.complete:
                    self._show(folder, record)
                elif now - record.began_at > KEPT_FOR:
                    shutil.rmtree(folder)
            yield
        except BlockingIOError:
            raise PullRefused(f"{self.source} of {self.account}: another process is pulling it; wait for it") from None
        finally:
            os.close(descriptor)

    def begun(self, anew: PullRecord) -> PullRecord:
        """What an interrupted pull of the same request has fetched, as long as it is all there; else `anew`."""
        state = self.folder / STATE
        record = PullRecord.read(state) if state.is_file() else anew
        sizes = {path.name: path.stat().st_size for path in self.folder.glob("pages/*")}
        if record is not anew and all(sizes.get(page.file) == page.bytes for page in record.pages):
            return record
        self.discard()
        return anew

    def keep(self, record: PullRecord, file: str = "", content: bytes = b"") -> None:
        """Write down how far the pull is, after the page that it has just fetched."""
        if file:
            with self.writing(file) as out:
                out.write(content)
        record.write(self.folder / STATE)

    @contextmanager
    def writing(self, file: str) -> Iterator[BinaryIO]:
        """A page to be written, on the disk when the context ends."""
        path = self.page(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())

    def discard(self) -> None:
        """Forget what was fetched."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def finish(self, record: PullRecord, lands: bool) -> PullRecord:
        """Show a complete pull to landing, if there is anything in it, and keep its record as evidence."""
        account = self.landing / self.source / self.account
        name = record.name
        number = 1
        while lands and (account / name).exists():  # fetched twice within a second
            number += 1
            name = f"{record.name}_{number}"
        record.complete, record.delivery = True, name if lands else ""
        record.write(self.folder / STATE)
        return self._show(self.folder, record)

    def _show(self, folder: Path, record: PullRecord) -> PullRecord:
        """Every step may have been done before: a kill between two of them costs nothing."""
        account = self.landing / self.source / self.account
        if record.delivery and (folder / "pages").is_dir():
            account.mkdir(parents=True, exist_ok=True)
            os.rename(folder / "pages", account / record.delivery)
            sync_folder(account)
        record.write(self.evidence / self.source / self.account / f"{record.delivery or record.name}.json")
        shutil.rmtree(folder)
        return record
