"""What a process of dbt runs: dbt itself, and of all that it would tell a line of JSON for each node and each error.

It words and encodes eight thousand events a build, most of them for nobody.
"""

import json
import sys
from collections.abc import Collection
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


def hear(levels: Collection[str], names: Collection[str] = ()) -> None:
    """Have dbt in this process make nothing of its events but those of the levels, and those that are named."""
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    class Heard(EventManager):
        def fire_event(
            self, e: Any, level: Any = None, node: Any = None, force_warn_or_error_handling: bool = False
        ) -> None:
            heard = (level or e.level_tag()).value in levels or type(e).__name__ in names
            if heard or force_warn_or_error_handling:
                super().fire_event(e, level, node, force_warn_or_error_handling)

    ctx_set_event_manager(Heard())


def main() -> int:
    """Run dbt with the arguments of the command line; its exit code."""
    from dbt.cli.main import dbtRunner

    hear(("warn", "error"), ("NodeFinished",))
    done = dbtRunner(callbacks=[_tell]).invoke([*QUIET, *sys.argv[1:]])
    if done.exception:
        _say(error=str(done.exception))
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main())
