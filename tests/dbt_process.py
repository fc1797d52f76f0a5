"""dbt for tests: each run is a process of its own, forked where dbt is imported and the project is read already.

To start Python and to read the project takes dbt five seconds; the tests run it two hundred times.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["tests.dbt_parsed"])


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run dbt to its end; what it printed is the result's `stdout`."""
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch, "output.txt")
        process = SERVER.Process(target=_dbt, args=(list(arguments), dict(environment), str(output)))
        process.start()
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(list(arguments), process.exitcode, output.read_text(), "")


def _dbt(arguments: list[str], environment: dict[str, str], output: str) -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from pipeline.dbt_child import hear
    from tests.dbt_parsed import FOLDERS, PARSED

    file = os.open(output, os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.environ.update(environment)
    hear(("info", "warn", "error"))
    quiet = ["--log-level", "none", "--log-level-file", "none", "--no-write-json"]
    done = dbtRunner(manifest=PARSED.result, callbacks=[_tell]).invoke([*quiet, *arguments, *FOLDERS])
    DuckDBConnectionManager.close_all_connections()  # a forked process ends at once: what is open is not written out
    if done.exception:
        print(done.exception)
    sys.exit(0 if done.success else 1)


def _tell(event: Any) -> None:
    print(event.info.msg)
