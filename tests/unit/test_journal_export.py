"""`tokenbooks export journal`: every format balances when read back, says no more than it may, is the same twice."""

import csv
import io
import itertools
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.journal_export import FORMATS, export_journal
from pipeline.settings import Books, BooksError
from tests.journal_books import Row, entry, golden, line, published
from tests.journal_goldens import made, path

CSV = ("csv", "netsuite", "quickbooks", "xero", "intacct")
PLAIN = {
    "beancount": [sys.executable, "-m", "beancount.scripts.check"],
    "hledger": ["hledger", "check", "--strict", "-f"],
}
ASIDE = {"commodity", "functional:", "billed:"}  # amounts that are told, not booked
SETTINGS = "journal_export:\n  quickbooks: {vendors: {'*': Providers}}\n"


def group() -> list[Row]:
    """Two entities and a bill of one borne by both, a yen and a dinar entity, a foreign bill, and its remeasurement."""
    dollars = {"entity_id": "DE01", "functional_currency": "EUR", "fx_rate": "0.92020000"}
    return [
        *golden(),
        *entry("ic-US", line("1510", "1083.41", counterparty_entity_id="DE01"), line("6190", "-1083.41", "CC100")),
        *entry(
            "ic-DE",
            line("6100", "1083.41", "CC500", functional="996.95"),
            line("2510", "-1083.41", counterparty_entity_id="US01", functional="-996.95"),
            **dollars,
        ),
        *entry(
            "EX-17",
            line("6100", "2172.84", "CC500", functional="1979.68"),
            line("6110", "1448.56", "CC600", functional="1319.78"),
            line("6120", "724.27", "CC700", functional="659.88"),
            line("2110", "-4345.67", functional="-3959.34"),
            **(dollars | {"fx_rate": "0.91110000"}),
        ),
        *entry(
            "EX-16", line("7100", "0", functional="26.92"), line("2110", "0", functional="-26.92"), **dollars, kind="fx"
        ),
        *entry("yen", line("6100", "1200", "CC800"), line("2110", "-1200"), entity_id="JP01", currency="JPY"),
        *entry("paid", line("2110", "50.00"), line("2010", "-50.00", source="focus"), kind="invoice"),
    ]


def dinars() -> list[Row]:
    """A currency of three decimals."""
    return entry("fils", line("6100", "1.235"), line("2110", "-1.235"), entity_id="KW01", currency="KWD")


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Books of the whole group, with what QuickBooks must know."""
    made_books = published(tmp_path / "books", group() + dinars())
    (made_books.company / "tokenbooks.yml").write_text(SETTINGS)
    return made_books


def exported(books: Books, kind: str, out: Path, entity: str | None = None) -> list[Path]:
    """The files of an export, in order."""
    report = export_journal(books, "2026-09", kind, entity, out)
    return [Path(file) for journal in report.journals for file in journal.files]


def read(kind: str, file: Path) -> dict[tuple[str, str], list[Decimal]]:
    """(entry, currency) -> signed amounts, as the target would read the file."""
    found: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    at = ""
    for row in csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")):
        if kind == "xero":
            found[row["*Narration"] + row["*Date"], ""].append(Decimal(row["*Amount"]))
            continue
        key, debit, credit, currency = {
            "csv": ("je_id", "debit", "credit", "currency"),
            "netsuite": ("External ID", "Journal Entry - Line: Debit", "Journal Entry - Line: Credit", "Currency"),
            "quickbooks": ("Journal No", "Debits", "Credits", ""),
            "intacct": ("REFERENCE_NO", "DEBIT", "CREDIT", "CURRENCY"),
        }[kind]
        at = row[key] or at
        assert kind == "csv" or (row[debit] == "") != (row[credit] == ""), "one side a line"
        found[at, row.get(currency, "")].append(Decimal(row[debit] or 0) - Decimal(row[credit] or 0))
    return found


def proved(kind: str, file: Path) -> subprocess.CompletedProcess[str]:
    """What the tool itself says to its file."""
    return subprocess.run([*PLAIN[kind], str(file)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_golden_month_is_written_as_it_was_read(kind: str, tmp_path: Path) -> None:
    """EX-12. When it changes on purpose: `python -m tests.journal_goldens`, and read what it wrote."""
    assert made(kind, tmp_path) == path(kind).read_bytes()


@pytest.mark.parametrize("kind", CSV)
def test_every_entry_balances_when_it_is_read_back(kind: str, books: Books, tmp_path: Path) -> None:
    """INV-12: each entry of each entity sums to 0.00, none has one line, and the golden month's liability is there."""
    entities = ["DE01", "JP01", "US01"] + ([] if kind == "netsuite" else ["KW01"])
    entries = 0
    for entity in entities:
        (file,) = exported(books, kind, tmp_path, entity)
        for (_, _), amounts in read(kind, file).items():
            assert sum(amounts) == 0
            assert len(amounts) >= 2
            entries += 1
        if entity == "US01":
            assert Decimal("-12345.67") in [amount for amounts in read(kind, file).values() for amount in amounts]
    assert entries == 6 + len(entities) - 2


def test_the_canonical_journal_balances_in_the_functional_currency(books: Books, tmp_path: Path) -> None:
    """INV-12, EX-17: the functional amounts are those of the books, to the cent, and have the currency's decimals."""
    (file,) = exported(books, "csv", tmp_path, "DE01")
    rows = list(csv.DictReader(file.open()))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["je_id"]] += Decimal(row["func_debit"]) - Decimal(row["func_credit"])
        assert row["func_currency"] == "EUR"
    assert len(sums) == 3
    assert set(sums.values()) == {Decimal("0.00")}
    assert "1979.68" in [row["func_debit"] for row in rows]


@pytest.mark.parametrize("kind", ["netsuite", "intacct"])
def test_a_foreign_entry_has_its_rate_and_a_remeasurement_none(kind: str, books: Books, tmp_path: Path) -> None:
    """INV-21, EX-16: what has an amount in the bill's currency goes out in it, with the rate; the rest in euro."""
    (file,) = exported(books, kind, tmp_path, "DE01")
    currency, rate = ("Currency", "Exchange Rate") if kind == "netsuite" else ("CURRENCY", "EXCHANGE_RATE")
    rates = {(row[currency], row[rate]) for row in csv.DictReader(file.open(newline=""))}
    home = ("EUR", "1") if kind == "netsuite" else ("", "")
    assert rates == {("USD", "0.91110000"), ("USD", "0.92020000"), home}


@pytest.mark.parametrize("kind", ["quickbooks", "xero"])
def test_tools_with_one_currency_get_the_functional_amounts(kind: str, books: Books, tmp_path: Path) -> None:
    """EX-17: 1,979.68 euro, not 2,172.84 dollars, in a ledger that is kept in euro."""
    (file,) = exported(books, kind, tmp_path, "DE01")
    amounts = [amount for each in read(kind, file).values() for amount in each]
    assert Decimal("1979.68") in amounts
    assert Decimal("2172.84") not in amounts


@pytest.mark.parametrize("kind", PLAIN)
def test_the_tool_itself_proves_the_export(kind: str, books: Books, tmp_path: Path) -> None:
    """bean-check and hledger check --strict pass for every entity: yen, dinars, intercompany and a foreign bill."""
    files = exported(books, kind, tmp_path)
    assert len(files) == 4
    for file in files:
        done = proved(kind, file)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), file.read_text()


@pytest.mark.parametrize("kind", PLAIN)
def test_plain_text_keeps_both_currencies(kind: str, tmp_path: Path) -> None:
    """EX-17: with one rate in dollars, the euro beside them; at daily rates in euro, the billed dollars beside them."""
    daily = entry(
        "daily",
        line("6100", "10.00", "CC500", fx_rate="0.91", functional="9.10"),
        line("2110", "-10.00", fx_rate="0.92", functional="-9.10"),
        entity_id="DE01",
        functional_currency="EUR",
    )
    books = published(tmp_path / "books", group() + daily)
    (file,) = exported(books, kind, tmp_path, "DE01")
    text, is_to = file.read_text(), ": " if kind == "beancount" else ":"
    assert f"functional{is_to}1979.68 EUR" in text
    assert f"billed{is_to}10.00 USD" in text
    assert "  9.10 EUR" in text
    assert "billed" not in exported(books, kind, tmp_path, "US01")[0].read_text()
    assert proved(kind, file).returncode == 0


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01", "KW01"])
def test_one_cent_more_is_refused_by_the_tool(kind: str, entity: str, books: Books, tmp_path: Path) -> None:
    """The first two amounts of entries and the last two balances, raised by the smallest unit: each is found."""
    (file,) = exported(books, kind, tmp_path, entity)
    lines = file.read_text().splitlines()
    words = [each.split("  ;")[0].split() or [""] for each in lines]
    booked = [at for at, w in enumerate(words) if w[-1] in {"USD", "EUR", "JPY", "KWD"} and w[0] not in ASIDE]
    stated = [at for at in booked if "balance" in words[at] or "=" in words[at]]
    assert len(stated) >= 2
    assert len(booked) >= len(stated) + 2
    for at in booked[:2] + stated[-2:]:
        number = words[at][-4] if "~" in words[at] else words[at][-2]
        more = Decimal(number) + Decimal(1).scaleb(-len(number.partition(".")[2]))
        changed = lines[at].replace(f" {number} ", f" {more} ", 1)
        assert changed != lines[at]
        file.write_text("\n".join([*lines[:at], changed, *lines[at + 1 :]]) + "\n")
        assert proved(kind, file).returncode != 0, changed


def test_amounts_have_the_decimals_of_their_currency(books: Books, tmp_path: Path) -> None:
    """Yen none, dinars three; beancount never fewer than two, for its tolerance is that of the loosest amount."""
    found = {entity: exported(books, "csv", tmp_path, entity)[0].read_text() for entity in ("JP01", "KW01")}
    assert ",1200,0,JPY," in found["JP01"]
    assert ",1.235,0.000,KWD," in found["KW01"]
    for kind in PLAIN:
        assert "1200.00 JPY" in exported(books, kind, tmp_path, "JP01")[0].read_text()
        assert "1.235 KWD" in exported(books, kind, tmp_path, "KW01")[0].read_text()


def test_what_netsuite_cannot_hold_is_refused(books: Books, tmp_path: Path) -> None:
    """Three decimals, or eleven digits: refused with the line, and no file of any entity is written."""
    with pytest.raises(BooksError, match=r"line 1: 1\.2350? KWD does not fit into NetSuite"):
        exported(books, "netsuite", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    published(books.home, entry("big", line("6100", "12345678901.00"), line("2110", "-12345678901.00")))
    with pytest.raises(BooksError, match="10 digits"):
        exported(books, "netsuite", tmp_path / "out")


def test_netsuite_repeats_the_header_and_intacct_does_not(books: Books, tmp_path: Path) -> None:
    """NetSuite: every header field on every row. Intacct: on the first row of an entry, its lines numbered from 1."""
    (file,) = exported(books, "netsuite", tmp_path, "US01")
    rows = list(csv.DictReader(file.open(newline="")))
    header = ["External ID", "Date", "Posting Period", "Subsidiary", "Currency", "Exchange Rate", "Memo"]
    assert all(row[name] for row in rows for name in header)
    assert {(row["Date"], row["Posting Period"]) for row in rows} == {("09/30/2026", "Sep 2026")}
    (file,) = exported(books, "intacct", tmp_path, "US01")
    numbers = [(row["LINE_NO"], row["JOURNAL"]) for row in csv.DictReader(file.open(newline=""))]
    assert sorted(numbers) == sorted([("1", "GJ"), ("2", "")] * 3 + [(str(n), "") for n in (3, 4, 5, 6)])
    assert all(int(n) == 1 or int(n) == int(before) + 1 for (before, _), (n, _) in itertools.pairwise(numbers))


def test_quickbooks_payables_name_a_vendor(books: Books, tmp_path: Path) -> None:
    """A/P lines and no others have a name, by source before `*`; without one the export is refused and says where."""
    (file,) = exported(books, "quickbooks", tmp_path, "US01")
    named = [(row["Account Name"], row["Name"]) for row in csv.DictReader(file.open(newline="")) if row["Name"]]
    assert named == [("Accounts payable", "Providers")]
    settings = books.company / "tokenbooks.yml"
    settings.write_text(
        "journal_export:\n  quickbooks:\n    vendors: {focus: Amazon Web Services, '*': Others}\n"
        "    accounts: {'2010': 'Accounts Payable (A/P)', '6100': 'Computing:AI'}\n"
    )
    (file,) = exported(books, "quickbooks", tmp_path, "US01")
    rows = list(csv.DictReader(file.open(newline="")))
    assert [row["Account Name"] for row in rows if row["Name"] == "Amazon Web Services"] == ["Accounts Payable (A/P)"]
    assert "Computing:AI" in {row["Account Name"] for row in rows}
    assert max(len(row["Journal No"]) for row in rows) <= 21
    settings.unlink()
    with pytest.raises(BooksError, match=r"journal_export\.quickbooks\.vendors"):
        exported(books, "quickbooks", tmp_path, "US01")


def test_xero_splits_between_entries(tmp_path: Path) -> None:
    """At most 300 lines a file, each entry whole in one; another number of files replaces the files of before."""
    many = [
        row
        for n in range(7)
        for row in entry(f"e{n}", *[line("6100", "1.00", f"CC{i}") for i in range(99)], line("2110", "-99.00"))
    ]
    books = published(tmp_path / "books", many)
    files = exported(books, "xero", tmp_path)
    assert [file.name for file in files] == [f"journal-2026-09-US01-xero-{n}of3.csv" for n in (1, 2, 3)]
    sizes = [len(list(csv.DictReader(file.open(newline="")))) for file in files]
    assert sizes == [300, 300, 100]
    entries = [set(read("xero", file)) for file in files]
    assert [len(each) for each in entries] == [3, 3, 1]
    assert all(sum(amounts) == 0 for file in files for amounts in read("xero", file).values())
    published(books.home, many[:400])
    assert [file.name for file in exported(books, "xero", tmp_path)] == [
        f"journal-2026-09-US01-xero-{n}of2.csv" for n in (1, 2)
    ]
    assert len(list(tmp_path.glob("journal-*"))) == 2


def test_an_entry_too_long_for_xero_is_refused(tmp_path: Path) -> None:
    """301 lines cannot be one manual journal; the refusal says what to do."""
    long = entry("long", *[line("6100", "1.00", f"CC{i}") for i in range(300)], line("2110", "-300.00"))
    books = published(tmp_path / "books", long)
    with pytest.raises(BooksError, match=r"301 lines and Xero takes 300.*--format csv"):
        exported(books, "xero", tmp_path)


@pytest.mark.parametrize("kind", CSV)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(kind: str, start: str, tmp_path: Path) -> None:
    """Text that begins like a formula gets an apostrophe; negative amounts stay numbers."""
    evil = f"{start}HYPERLINK(1)"
    more = {"project_id": evil, "account_name": evil, "entity_id": evil}
    books = published(tmp_path / "books", entry("e", line(evil, "5.00", evil), line("2110", "-5.00"), **more))
    (file,) = exported(books, kind, tmp_path / "out")
    cells = [cell for row in csv.reader(file.open(newline="")) for cell in row]
    assert "'" + evil.replace("\t", " ").replace("\r", " ") in cells
    risky = [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(cell == "-5.00" for cell in risky), risky
    assert file.parent == tmp_path / "out"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_memo_is_ids_and_nothing_else(kind: str, tmp_path: Path) -> None:
    """accounting.md 3.2: period, centre, project, line id. An id with an address in it stays out of the memo."""
    rows = entry("e", line("6100", "5.00", "CC100", project_id="ada@acme.example"), line("2110", "-5.00"))
    books = published(tmp_path / "books", rows)
    (file,) = exported(books, kind, tmp_path)
    text = file.read_text()
    memo = f"2026-09 / CC100 / - / {rows[0]['posting_id']}"
    if kind in ("netsuite", "quickbooks", "xero", "intacct"):
        assert memo in text
        memos = {"netsuite": "Journal Entry - Line: Memo", "intacct": "MEMO"}.get(kind, "Description")
        assert not any("@" in row[memos] for row in csv.DictReader(file.open(newline="")))
    elif kind in PLAIN:
        titles = [each for each in text.splitlines() if each.startswith("2026-09-30 *")]
        assert titles
        assert not any("@" in each for each in titles)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_books_give_the_same_bytes(kind: str, tmp_path: Path) -> None:
    """INV-06: the order in which postings lie in the database changes nothing, and a second export nothing either."""
    one = published(tmp_path / "one", golden() + entry("b", line("6100", "1.00"), line("2110", "-1.00")))
    two = published(tmp_path / "two", [*reversed(golden() + entry("b", line("6100", "1.00"), line("2110", "-1.00")))])
    (first,) = exported(one, kind, tmp_path / "a")
    before = first.read_bytes()
    assert exported(one, kind, tmp_path / "a")[0].read_bytes() == before
    assert exported(two, kind, tmp_path / "b")[0].read_bytes() == before
    assert not list(tmp_path.rglob(".*.tmp"))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_draft_says_so(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the file's name, in the file and on stderr; the posted journal then takes the draft's place."""
    books = published(tmp_path / "books", [row | {"status": "draft"} for row in golden()])
    place = tmp_path / "out"
    with pytest.raises(SystemExit) as ended:
        main(["export", "journal", "2026-09", "--format", kind, "--out", str(place), "--books", str(books.home)])
    assert ended.value.code == 0
    assert "DRAFT: 1 of 1 entries of 2026-09 US01" in capsys.readouterr().err
    (draft,) = place.iterdir()
    assert "-DRAFT" in draft.name
    assert ("DRAFT" in draft.read_text()) or (kind == "csv" and ",draft\n" in draft.read_text())
    published(books.home, golden())
    (posted,) = exported(books, kind, place)
    assert list(place.iterdir()) == [posted]
    assert "draft" not in posted.read_text().lower() + posted.name.lower()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"book": "management"}, "INV-11"),
        ({"currency": "ZZZ", "functional_currency": "ZZZ"}, "no currency"),
        ({"account_type": "magic"}, "magic"),
    ],
)
def test_what_must_not_leave_is_refused(more: Row, told: str, tmp_path: Path) -> None:
    """INV-11: the management book; a currency or a type of account that nobody knows."""
    books = published(tmp_path / "books", entry("e", line("6100", "5.00"), line("2110", "-5.00"), **more))
    with pytest.raises(BooksError, match=told):
        exported(books, "beancount", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "lines",
    [
        [line("6100", "5.01"), line("2110", "-5.00")],
        [line("6100", "5.00", functional="5.01"), line("2110", "-5.00")],
        [line("6100", "5.001"), line("2110", "-5.001")],
        [line("6100", "5.00"), line("6110", "0.00"), line("2110", "-5.00")],
    ],
)
def test_an_unbalanced_entry_leaves_in_no_format(kind: str, lines: list[Row], tmp_path: Path) -> None:
    """INV-12: one cent off in either currency, a fraction of a cent, a line without an amount."""
    books = published(tmp_path / "books", golden() + entry("bad", *lines))
    with pytest.raises(BooksError, match=r"2026-09 US01, entry [0-9a-f]{64}: "):
        exported(books, kind, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_accounts_keep_names_of_their_own(tmp_path: Path) -> None:
    """Characters that beancount does not take are mapped alike each time; two accounts never become one."""
    odd = [
        line("é-1", "5.00", account_name='Größe: "x"; 中文', account_type="expense"),
        line("61.00", "-5.00", account_name="R&D", account_type="liability"),
    ]
    books = published(tmp_path / "books", entry("e", *odd))
    for kind in PLAIN:
        (file,) = exported(books, kind, tmp_path)
        assert "Expenses:US01:É-1-Größe-x-中文" in file.read_text("utf-8")
        assert "Liabilities:US01:61-00-R-D" in file.read_text("utf-8")
        assert proved(kind, file).returncode == 0, proved(kind, file)
    twins = [
        line("61.00", "5.00", account_name="AI", account_type="expense"),
        line("61-00", "-5.00", account_name="AI", account_type="expense"),
    ]
    published(books.home, entry("e", *twins))
    for kind in PLAIN:
        with pytest.raises(BooksError, match=r"61-00 and 61\.00 would both be called Expenses:US01:61-00-AI"):
            exported(books, kind, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["2026-08", "--format", "csv"], 1, "2026-08: no journal is published for it; there are: 2026-09 DE01"),
        (["2026-09", "--format", "csv", "--entity", "FR01"], 1, "2026-09 FR01: no journal"),
        (["2026-09", "--format", "xero", "--out", "one.csv"], 1, "several files"),
        (["2026-09", "--format", "sap"], 2, "is no format"),
        (["2026-13", "--format", "csv"], 2, "is no month"),
        (["2026-09", "--format", "netsuite"], 1, "NetSuite"),
    ],
)
def test_refusals_write_nothing(
    arguments: list[str],
    code: int,
    told: str,
    books: Books,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit code 1 for what the books refuse, 2 for a wrong call; an unknown month is an error, not an empty file."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(SystemExit) as ended:
        main(["export", "journal", *arguments, "--books", str(books.home)])
    assert ended.value.code == code
    assert told in " ".join(capsys.readouterr().err.split())
    assert list((tmp_path / "here").iterdir()) == []


def test_one_entity_goes_into_one_file(
    books: Books, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--out FILE` is that file; without --out the files lie where one is, one an entity; --json tells them."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["export", "journal", "2026-09", "--format=csv", "--entity=US01", "--out=a.csv", f"--books={books.home}"])
    assert (tmp_path / "a.csv").exists()
    with pytest.raises(SystemExit):
        main(["export", "journal", "2026-09", "--format=csv", "--json", f"--books={books.home}"])
    assert '"journal-2026-09-DE01-csv.csv"' in capsys.readouterr().out
    assert len(list(tmp_path.glob("journal-2026-09-*-csv.csv"))) == 4
    assert (tmp_path / "journal-2026-09-US01-csv.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()


def test_what_another_version_published_is_told(books: Books, tmp_path: Path) -> None:
    """A database without a column of the contract: the cure, not a stack trace."""
    with duckdb.connect() as con:
        con.execute(f"attach '{books.published / 'finance.duckdb'}' as old; use old")
        columns = "* exclude (policy_hash)"
        con.execute(f"create or replace view finance.fct_postings as select {columns} from main.fct_postings")
    with pytest.raises(BooksError, match="another version; run `tokenbooks run`"):
        exported(books, "csv", tmp_path)
