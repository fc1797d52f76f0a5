"""What a delivery's name and pages say of it."""

from datetime import datetime
from pathlib import Path

import pytest

from ingestion.landing import _missing_pages, in_order, stated_in


@pytest.mark.parametrize(
    ("name", "as_of"),
    [
        ("2026-09-03T0600Z", datetime(2026, 9, 3, 6)),
        ("2026-09-03T06:00:30Z.json", datetime(2026, 9, 3, 6, 0, 30)),
        ("costs-20260903T060000Z.csv.gz", datetime(2026, 9, 3, 6)),
        ("2026-09-03-focus.csv", datetime(2026, 9, 3)),
        ("cost_2026-08-01_2026-08-31.csv", datetime(2026, 8, 31)),
        ("2026-09-03T0600Z-of-2026-08-01-to-2026-09-01", datetime(2026, 9, 3, 6)),
        ("2026-09.csv", None),
        ("export-12345678901234.csv", None),
        ("2026-02-31.csv", None),
    ],
)
def test_the_time_in_a_name(name: str, as_of: datetime | None) -> None:
    assert stated_in(name) == as_of


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["page-0001.json", "page-0002.json"], ""),
        (["page-0000.json", "page-0001.json"], ""),
        (["page-0001.json", "page-0003.json"], "page 2 is missing"),
        (["page-0002.json", "page-0003.json"], "page 1 is missing"),
        (["page-0002.json"], "page 1 is missing"),
        (["1.json", "2.json", "4.json"], "page 3 is missing"),
        (["costs-2026-09-03.json"], ""),
    ],
)
def test_missing_pages(names: list[str], missing: str) -> None:
    assert _missing_pages(tuple(map(Path, names))) == missing


def test_pages_come_in_the_order_of_their_numbers() -> None:
    names = ["page-1.json", "page-10.json", "page-2.json"]
    assert [path.name for path in in_order([Path(name) for name in names])] == [
        "page-1.json",
        "page-2.json",
        "page-10.json",
    ]
