"""All steps in their order: load → gate → build → gate → publish whatever is new.

One wrong thing holds up only what depends on it: a refused export does not stop the build of the others, and a
build that failed still leaves its verdicts published.
"""

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.build import BuildReport, Progress, build
from pipeline.publish import NotBuilt, PublishReport, publish
from pipeline.settings import Books, BooksError

if TYPE_CHECKING:
    from pipeline.load import LoadReport

PAUSE = 0.5
PATIENCE = 10.0  # seconds; a file that still grows after that is somebody's long copy, and waits for the next run


@dataclass(frozen=True)
class RunReport:
    """What each step did, and `errors`: what was refused or failed, each naming place and cure."""

    load: "LoadReport"
    build: BuildReport
    publish: PublishReport
    errors: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether there was nothing to do, so that nothing was written."""
        return not (self.load.new or self.build.periods or self.publish.written or self.publish.removed)


def run(books: Books, progress: Progress | None = None) -> RunReport:
    """Bring everything up to date with landing and company; what failed is in the report's `errors`."""
    loaded = load_settled(books, progress)
    errors = list(loaded.errors)
    built = BuildReport()
    try:
        built = build(books, progress)
    except BooksError as error:
        errors += str(error).splitlines()
    published = PublishReport()
    try:
        published = publish(books, progress)
    except BooksError as error:
        # That books which failed to build are not published goes without saying.
        errors += str(error).splitlines() if built.periods or not isinstance(error, NotBuilt) else []
    return RunReport(loaded, built, published, errors)


def load_settled(books: Books, progress: Progress | None = None) -> "LoadReport":
    """Load what is new, and what somebody dropped a moment before asking: for that it waits, but not for ever."""
    from ingestion.landing import SETTLING
    from pipeline.load import load_new

    report = load_new(books, progress)
    until = time.monotonic() + PATIENCE
    while any(line.endswith(SETTLING) for line in report.waiting) and time.monotonic() < until:
        if progress:
            progress("waiting for deliveries that are still being written")
        time.sleep(PAUSE)
        again = load_new(books, progress)
        report = replace(again, new=[*report.new, *again.new])
    return report
