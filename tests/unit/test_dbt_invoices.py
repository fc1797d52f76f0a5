"""Invoices: matched with what was billed, once each, and refused when one comes twice with other lines."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests import warehouse_fixture as fixture
from tests.golden_company import company, golden_month

WAY = ("--select", "+rpt_invoice_reconciliation", "--indirect-selection", "cautious")

BASE = "warehouse.duckdb"


def line(number: int, amount: str, load: str = "I1", **more: Any) -> dict[str, Any]:
    """One line of invoice INV-1 for the account `acme`, September 2026; `more` overrides any column."""
    base = {
        "x_Source": "invoice",
        "x_Account": "acme",
        "x_LoadId": load,
        "x_SourceRow": number,
        "InvoiceId": "INV-1",
        "InvoiceIssuerName": "Provider",
        "InvoiceDetailId": str(number),
        "InvoiceIssueDate": "2026-10-02 00:00:00",
        "BillingPeriodStart": "2026-09-01 00:00:00",
        "BillingPeriodEnd": "2026-10-01 00:00:00",
        "ChargeCategory": "Usage",
        "BilledCost": amount,
        "BillingCurrency": "USD",
        "period": "2026-10",
    }
    return {**base, **more}


def golden(path: Path, lines: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> Path:
    """The golden month with invoices; loads I1, I2, … are as of the first, second, … of October."""
    loads = [
        {"load_id": f"I{n}", "source": "invoice", "account": "acme", "dataset": "invoices", "as_of": f"2026-10-0{n}"}
        for n in (1, 2)
    ]
    month = golden_month()
    books = {**company(), **month, "lake.invoices": lines, "lake.loads": [*month["lake.loads"], *loads]}
    return fixture.write_warehouse(path, books | {name.replace("__", "."): rows for name, rows in tables.items()})


def report(path: Path) -> list[tuple[Any, ...]]:
    """The reconciliation, shortly."""
    fixture.build(path, *WAY)
    told = "entity_id, source, account, billed_cost, invoiced_amount, tax_not_billed, invoices, status, blocks_close"
    return fixture.rows(path, f"select {told} from finance.rpt_invoice_reconciliation order by source, account")


def test_the_golden_month_matches_its_invoice(tmp_path: Path) -> None:
    """EX-27, B and I: 12,345.67 both; sales tax of EX-25 is on the invoice alone and no difference."""
    lines = [line(1, "12000"), line(2, "345.67"), line(3, "1018.52", ChargeCategory="Tax")]
    (found,) = report(golden(tmp_path / BASE, lines))
    billed, invoiced, tax = Decimal("12345.67"), Decimal("13364.19"), Decimal("1018.52")
    assert found == ("US01", "bills", "acme", billed, invoiced, tax, 1, "matched", False)


def test_use_at_the_agreed_price_is_the_third_way(tmp_path: Path) -> None:
    """EX-27: U 12,301.55, from 24,603,100 tokens at 500.00 a million; B and I 12,345.67."""
    use = fixture.use("2026-09-14", 24_603_100, 1, x_Model="m", x_TokenClass="output", x_CredentialId="key-of-P01")
    price = {"source": "bills", "account": "acme", "model": "m", "token_class": "output", "currency": "USD"}
    agreed = {**price, "unit_quantity": "1000000", "unit_price": "500", "valid_from": "2026-01-01"}
    path = golden(tmp_path / BASE, [line(1, "12345.67")], lake__usage=[use], company__price_agreements=[agreed])
    assert report(path)[0][7:] == ("matched_with_tolerance", False)
    found = fixture.rows(path, "select used_cost, used_less_billed from finance.rpt_invoice_reconciliation")
    assert found == [(Decimal("12301.55"), Decimal("-44.12"))]


@pytest.mark.parametrize(
    ("amount", "status"), [("44.12", "matched_with_tolerance"), ("44.11", "disputed"), (None, "disputed")]
)
def test_a_source_may_have_a_tolerance_of_its_own(tmp_path: Path, amount: str | None, status: str) -> None:
    """EX-27's U - B is -44.12; no percentage is allowed, and of other sources a dollar."""
    use = fixture.use("2026-09-14", 24_603_100, 1, x_Model="m", x_TokenClass="output", x_CredentialId="key-of-P01")
    price = {"source": "bills", "account": "acme", "model": "m", "token_class": "output", "currency": "USD"}
    agreed = {**price, "unit_quantity": "1000000", "unit_price": "500", "valid_from": "2026-01-01"}
    settings = [*company()["company.settings"], {"key": "invoices_usage_tolerance_percent", "value": "0"}]
    settings += [{"key": "tolerance_bills", "value": amount}] if amount else []
    tables = {"lake__usage": [use], "company__price_agreements": [agreed], "company__settings": settings}
    assert report(golden(tmp_path / BASE, [line(1, "12345.67")], **tables))[0][7] == status


def test_two_invoices_of_a_month_in_two_files_both_count(tmp_path: Path) -> None:
    lines = [line(1, "12000"), line(1, "345.67", "I2", InvoiceId="INV-2")]
    (found,) = report(golden(tmp_path / BASE, lines))
    assert found[4:] == (Decimal("12345.67"), Decimal(0), 2, "matched", False)


def test_an_invoice_nobody_was_billed_for_is_shown(tmp_path: Path) -> None:
    found = report(golden(tmp_path / BASE, [line(1, "7", x_Account="stranger")]))
    assert [row[:3] + row[-2:] for row in found] == [
        ("(unassigned)", "(none)", "stranger", "unmatched", True),
        ("US01", "bills", "acme", "unmatched", False),
    ]


def test_the_folder_of_an_account_may_have_another_name(tmp_path: Path) -> None:
    accounts = [{"source": "bills", "account": "acme", "entity_id": "US01", "invoiced_as": "acme-gmbh"}]
    lines = [line(1, "12345.67", x_Account="acme-gmbh")]
    assert report(golden(tmp_path / BASE, lines, company__accounts=accounts))[0][7] == "matched"


def test_the_same_invoice_again_counts_once(tmp_path: Path) -> None:
    """INV-19: no invoice is matched twice."""
    lines = [line(1, "12345.67"), line(1, "12345.67", "I2")]
    assert report(golden(tmp_path / BASE, lines))[0][4:8] == (
        Decimal("12345.67"),
        Decimal(0),
        1,
        "matched",
    )


def test_a_file_that_replaces_itself_counts_instead(tmp_path: Path) -> None:
    lines = [line(1, "12345.76"), line(1, "12345.67", "I2", ReferenceInvoiceId="INV-1")]
    assert report(golden(tmp_path / BASE, lines))[0][4:8] == (
        Decimal("12345.67"),
        Decimal(0),
        1,
        "matched",
    )


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({"BilledCost": "12345.66"}, "was delivered twice with other lines, in loads I1 and I2"),
        ({"BillingPeriodStart": "2026-08-01 00:00:00"}, "was delivered twice with other lines, in loads I1 and I2"),
        ({"x_Account": "other"}, "was delivered for the accounts acme and other"),
    ],
)
def test_two_invoices_of_one_number_stop_the_build(tmp_path: Path, second: dict[str, str], told: str) -> None:
    """INV-19, section 9: two invoices same id."""
    path = golden(tmp_path / BASE, [line(1, "12345.67"), line(1, "12345.67", "I2", **second)])
    result = fixture.run_dbt(path, "run", "--select", "+int_invoice_lines")
    assert result.returncode == 1
    assert f"invoice INV-1 of Provider {told}" in result.stdout
