"""What a process of dbt runs: dbt itself, and of all that it would tell a line of JSON for each node and each error.

Its loggers word and encode eight thousand events a build, most of them for nobody.
"""

import json
import sys
from contextlib import suppress
from typing import Any

QUIET = ("--log-level", "none", "--log-level-file", "none")


def _say(**told: str) -> None:
    """Print a line. Whose parent was killed builds on to the end, as the lock that it holds promises."""
    with suppress(OSError):
        print(json.dumps(told), flush=True)


def _tell(event: Any) -> None:
    """What the parent follows: each model once it is built, each error."""
    if event.info.level == "error":
        _say(error=event.info.msg)
    elif event.info.name == "NodeFinished" and event.data.node_info.resource_type == "model":
        _say(model=event.data.node_info.node_name)


def main() -> int:
    """Run dbt with the arguments of the command line; its exit code."""
    from dbt.cli.main import dbtRunner

    done = dbtRunner(callbacks=[_tell]).invoke([*QUIET, *sys.argv[1:]])
    if done.exception:
        _say(error=str(done.exception))
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main())
