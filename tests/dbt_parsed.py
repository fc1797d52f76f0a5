"""The dbt project, read once: the server that forks the runs of dbt imports this, and every run finds it done."""

import os
import tempfile
from pathlib import Path

from dbt.cli.main import dbtRunner

PROJECT = Path(__file__).parent.parent / "dbt_project"
FOLDERS = ("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))

with tempfile.TemporaryDirectory() as scratch:
    os.environ["TOKENBOOKS_WAREHOUSE"] = os.path.join(scratch, "warehouse.duckdb")
    PARSED = dbtRunner().invoke(["--quiet", "parse", *FOLDERS, "--target-path", scratch, "--log-path", scratch])
assert PARSED.success, PARSED.exception
