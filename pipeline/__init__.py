"""The steps as plain functions, in the order things happen: load, build, publish, or all of them by `run`.

The command line and the DAGs call these and nothing else. Each is idempotent on content.
"""

from typing import TYPE_CHECKING

# These modules share their function's name, so they are imported here, before the names are taken; what is heavy
# they import when called.
from pipeline.build import BuildFailed, BuildReport, build
from pipeline.pending import Pending, pending
from pipeline.publish import NotBuilt, PublishReport, publish
from pipeline.run import RunReport, run
from pipeline.settings import Books, BooksError

if TYPE_CHECKING:
    from pipeline.build import Progress
    from pipeline.load import LoadReport

__all__ = [
    "Books",
    "BooksError",
    "BuildFailed",
    "BuildReport",
    "NotBuilt",
    "Pending",
    "PublishReport",
    "RunReport",
    "build",
    "load_new",
    "pending",
    "publish",
    "run",
]


def load_new(books: Books, progress: "Progress | None" = None) -> "LoadReport":
    """Load every delivery in landing that is complete and new; refused ones go to quarantine and hold up nothing."""
    from pipeline.load import load_new as load

    return load(books, progress)
