"""The statement page: tables that tie to the journal, words in their place, nothing fetched, nobody named."""

import re
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from pipeline.statement import write_statements

BLOCKS = ["US01-USD", "IE01-USD", "JP01-JPY"]
PHRASE = "management view, not GAAP or IFRS"
COST = """select sum(debit - credit) from finance.fct_postings
    where period = '2026-10' and entity_id = $1 and currency = $2 and account_type = 'expense'"""
Change = Callable[[str], Path]


class Page(HTMLParser):
    """A page taken apart: tables by id as rows of cells, every tag with its attributes, the text a person reads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self._part, self._quiet = "", "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._quiet = tag == "style"
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attrs)["id"] or "", [])
        elif tag in ("thead", "tbody", "tfoot"):
            self._part = tag
        elif tag == "tr":
            self._rows.append([self._part])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
            self._rows[-1].extend([""] * (int(dict(attrs).get("colspan") or 1) - 1))

    def handle_endtag(self, tag: str) -> None:
        self._part = "" if tag == "table" else self._part

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.text += " " + data
            if self._part and len(self._rows[-1:]) and len(self._rows[-1]) > 1:
                self._rows[-1][-1] += data.strip()

    def column(self, table: str, name: str, part: str = "tbody") -> list[Decimal]:
        """The amounts of the column whose head begins with `name`."""
        head = next(row for row in self.tables[table] if row[0] == "thead")
        at = next(i for i, cell in enumerate(head) if i and cell.startswith(name))
        return [amount(row[at]) for row in self.tables[table] if row[0] == part and row[at] and "%" not in row[at]]


def amount(text: str) -> Decimal:
    """`(1,234.50)` is -1234.50, a dash is nothing."""
    digits = text.strip("()").replace(",", "")
    return Decimal(0) if text == "–" else -Decimal(digits) if text.startswith("(") else Decimal(digits)


@pytest.fixture(scope="module")
def folder(statement_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All statements of the small warehouse, written once."""
    out = tmp_path_factory.mktemp("statements")
    written = write_statements(statement_warehouse, out)
    assert [path.name for path in written] == ["2026-08.html", "2026-09.html", "2026-10.html", "index.html"]
    assert sorted(path.name for path in out.iterdir()) == sorted(path.name for path in written)
    return out


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    """The statement of October."""
    return Page((folder / "2026-10.html").read_text())


def journal(warehouse: Path, block: str) -> Decimal:
    """What the journal charged as cost."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        found = con.execute(COST, block.split("-")).fetchall()[0][0]
    assert found > 0
    return Decimal(found)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_table_sums_to_the_journal(page: Page, statement_warehouse: Path, block: str) -> None:
    """Rows add up to the foot, and the foot is what was posted, for each entity and currency by itself."""
    posted, currency = journal(statement_warehouse, block), block[-3:]
    tables = {"centers": f"Total {currency}", "sources": currency, "models": currency, "functions": currency}
    for name, column in (tables | {"bridge": currency, "methods": currency}).items():
        table = f"{name}-{block}"
        assert sum(page.column(table, column)) == posted, table
        assert page.column(table, column, "tfoot")[0] == posted, table
    for name, label in (("Utility opex", "Utility opex"), ("Human-capital capex", f"Human-capital capex ({PHRASE})")):
        shown = [amount(row[-2]) for row in page.tables[f"bridge-{block}"] if row[1] == label]
        assert sum(shown) == page.column(f"centers-{block}", name, "tfoot")[0]
        assert sum(page.column(f"centers-{block}", name)) == page.column(f"centers-{block}", name, "tfoot")[0]


def test_the_pool_is_in_plain_sight(page: Page) -> None:
    """Its table sums to its row among the cost centres, with reason and age, and more than 5 % is a warning."""
    row = next(row for row in page.tables["centers-US01-USD"] if row[1] == "Unallocated pool")
    assert sum(page.column("pool-US01-USD", "USD")) == amount(row[-2]) > 0
    assert set(page.column("pool-US01-USD", "Age")) == {Decimal(29)}
    assert all(row[1] for row in page.tables["pool-US01-USD"] if row[0] == "tbody")
    assert "has no owner" in page.text
    assert any(attrs.get("class") == "warn" for _, attrs in page.tags)


def test_the_bill_reconciles_to_the_journal(page: Page, statement_warehouse: Path) -> None:
    """Every row reads from bill to posting without a gap, prepaid credit and another entity's part included."""
    names = ["Billed", "Not recognised", "Recognised", "Rounding", "Allocated", "Pool", "Posted", "Difference"]
    columns = {name: page.column("reconciliation-US01-USD", name) for name in names}
    assert len(columns["Billed"]) == 4
    for billed, prepaid, cost, rounding, allocated, pool, posted, difference in zip(*columns.values(), strict=True):
        assert billed - prepaid == cost
        assert cost + rounding == posted == allocated + pool
        assert difference == 0
    assert sum(columns["Not recognised"]) == 25000
    total, elsewhere, own = page.column("reconciliation-US01-USD", "Posted", "tfoot")
    assert total == sum(columns["Posted"])
    assert own == total + elsewhere == journal(statement_warehouse, "US01-USD")
    assert elsewhere == -journal(statement_warehouse, "IE01-USD")


@pytest.mark.parametrize("block", BLOCKS)
def test_the_journal_is_shown_balanced(page: Page, block: str) -> None:
    """Debits equal credits by account, and the trial balance comes to nothing."""
    for table in (f"journal-{block}-primary", f"trial-{block}-primary"):
        assert sum(page.column(table, "Debit")) == sum(page.column(table, "Credit")) > 0
    assert sum(page.column(f"trial-{block}-primary", "Balance")) == 0
    assert "✓ balanced" in page.text


def test_human_capital_capex_is_never_named_without_what_it_is_not(folder: Path) -> None:
    """Beside every mention, in plots, tables and notes, stands that it is a management view."""
    for path in sorted(folder.glob("2*.html")):
        text = re.sub(r"\s+", " ", Page(path.read_text()).text)
        mentions = [match.end() for match in re.finditer("human-capital capex", text, re.IGNORECASE)]
        assert len(mentions) > 10
        assert all(PHRASE in text[end : end + len(PHRASE) + 6] for end in mentions)


def test_nothing_is_fetched(folder: Path) -> None:
    """No page names an address, a script or a file beside it: links go to our own pages, and style lies inside."""
    for path in sorted(folder.iterdir()):
        html, seen = path.read_text(), Page(path.read_text())
        assert not re.search(r"https?:|//[a-z]|url\(|@import|data:", html)
        assert not {"script", "link", "img", "iframe", "object", "use", "image"} & {tag for tag, _ in seen.tags}
        for _, attrs in seen.tags:
            assert not {"src", "srcset", "xlink:href", "onload", "onclick"} & set(attrs)
            link = attrs.get("href") or "#"
            assert re.fullmatch(r"#[\w-]+|#|[\w.-]+\.html(#[\w-]+)?|\.\./(validation/index\.html|journals/)", link)


def test_nobody_is_named(
    page: Page, folder: Path, statement_warehouse: Path, changed_statement: Change, tmp_path: Path
) -> None:
    """No bearer key is on the page, and an e-mail a provider uses as a workspace id is withheld."""
    html = (folder / "2026-10.html").read_text()
    with duckdb.connect(str(statement_warehouse), read_only=True) as con:
        keys = {row[0] for row in con.execute("select distinct bearer_id from finance.fct_allocations").fetchall()}
    assert len(keys) > 100
    assert not [key for key in keys if key in html]
    spoilt = changed_statement("update finance.rpt_unallocated set sub_account_id = 'ada.byron@acme.test'")
    write_statements(spoilt, tmp_path, ["2026-10"])
    assert "@acme" not in (tmp_path / "2026-10.html").read_text()
    assert "(withheld)" in (tmp_path / "2026-10.html").read_text()


def test_names_from_exports_are_text(changed_statement: Change, tmp_path: Path) -> None:
    """A model called like a tag is shown, in tables and in plots, and is no tag."""
    name = "<script>alert(1)</script>"
    write_statements(
        changed_statement(f"update finance.rpt_cost_statement set model = '{name}' where model = 'gpt-5.1'"),
        tmp_path,
        ["2026-10"],
    )
    page = Page((tmp_path / "2026-10.html").read_text())
    assert page.text.count(name) >= 2
    assert "script" not in {tag for tag, _ in page.tags}


def test_the_same_figures_give_the_same_bytes(folder: Path, changed_statement: Change, tmp_path: Path) -> None:
    """Written again alone, and after a month was added or taken away, a page keeps its bytes."""
    shorter = changed_statement("delete from finance.rpt_cost_statement where period = '2026-10';"
                     "delete from finance.fct_journal_entries where period = '2026-10'")  # fmt: skip
    write_statements(shorter, tmp_path / "out", ["2026-09"])
    assert (tmp_path / "out" / "2026-09.html").read_bytes() == (folder / "2026-09.html").read_bytes()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["2026-09.html", "index.html"]
    assert "August" not in (tmp_path / "out" / "index.html").read_text()


def test_without_the_lake_the_page_is_the_same(changed_statement: Change, folder: Path, tmp_path: Path) -> None:
    """The published database has no lake, and tells the exports all the same."""
    write_statements(changed_statement("drop schema lake cascade"), tmp_path, ["2026-10"])
    assert (tmp_path / "2026-10.html").read_bytes() == (folder / "2026-10.html").read_bytes()


# September of US01 is closed, and a cent of CC100 is moved to CC110 in October: what a restatement leaves behind.
RESTATED = """
update finance.fct_journal_entries set status = 'posted' where period = '2026-09' and entity_id = 'US01';
update finance.rpt_period_amounts set posted = total, draft = 0 where period = '2026-09' and entity_id = 'US01';
insert into finance.fct_journal_entries by name
select 'TU' as entry_id, entity_id, book, '2026-10' as period, '2026-09' as service_period, posting_date, event,
    'true_up' as kind, currency, 'provider_correction' as cause, 'draft' as status, 3 as lines
from finance.fct_journal_entries where period = '2026-09' and entity_id = 'US01';
insert into finance.fct_postings by name
select * exclude (net)
    replace ('TU' as entry_id, '2026-10' as period, greatest(net, 0) as debit, greatest(-net, 0) as credit)
from (
    select *, case cost_center_id when 'CC100' then 12.34 when 'CC110' then 0.01 else -12.35 end as net
    from finance.fct_postings where period = '2026-09' and entity_id = 'US01'
        and (account_id = '2110' or cost_center_id in ('CC100', 'CC110') and account_id = '6100')
);
update finance.rpt_period_amounts set adjusted = 12.35, draft = draft + 12.35, total = total + 12.35
where period = '2026-10' and entity_id = 'US01';
"""


def test_a_correction_shows_in_both_months_and_sums(changed_statement: Change, page: Page, tmp_path: Path) -> None:
    """EX-13's shape: October books the adjustment of September, whose page keeps what it reported and adds a view."""
    write_statements(changed_statement(RESTATED), tmp_path, ["2026-09", "2026-10"])
    september, october = (Page((tmp_path / f"2026-{month}.html").read_text()) for month in ("09", "10"))
    assert october.column("adjustments-US01-USD", "USD") == [Decimal("12.34"), Decimal("0.01")]
    attributed, pool, adjusted = october.column("booked-US01-USD", "USD")
    assert adjusted == Decimal("12.35")
    assert attributed + pool == sum(page.column("centers-US01-USD", "Total"))
    reported, since, restated = (
        september.column("restated-US01-USD", name) for name in ("As reported", "Adjusted since", "Restated")
    )
    assert sum(reported) == sum(september.column("centers-US01-USD", "Total"))
    assert sum(since) == Decimal("12.35")
    assert [a + b for a, b in zip(reported, since, strict=True)] == restated
    assert "All of it is posted: the month is closed" in september.text
    assert "restated-US01-USD" not in october.tables


def test_expected_cost_stands_beside_the_bill(page: Page, statement_warehouse: Path) -> None:
    """Per account the difference and whether it is allowed; use without a price by its quantity, never as nothing."""
    rows = [row[1:] for row in page.tables["expected-US01-USD"] if row[0] == "tbody"]
    within, outside, unpriced, unused = rows
    assert [amount(cell) for cell in (within[5], outside[5])] == [Decimal("1.25"), Decimal("-950.50")]
    for billed, expected, difference, _ in (within[3:], outside[3:]):
        assert amount(expected) - amount(billed) == amount(difference)
    assert within[1:3] == ["Within toleranceallowed: 300.00", "Agreement, Public list"]
    assert outside[1].startswith("Outside tolerance")
    assert unpriced[1:3] == ["No: some use has no price", "Public list, Unpriceda model without a known price"]
    assert unpriced[4:] == ["12.34", "–", "4,321,000nova-litenova-pro"]
    assert [unused[1], *unused[4:]] == ["No: no use is metered", "–", "–", "–"]
    assert "For reconciliation only; nothing in the books comes from it" in page.text
    assert "expected-JP01-JPY" not in page.tables
