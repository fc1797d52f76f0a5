"""The command line, `tokenbooks`: the same functions that the DAGs call, with tables for people and JSON for machines.

Exit code 0 done, 1 refused or failed, 2 used wrongly. An error that a person can cure is told on stderr, without a
stack trace.
"""

import atexit
import gc
import os
import sys

from pipeline.cli import closing, pulling  # noqa: F401  their commands
from pipeline.cli.commands import app
from pipeline.cli.output import explained, tell


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with its code."""
    atexit.register(gc.freeze)  # else Python looks for garbage before it ends, half a second in all that was imported
    given = sys.argv[1:] if arguments is None else arguments
    try:
        app(args=given, prog_name="tokenbooks")
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:  # `tokenbooks status | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except Exception as error:
        lines = explained(error)
        if lines is None:
            raise
        tell(lines, as_json="--json" in given)
        raise SystemExit(1) from None
