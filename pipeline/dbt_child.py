"""What a process of dbt runs: dbt itself, and of all that it would tell a line of JSON for each node and each error.

Its loggers word and encode eight thousand events a build, most of them for nobody.
"""

import json
import sys
from typing import Any

from dbt.cli.main import dbtRunner

QUIET = ("--log-level", "none", "--log-level-file", "none")


def _tell(event: Any) -> None:
    """Print what the parent follows: {"model": name} once it is built, {"error": message}."""
    if event.info.level == "error":
        print(json.dumps({"error": event.info.msg}), flush=True)
    elif event.info.name == "NodeFinished" and event.data.node_info.resource_type == "model":
        print(json.dumps({"model": event.data.node_info.node_name}), flush=True)


def main() -> int:
    """Run dbt with the arguments of the command line; its exit code."""
    done = dbtRunner(callbacks=[_tell]).invoke([*QUIET, *sys.argv[1:]])
    if done.exception:
        print(json.dumps({"error": str(done.exception)}), flush=True)
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main())
