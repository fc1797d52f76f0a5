"""What a source's declaration can say of an export, each way on an export of a few lines."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion import ExportRefused
from ingestion.registry import Source, SourceError, read_source
from pipeline.manifest import DeliveryEntry, Load, coverage
from tests.export_fixture import declared, loaded, rows

CHARGES = """SELECT _row, amount AS BilledCost, 'USD' AS BillingCurrency, day AS ChargePeriodStart,
day + INTERVAL 1 DAY AS ChargePeriodEnd, 'Usage' AS ChargeCategory FROM export"""
BILL = """
title: A bill
provider: P
how: by mail
format: csv
money_unit: dollars
dataset: charges
window: days
finality: never
columns:
  day: {type: date, required: true, filled: true}
  amount: {type: decimal, required: true}
"""


def stated(known: Source, folder: Path, **files: str) -> tuple[list[dict[str, Any]], date, date]:
    """The rows of an export, and the days it states."""
    result = loaded(known, folder, files)
    return rows(result), result.window_from, result.window_to


def test_an_export_without_buckets_states_the_days_of_its_rows(tmp_path: Path) -> None:
    known = declared(tmp_path, BILL, CHARGES)
    found, start, end = stated(known, tmp_path, bill="day,amount\n2026-10-30,1.5\n2026-09-02,-0.5\n")
    assert (start, end) == (date(2026, 9, 2), date(2026, 10, 31))
    assert sorted(row["BilledCost"] for row in found) == [Decimal("-0.5"), Decimal("1.5")]


NAMED = BILL.replace(
    "finality", "name: {pattern: '(?P<start>[0-9-]{10})_to_(?P<end>[0-9-]{10})', required: true}\nfinality"
)


def test_a_name_tells_the_days_and_the_rows_may_ask_for_them(tmp_path: Path) -> None:
    text = NAMED.replace("  day: {type: date, required: true, filled: true}\n", "")
    known = declared(tmp_path, text, CHARGES.replace("day", "_from").replace("INTERVAL 1 _from", "INTERVAL 1 DAY"))
    found, start, end = stated(known, tmp_path, **{"spend-2026-09-01_to_2026-09-30.csv": "amount\n7\n"})
    assert (start, end) == (date(2026, 9, 1), date(2026, 10, 1))
    assert [row["ChargePeriodStart"] for row in found] == [datetime(2026, 9, 1)]


@pytest.mark.parametrize("name", ["spend.csv", "2026-02-30_to_2026-03-01.csv", "2026-10-01_to_2026-09-01.csv"])
def test_a_name_that_tells_no_days_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match=r"name it was exported under|earlier to a later day"):
        stated(declared(tmp_path, NAMED, CHARGES), tmp_path, **{name: "day,amount\n2026-09-01,1\n"})


def test_amounts_and_dates_as_people_write_them(tmp_path: Path) -> None:
    text = BILL.replace("{type: decimal, required: true}", "{type: decimal, grouped: true, nothing: [Free, '-']}")
    text = text.replace("filled: true}", "filled: true, formats: ['%m/%d/%Y']}")
    written = ['"$10,000.00 "', "-$0.10", "Free", "-", "1.5e-05", '"-1,234,567.5"']
    lines = "".join(f"10/{day:02d}/2026,{amount}\n" for day, amount in enumerate(written, 1))
    found, start, _ = stated(declared(tmp_path, text, CHARGES), tmp_path, bill=f"day,amount\n{lines}2026-10-31,3\n")
    amounts = ["10000.00", "-0.10", None, None, "0.000015", "-1234567.5", "3"]
    assert [row["BilledCost"] for row in found] == [amount and Decimal(amount) for amount in amounts]
    assert start == date(2026, 10, 1)


@pytest.mark.parametrize("amount", ["1,00", "$", "1.000,5", "Free"])
def test_what_is_no_amount_is_still_refused(amount: str, tmp_path: Path) -> None:
    text = BILL.replace("{type: decimal, required: true}", "{type: decimal, grouped: true}")
    with pytest.raises(ExportRefused, match="bill, row 1, column amount"):
        stated(declared(tmp_path, text, CHARGES), tmp_path, bill=f'day,amount\n2026-10-01,"{amount}"\n')


CHECKED = (
    BILL
    + """
checks:
  - {rule: small, plain: an amount is below ten, cure: look at it, holds: amount < 10, severity: warning}
  - {rule: not_negative, plain: an amount is not negative, cure: export it again, holds: amount >= 0}
"""
)


def test_a_rule_of_the_records_warns_or_refuses(tmp_path: Path) -> None:
    known = declared(tmp_path, CHECKED, CHARGES)
    (warning,) = loaded(known, tmp_path, {"bill": "day,amount\n2026-10-01,9\n2026-10-01,10\n2026-10-01,11\n"}).warnings
    assert (warning.rule, warning.row, warning.severity) == ("small", 2, "warning")
    assert "2 rows do not" in warning.message
    with pytest.raises(ExportRefused) as refusal:
        stated(known, tmp_path, other="day,amount\n2026-10-01,11\n2026-10-01,-1\n2026-10-01,-2\n")
    assert [(finding.rule, finding.row) for finding in refusal.value.findings] == [
        ("not_negative", 2),
        ("not_negative", 3),
    ]


USAGE = """SELECT _row, CAST(time AS DATE) AS UsageDate, "who.name" AS x_PrincipalId, "use.tokens" AS Quantity,
'tokens' AS Unit FROM export"""
LINES = """
title: A log
provider: P
how: copy it
format: json_lines
only: type = 'use'
dataset: usage
window: days
finality: never
columns:
  type: {required: true}
  time: {type: epoch_milliseconds, required: true, filled: true}
  who.name: {}
  use.tokens: {type: integer, required: true, filled: true}
"""


def test_lines_of_json_are_records_where_the_source_says_so(tmp_path: Path) -> None:
    lines = [
        {"type": "note", "text": "ignored"},
        {"type": "use", "time": 1790812800123, "who": {"name": "Ann"}, "use": {"tokens": 12345678901234567}},
        {"type": "use", "time": "1790899200000", "use": {"tokens": 1}},
    ]
    known = declared(tmp_path, LINES, USAGE, "usage")
    found, start, end = stated(known, tmp_path, log="\n".join(map(json.dumps, lines)) + "\n")
    assert [(row["x_PrincipalId"], row["Quantity"]) for row in found] == [
        ("Ann", Decimal(12345678901234567)),
        (None, 1),
    ]
    assert (start, end) == (date(2026, 10, 1), date(2026, 10, 3))


def test_a_line_that_is_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match=r"log.*JSON object a line"):
        stated(declared(tmp_path, LINES, USAGE, "usage"), tmp_path, log='{"type": "use"}\n{"type": \n')


def test_a_field_of_an_object_may_be_null_and_not_renamed(tmp_path: Path) -> None:
    known = declared(tmp_path, LINES.replace("who.name: {}", "who.name: {required: true}"), USAGE, "usage")
    use = {"type": "use", "time": 1790812800123, "use": {"tokens": 1}}
    found, *_ = stated(known, tmp_path, log="\n".join(json.dumps(use | who) for who in ({"who": {"name": None}}, {})))
    assert [row["x_PrincipalId"] for row in found] == [None, None]
    with pytest.raises(ExportRefused, match=r"lacks the column who\.name"):
        stated(known, tmp_path, log=json.dumps(use | {"who": {"nick": "Ann"}}) + "\n")


def test_pages_may_say_elsewhere_that_more_follow(tmp_path: Path) -> None:
    text = LINES.replace("json_lines", "json_pages\nrecords: events[]").replace("only: type = 'use'\n", "")
    text = text.replace("  type: {required: true}\n", "  page.team: {}\n")
    sql = USAGE.replace("who.name", "page.team")
    with pytest.raises(ExportRefused, match="has no has_more"):
        stated(declared(tmp_path, text, sql, "usage"), tmp_path, page=json.dumps({"events": []}))
    text += "paging: {more: pagination.hasNext, next: null}\n"
    (tmp_path / "a_source" / "source.yml").write_text(text)
    page = {"team": "T", "pagination": {"hasNext": False}, "events": [{"time": 1790812800123, "use": {"tokens": 5}}]}
    found, *_ = stated(read_source(tmp_path / "a_source"), tmp_path, page=json.dumps(page))
    assert [(row["x_PrincipalId"], row["Quantity"]) for row in found] == [("T", 5)]


def test_a_list_of_what_there_is_states_no_days(tmp_path: Path) -> None:
    text = BILL.replace("charges", "identities").replace("window: days", "window: snapshot")
    text = text.replace("money_unit: dollars\n", "").split("columns:")[0] + "columns:\n  id: {required: true}\n"
    known = declared(tmp_path, text, "SELECT _row, 'user_id' AS Kind, id AS Key FROM export", "identities")
    found, start, end = stated(known, tmp_path, users="id\nu-1\nu-2\n")
    assert [row["Key"] for row in found] == ["u-1", "u-2"]
    assert (start.year, end.year) == (1970, 2100)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("window: days", "window: snapshot", "snapshot"),
        ("format: csv", "format: json_lines\nrow_per_record: true", "row_per_record"),
        ("dataset: charges", "dataset: charges\nstates: {of: bill, rank: 0}", "rank"),
    ],
)
def test_a_declaration_that_disagrees_with_itself_is_an_error(old: str, new: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=why):
        declared(tmp_path, BILL.replace(old, new), CHARGES)


def load(name: str, first: int, after: int, hour: int = 0) -> Load:
    as_of = datetime(2026, 11, 1, hour)
    entry = DeliveryEntry(path=name, as_of=as_of, as_of_basis="name", fingerprint=name)
    window = {"window_from": date(2026, 10, first), "window_to": date(2026, 10, after), "window_by": "charge"}
    about = {"account": "acme", "dataset": "charges", "sha256": name * 64, "bytes": 1, "definition": ""}
    return Load(
        load_id=name * 16, source=f"bill_{name}", deliveries=(entry,), as_of=as_of, verdict="accepted",
        loaded_at=as_of, **window, **about,
    )  # fmt: skip


def test_of_two_that_state_a_day_the_first_in_rank_counts(tmp_path: Path) -> None:
    """Whichever came later: the export that states the cost best does, and the other only where it is alone."""
    text = BILL.replace("finality", "states: {of: the_bill, rank: 1}\nfinality")
    best = declared(tmp_path, text, CHARGES)
    other = best.model_copy(update={"states": best.states.model_copy(update={"rank": 2})}) if best.states else best
    known = {"bill_a": best, "bill_b": other}
    pieces = coverage([load("b", 1, 20, hour=5), load("a", 5, 10), load("c", 1, 3)], known)
    told = [(piece.source, piece.day_from.day, piece.day_to.day) for piece in pieces]
    assert told == [("bill_a", 5, 10), ("bill_b", 1, 5), ("bill_b", 10, 20), ("bill_c", 1, 3)]
    assert [piece.day_from.day for piece in coverage([replace_account(load("b", 1, 20)), load("a", 5, 10)], known)] == [
        5,
        1,
    ]


def replace_account(one: Load) -> Load:
    return one.model_copy(update={"account": "other"})
