"""What the three flows share: the assets they wake each other by, and which failures another try can cure.

An event only wakes; what is to do is asked from the books. So events may coalesce, repeat or get lost.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, AssetWatcher, CronTriggerTimetable, ExceptionRetryPolicy, RetryAction, RetryRule

from dags.doors import queue
from ingestion import sources
from pipeline.settings import Books
from pipeline.trigger import LandingTrigger

_landing = Books.at().place("landing")

LANDING = Asset(
    "landing",
    uri="tokenbooks://landing",
    watchers=[AssetWatcher(name="landing", trigger=LandingTrigger(_landing)), *queue()],
)
# One per folder under ingestion/sources: adding a source is adding a folder.
RAW = {source: Asset(f"raw_{source}", uri=f"tokenbooks://raw/{source}") for source in sorted(sources())}
WAREHOUSE = Asset("warehouse", uri="tokenbooks://warehouse")

# Bounds what a lost event can cost. Not at once when Airflow starts, though: `up` looks by itself.
SWEEP = CronTriggerTimetable("*/15 * * * *", timezone="UTC", run_immediately=timedelta(0))

# A disk that was full or a database that was locked may be well again in a moment. A contract that was broken
# (export, company, gate) is broken on every try: it fails at once and names its cure.
CURABLE = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            ["builtins.OSError", "duckdb.IOException", "pipeline.store.StoreError"],
            RetryAction.RETRY,
            reason="I/O may recover",
        )
    ],
    default=RetryAction.FAIL,
)

FLOW: dict[str, Any] = {
    "catchup": False,
    "max_active_runs": 1,  # one writer: two runs of a flow never touch the books at once
    "tags": ["tokenbooks"],
    "default_args": {
        "retries": 3,
        "retry_delay": timedelta(seconds=15),
        "retry_exponential_backoff": True,
        "retry_policy": CURABLE,
    },
}
