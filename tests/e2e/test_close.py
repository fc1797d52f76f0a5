"""The sample's August is closed: what was posted stays whatever changes later, and every gate that must refuse does.

INV-13, INV-15, INV-26, EX-08(b) and the negative list of accounting.md section 9, on real books with real builds.
"""

import csv
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pytest

import pipeline
from pipeline.close import CloseRefused, approve, prepare, read_calendar, reopen
from pipeline.close.closing import Closed
from pipeline.close.retroactive import check_company_and_past
from pipeline.company import CompanyRefused
from pipeline.settings import Books

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TODAY = date(2026, 11, 22)
BOTH = ("IE01", "US01")
RESTATED = "2026-10-20T0600Z-restated-focus-1.0.csv"


def run(books: Books) -> None:
    report = pipeline.run(books)
    assert report.errors == []


def copy(books: Books, home: Path) -> Books:
    shutil.copytree(books.home, home)
    return Books.open(home)


def close(books: Books, period: str, *entities: str) -> Closed:
    """Two persons close a month."""
    prepare(books, period, entities or BOTH, "Ann", TODAY)
    return approve(books, period, entities or BOTH, "Bob", TODAY)


def rows(books: Books, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(books.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


def month(books: Books, period: str, *models: str) -> dict[str, list[tuple[object, ...]]]:
    """The rows of a month in these tables of finance, none empty."""
    found = {m: rows(books, f"select * from finance.{m} where period = '{period}' order by all") for m in models}
    assert all(found.values())
    return found


def history(books: Books) -> Mapping[str, str]:
    """The sha256 of every file of the ledger."""
    files = [path for path in books.ledger.rglob("*") if path.is_file()]
    assert len(files) > 20
    return {str(path.relative_to(books.ledger)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


REPORTED = ("fct_journal_entries", "fct_postings", "rpt_cost_statement", "rpt_classification_bridge")


@pytest.fixture(scope="module")
def built(story: Books, tmp_path_factory: pytest.TempPathFactory) -> Books:
    """The sample's books, built and published, nothing closed."""
    books = copy(story, tmp_path_factory.mktemp("built") / "books")
    run(books)
    return books


@pytest.fixture(scope="module")
def closed(built: Books, tmp_path_factory: pytest.TempPathFactory) -> Books:
    """The same with August closed for both entities, and built again."""
    books = copy(built, tmp_path_factory.mktemp("closed") / "books")
    close(books, "2026-08")
    run(books)
    return books


def test_what_was_drafted_is_posted_and_says_the_same(built: Books, closed: Books) -> None:
    """No figure moves by closing; every line of August lies in the ledger, and nothing but drafts in September."""
    before, after = month(built, "2026-08", *REPORTED), month(closed, "2026-08", *REPORTED)
    assert {row[:-1] for row in before.pop("fct_journal_entries")} == {
        row[:-1] for row in after.pop("fct_journal_entries")
    }
    assert before == after
    assert rows(closed, "select distinct period, status from finance.fct_journal_entries order by all") == [
        ("2026-08", "posted"),
        ("2026-09", "draft"),
        ("2026-10", "draft"),
    ]
    batches = [closed.ledger / event.batch for _, _, event in read_calendar(closed).closed_months()]
    with duckdb.connect() as con:
        files = [str(batch / "postings.parquet") for batch in batches]
        lines = con.execute("select * from read_parquet(?, hive_partitioning = false) order by all", [files]).fetchall()
    assert lines == rows(closed, "select * from finance.fct_postings where period = '2026-08' order by all")
    assert len(lines) > 20


def test_the_weights_behind_what_was_posted_are_kept(closed: Books) -> None:
    """Whoever has a closed month's folder can compute its shares again, and sees what was to be seen to then."""
    ours = "period = '2026-08' and entity_id = 'US01'"
    (folder,) = (closed.ledger / e.batch for entity, _, e in read_calendar(closed).closed_months() if entity == "US01")
    read = "read_parquet(?, hive_partitioning = false) order by all"
    with duckdb.connect() as con:
        weights, exceptions = str(folder / "fct_allocation_weights.parquet"), str(folder / "rpt_exceptions.parquet")
        kept = con.execute(f"select distinct weights_hash from {read}", [weights]).fetchall()
        seen = con.execute(f"select * from {read}", [exceptions]).fetchall()
    assert kept == rows(closed, f"select distinct weights_hash from finance.fct_allocations where {ours} order by all")
    assert seen == rows(closed, f"select * from finance.rpt_exceptions where {ours} order by all")
    assert len(kept) > 5
    assert seen


def test_posting_a_rerun_posts_nothing(closed: Books, tmp_path: Path) -> None:
    """A second close is refused, alone or together, prepared or approved; a second run changes nothing."""
    before = history(closed)
    for entities in (BOTH, ("US01",), ("IE01",)):
        with pytest.raises(CloseRefused, match="2026-08 is closed already"):
            prepare(closed, "2026-08", entities, "Ann", TODAY)
        with pytest.raises(CloseRefused, match="2026-08 is closed already"):
            approve(closed, "2026-08", entities, "Bob", TODAY)
    books = copy(closed, tmp_path / "books")
    run(books)  # a copy is another place
    assert pipeline.run(books).nothing
    assert history(closed) == before == history(books)


def test_the_company_kept_holds_no_salary_and_no_secret(closed: Books) -> None:
    version = read_calendar(closed).frozen("2026-08")
    assert version
    folder = closed.ledger / "company" / version
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"employees.csv", "policies/management-v2.yml", "tokenbooks.yml"} <= names
    assert not {"compensation.csv", "pseudonym.key"} & names
    assert folder.stat().st_mode & 0o777 == 0o700


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def change_company(company: Path) -> None:
    """A price, a policy, an allocation rule, and a transfer that HR enters for July: all after August was closed."""
    with (company / "price_agreements.csv").open("a") as file:
        file.write("openai_costs,acme-openai,gpt-5.2,output,1000000,99.00,USD,2026-08-01,\n")
    old = company / "policies" / "management-v2.yml"
    replaced(old, "effective_to:", "effective_to: 2026-09-01")
    new = (
        old.read_text()
        .replace("version: 2", "version: 3")
        .replace("effective_from: 2026-07-01", "effective_from: 2026-09-01")
    )
    new = new.replace("effective_to: 2026-09-01", "effective_to:").replace(
        "class: human_capital_capex", "class: utility_opex"
    )
    (company / "policies" / "management-v3.yml").write_text(new)
    replaced(
        company / "allocation_rules.csv", "CC100:50;CC150:20;CC400:20;CC250:10", "CC100:10;CC150:20;CC400:20;CC250:50"
    )
    replaced(
        company / "cost_center_assignments.csv",
        "E001,CC100,1,2023-03-06,\n",
        "E001,CC100,1,2023-03-06,2026-07-01\nE001,CC200,1,2026-07-01,\n",
    )


def test_what_changes_in_the_company_later_moves_open_months_only(closed: Books, tmp_path: Path) -> None:
    """Retroactive HR, policy, rule and price changes; then the same from archive, company and ledger alone."""
    books = copy(closed, tmp_path / "books")
    models = (*REPORTED, "fct_allocations", "fct_charges", "rpt_trial_balance")
    august, september = (month(books, period, *models) for period in ("2026-08", "2026-09"))
    journals = {path.name: path.read_bytes() for path in (books.published / "journals").glob("2026-08-*")}
    kept = history(books)
    change_company(books.company)
    run(books)
    assert month(books, "2026-08", *models) == august
    changed = month(books, "2026-09", *models)
    assert {model for model in models if changed[model] != september[model]} >= {"fct_allocations", "fct_postings"}
    assert all(row[-1] or True for row in changed["fct_postings"])
    assert {path.name: path.read_bytes() for path in (books.published / "journals").glob("2026-08-*")} == journals
    assert journals
    assert history(books) == kept
    true_ups = "select * from finance.fct_postings where service_period <> period"
    assert rows(books, true_ups) == []

    everything = fingerprint(books)
    books.warehouse.unlink()
    run(books)
    assert fingerprint(books) == everything


def fingerprint(books: Books) -> Mapping[str, list[tuple[object, ...]]]:
    """Every row of every finance table."""
    tables = rows(books, "select table_name from duckdb_tables() where schema_name = 'finance' order by 1")
    assert len(tables) > 15
    return {str(name): rows(books, f"select * from finance.{name} order by all") for (name,) in tables}


def restate(books: Books, more: str = "100.00") -> None:
    """AWS states August again: one line of an owner costs more."""
    folder = books.landing / "focus" / "acme-aws"
    with (folder / "2026-09-03T0600Z-focus-1.0.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    line = next(line for line in lines if line["ChargeCategory"] == "Usage" and line["Tags"] not in ("", "{}"))
    for column in ("BilledCost", "EffectiveCost"):
        whole, _, decimals = line[column].partition(".")
        line[column] = f"{int(whole) + int(float(more))}.{decimals or '0'}"
    path = folder / RESTATED
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, lines[0].keys())
        writer.writeheader()
        writer.writerows(lines)
    os.utime(path, (0, 0))


def borne(books: Books, where: str) -> object:
    """What cost centres bear by the journal's lines, in cents."""
    bears = "function is not null and event in ('accrual', 'drawdown', 'chargeback')"
    return rows(books, f"select sum(debit - credit) from finance.fct_postings where {bears} and {where}")[0][0]


def test_a_restated_month_is_trued_up_in_the_first_open_one(closed: Books, tmp_path: Path) -> None:
    """Both views for ever; closing September posts the true-up, and then nothing is due any more (INV-15)."""
    books = copy(closed, tmp_path / "books")
    august, kept = month(books, "2026-08", *REPORTED), history(books)
    own = borne(books, "period = '2026-09' and service_period = '2026-09'")
    restate(books)
    run(books)
    assert month(books, "2026-08", *REPORTED) == august
    assert history(books) == kept
    late = "service_period = '2026-08' and period = '2026-09'"
    assert borne(books, late) == 100
    assert borne(books, "period = '2026-09' and service_period = '2026-09'") == own
    assert rows(books, f"select distinct kind, cause from finance.fct_postings where {late}") == [
        ("true_up", "provider_correction")
    ]
    close(books, "2026-09")
    run(books)
    assert borne(books, late) == 100
    assert rows(books, "select distinct status from finance.fct_journal_entries where period < '2026-10'") == [
        ("posted",)
    ]
    assert (
        rows(books, "select * from finance.fct_postings where service_period < '2026-10' and period > '2026-09'") == []
    )
    everything = fingerprint(books)
    books.warehouse.unlink()
    run(books)
    assert fingerprint(books) == everything


def test_a_reopened_month_takes_the_difference_and_is_closed_again(closed: Books, tmp_path: Path) -> None:
    """Due minus posted, in that same month; the first close stays as it was posted."""
    books = copy(closed, tmp_path / "books")
    before = borne(books, "period = '2026-08'")
    first = history(books)
    for entity in BOTH:
        reopen(books, "2026-08", entity, "Ann", "Bob", "a bill came late")
    restate(books)
    run(books)
    assert rows(books, "select * from finance.fct_postings where service_period <> period") == []
    drafts = (
        "period = '2026-08' and entry_id in (select entry_id from finance.fct_journal_entries where status = 'draft')"
    )
    assert borne(books, drafts) == 100
    again = close(books, "2026-08")
    assert [name.split("/")[-1][:4] for name in again.batches] == ["0002", "0002"]
    run(books)
    assert borne(books, "period = '2026-08'") == before + 100  # type: ignore[operator]
    assert rows(books, f"select * from finance.fct_postings where {drafts}") == []
    assert {name: told for name, told in history(books).items() if name in first} == first


# What breaks a check of the gate, in the warehouse; the first figure a check names is what it must refuse with.
HARM = {
    "reconciliation": (
        "update finance.rpt_reconciliation set difference = 0.01 where period = '2026-08'",
        "reconciles from bill",
    ),
    "allocations": (
        "delete from finance.fct_allocations where allocation_id = (select min(allocation_id) "
        "from finance.fct_allocations where period = '2026-08' and amount <> 0)",
        "INV-03",
    ),
    "pool": ("update finance.fct_allocations set bearer_type = 'pool' where period = '2026-08'", "INV-30"),
    "pool reason": ("update finance.fct_pool set pool_reason = '' where period = '2026-08'", "has a reason"),
    "class": ("update finance.fct_allocations set mgmt_class = 'unclassified' where period = '2026-08'", "INV-08"),
    "bridge": ("update finance.rpt_classification_bridge set amount = amount + 1 where period = '2026-08'", "INV-09"),
    "balance": (
        "update finance.fct_postings set debit = debit + 0.01 where posting_id = (select min(posting_id) "
        "from finance.fct_postings where period = '2026-08' and entity_id = 'US01' and debit > 0)",
        "INV-12",
    ),
    "own currency": (
        "update finance.fct_postings set functional_debit = functional_debit + 0.01 where posting_id = (select "
        "min(posting_id) from finance.fct_postings where period = '2026-08' and entity_id = 'IE01' and debit > 0)",
        "entity's own currency",
    ),
    "9999": (
        "update finance.fct_postings set account_id = '9999' where period = '2026-08' and account_id = '2110'",
        "INV-23",
    ),
}


@pytest.fixture
def books(built: Books, tmp_path: Path) -> Books:
    return copy(built, tmp_path / "books")


@pytest.mark.parametrize("harm", HARM, ids=str)
def test_the_gate_refuses_what_does_not_hold(books: Books, harm: str) -> None:
    """One deliberate fault for each check: refused by name, kept as evidence, and nothing is prepared."""
    sql, says = HARM[harm]
    with duckdb.connect(str(books.warehouse)) as con:
        for statement in ("alter table finance.fct_allocations alter mgmt_class drop not null",):
            con.execute(statement)
        con.execute(sql)
    with pytest.raises(CloseRefused, match=f"2026-08: not so: .*{says}"):
        prepare(books, "2026-08", BOTH, "Ann", TODAY)
    assert read_calendar(books).months == {}
    kept = [json.loads(path.read_text()) for path in (books.evidence / "closes").rglob("*.json")]
    assert [one["passed"] for one in kept].count(False) >= 1
    assert len(kept) == 2


def refused_export(books: Books) -> None:
    path = books.landing / "openai_costs" / "acme-openai" / "2026-11-20T0600Z-truncated.json"
    path.write_text('{"object": "page", "data": [{"object": "bucket", "start_ti')
    os.utime(path, (0, 0))
    pipeline.load_new(books)


def lost_days(books: Books) -> None:
    """An account that the settings name and nobody exports."""
    replaced(
        books.company / "tokenbooks.yml",
        "accounts:\n",
        "accounts:\n  - {source: focus, account: acme-azure, entity: US01}\n",
    )
    current(books)


def refused_journal(books: Books) -> None:
    path = books.evidence / "validation" / "journal" / "2026-08.json"
    replaced(path, '"severity": "critical",\n   "success": true', '"severity": "critical",\n   "success": false')


def current(books: Books) -> None:
    """Mark the warehouse as built from what there is: only the gate shall see the change."""
    from pipeline.plan import current_inputs
    from pipeline.warehouse import open_warehouse, write_state

    with open_warehouse(books) as con:
        write_state(con, current_inputs(books).periods)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (refused_export, "No export of the month is in quarantine: .*truncated"),
        (lost_days, "Every day of focus acme-azure is delivered .*31 days missing, first 2026-08-01"),
        (refused_journal, "The gate has passed the journal: refused"),
    ],
    ids=["quarantine", "completeness", "verdict"],
)
def test_the_gate_refuses_what_is_missing(books: Books, harm: Callable[[Books], None], says: str) -> None:
    """CTL-01, INV-01: what is not there cannot be closed over."""
    harm(books)
    with pytest.raises(CloseRefused, match=says):
        prepare(books, "2026-08", BOTH, "Ann", TODAY)


def test_the_gate_asks_for_the_right_time_and_order(books: Books) -> None:
    with pytest.raises(CloseRefused, match="wait until 2026-09-04"):
        prepare(books, "2026-08", BOTH, "Ann", date(2026, 9, 3))
    with pytest.raises(CloseRefused, match="Earlier months with cost are closed: 2026-08; close 2026-08 first"):
        prepare(books, "2026-09", BOTH, "Ann", TODAY)
    with pytest.raises(CloseRefused, match="US01 pays for it; close US01 first, or together"):
        prepare(books, "2026-08", "IE01", "Ann", TODAY)
    with pytest.raises(CloseRefused, match="US02: no entity"):
        prepare(books, "2026-08", "US02", "Ann", TODAY)
    (books.company / "budgets.csv").touch()
    replaced(books.company / "tokenbooks.yml", 'amount: "250.00"', 'amount: "240.00"')
    with pytest.raises(CloseRefused, match="2026-08: not built from what is loaded"):
        prepare(books, "2026-08", BOTH, "Ann", TODAY)


def test_a_payer_that_closes_first_posts_what_it_charges_to_others(books: Books) -> None:
    """J8: Ireland's books, still open, hold what the payer's close has posted; Ireland's own close posts no more."""
    done = close(books, "2026-08", "US01")
    lines = books.ledger / done.batches[0] / "postings.parquet"
    found = duckdb.sql(f"select entity_id, sum(debit) = sum(credit) from '{lines}' group by 1 order by 1").fetchall()
    assert found == [("IE01", True), ("US01", True)]
    run(books)
    assert read_calendar(books).state("IE01", "2026-08") == "open"
    last = close(books, "2026-08", "IE01")
    assert last.lines == 0
    assert len(list((books.ledger / "company").iterdir())) == 1


def test_who_prepared_may_not_approve_and_changed_figures_are_not_approved(books: Books) -> None:
    """INV-26, whatever the spelling; and what a second person signs is what the first one saw."""
    with pytest.raises(CloseRefused, match="not prepared"):
        approve(books, "2026-08", BOTH, "Bob", TODAY)
    prepare(books, "2026-08", BOTH, "Ann", TODAY)
    events = list((books.ledger / "periods").rglob("*.json"))
    prepare(books, "2026-08", BOTH, "Ann", TODAY)
    assert list((books.ledger / "periods").rglob("*.json")) == events
    with pytest.raises(CloseRefused, match="INV-26"):
        approve(books, "2026-08", BOTH, " ANN ", TODAY)
    with duckdb.connect(str(books.warehouse)) as con:
        con.execute("update finance.fct_postings set project_id = 'P' where period = '2026-08' and entity_id = 'US01'")
    with pytest.raises(CloseRefused, match="US01 2026-08: journal changed since Ann prepared it"):
        approve(books, "2026-08", BOTH, "Bob", TODAY)
    assert not list(books.ledger.glob("period=*"))


def test_killed_at_any_write_it_closes_nothing_or_all(built: Books, tmp_path: Path) -> None:
    """kill -9 before each change of the ledger in turn, as an audit hook sees them; a second try closes, once."""
    prepared = copy(built, tmp_path / "prepared")
    prepare(prepared, "2026-08", BOTH, "Ann", TODAY)
    whole = copy(prepared, tmp_path / "whole")
    writes = approved_in_a_child(whole, dies_at=10**6)
    wanted = history(whole)
    assert writes > 30
    seen = set()
    for moment in [*range(1, writes, writes // 9), writes - 3, writes - 2, writes - 1, writes]:
        books = copy(prepared, tmp_path / f"killed-{moment}")
        approved_in_a_child(books, moment)
        states = {read_calendar(books).state(entity, "2026-08") for entity in BOTH}
        assert states in ({"soft_closed"}, {"closed"})
        seen |= states
        if states == {"soft_closed"}:
            approve(books, "2026-08", BOTH, "Bob", TODAY)
        calendar = read_calendar(books)
        assert {calendar.state(entity, "2026-08") for entity in BOTH} == {"closed"}
        posted = {name: told for name, told in history(books).items() if not name.startswith("periods")}
        assert posted == {name: told for name, told in wanted.items() if not name.startswith("periods")}
        shutil.rmtree(books.home)
    assert seen == {"soft_closed", "closed"}


def approved_in_a_child(books: Books, dies_at: int) -> int:
    """Approve in a forked child that dies at once before its so many-th change of the ledger; returns how many."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        count = 0

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            changes = event in ("os.rename", "os.mkdir", "os.remove", "os.chmod") or (
                event == "open" and isinstance(arguments[1], str) and "w" in arguments[1]
            )
            if changes and str(books.ledger) in str(arguments[0]):
                count += 1
                if count == dies_at:
                    os.kill(os.getpid(), 9)

        sys.addaudithook(watch)
        try:
            approve(books, "2026-08", BOTH, "Bob", TODAY)
        finally:
            os.write(writing, str(count).encode())
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        return int(told.read() or 0)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("management-v2.yml", "reason: NAMED_PERSON", "reason: OTHER", r"management-v2\.yml.*was changed.*2026-09-01"),
        (
            "management-v2.yml",
            "effective_to:",
            "effective_to: 2026-08-15",
            r"management-v2\.yml.*ends on 2026-08-15.*2026-09-01",
        ),
        ("tax-us-v1.yml", None, None, r"tax-us-v1\.yml.*was changed.*put it back"),
    ],
    ids=["changed", "ended", "removed"],
)
def test_a_policy_of_a_closed_month_stays(
    closed: Books, tmp_path: Path, file: str, old: str | None, new: str | None, says: str
) -> None:
    """CTL-07: changed, ended or taken away afterwards, it is refused with file and cure, before anything is built."""
    books = copy(closed, tmp_path / "books")
    path = books.company / "policies" / file
    if old is None or new is None:
        path.unlink()
    else:
        replaced(path, old, new)
    with pytest.raises(CompanyRefused, match=says):
        pipeline.build(books)


def test_a_new_policy_may_not_reach_into_a_closed_month(closed: Books, tmp_path: Path) -> None:
    """Negative list: a retroactive policy on a closed period. From the first open day on it is accepted."""
    books = copy(closed, tmp_path / "books")
    change_company(books.company)
    calendar = read_calendar(books)
    check_company_and_past(books, calendar)
    replaced(books.company / "policies" / "management-v2.yml", "effective_to: 2026-09-01", "effective_to: 2026-08-20")
    replaced(
        books.company / "policies" / "management-v3.yml", "effective_from: 2026-09-01", "effective_from: 2026-08-20"
    )
    with pytest.raises(
        CompanyRefused, match=r"management-v3\.yml.*holds from 2026-08-20, but 2026-08 is closed.*2026-09-01"
    ):
        check_company_and_past(books, calendar)


def test_history_that_was_tampered_with_stops_the_build(closed: Books, tmp_path: Path) -> None:
    """INV-13: a posted file that was changed, a snapshot that was changed, a line dated into a closed month."""
    from pipeline.close.standing import changed_months

    books = copy(closed, tmp_path / "books")
    calendar = read_calendar(books)
    assert calendar.frozen("2026-08")
    with duckdb.connect(str(books.warehouse)) as con:
        assert changed_months(con, calendar, ["2026-08", "2026-09"]) == []
        con.execute(
            "update finance.fct_postings set period = '2026-08' where period = '2026-09' and entity_id = 'US01'"
        )
        assert [line[:12] for line in changed_months(con, calendar, ["2026-08"])] == ["US01 2026-08"]
    posted = next(books.ledger.rglob("postings.parquet"))
    posted.write_bytes(posted.read_bytes() + b" ")
    (books.company / "employees.csv").open("a").write("\n")
    with pytest.raises(pipeline.BooksError, match="missing or changed since the month was closed"):
        pipeline.build(books)
