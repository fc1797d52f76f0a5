"""All steps in their order: load → gate → build → gate → publish whatever is new.

One wrong thing holds up only what depends on it: a refused export does not stop the build of the others, and a
build that failed still leaves its verdicts published.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.build import BuildReport, Progress, build
from pipeline.publish import NotBuilt, PublishReport, publish
from pipeline.settings import Books, BooksError

if TYPE_CHECKING:
    from pipeline.load import LoadReport


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
    from pipeline.load import load_new

    loaded = load_new(books, progress)
    errors = list(loaded.errors)
    built = BuildReport()
    try:
        built = build(books, progress)
    except BooksError as error:
        errors += str(error).splitlines()
    published = PublishReport()
    try:
        published = publish(books, progress)
    except NotBuilt as error:
        errors.append(str(error))
    return RunReport(loaded, built, published, errors)
