"""Azure bills in blocks of tokens and says the rest in the meter: known amounts, and the spellings seen of meters."""

import csv
from decimal import Decimal

import duckdb
import pytest

from ingestion.registry import MACROS, sources


def rows(source: str) -> list[dict[str, str]]:
    with (sources()[source].folder / "expected.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("source", ["azure_focus", "azure_actual_cost"])
def test_a_block_is_a_thousand_tokens_or_a_million(source: str) -> None:
    """41,250.75 blocks of 1K at 0.005 dollars, and 12.5 of 1M at 0.075."""
    found = {
        row["SkuMeter"]: (Decimal(row["ConsumedQuantity"]), row["ConsumedUnit"], Decimal(row["BilledCost"]))
        for row in rows(source)
        if row["SkuMeter"] and Decimal(row["BilledCost"]) >= 0
    }
    assert found["gpt 4o 0513 Input global Tokens"] == (41_250_750, "tokens", Decimal("206.25375"))
    assert found["5.4 mini cd Inp Gl 1M Tokens"] == (12_500_000, "tokens", Decimal("0.9375"))
    assert found["GRS List and Create Container Operations"][0] == 4


@pytest.mark.parametrize("source", ["azure_focus", "azure_actual_cost"])
def test_negative_use_is_use_and_claude_units_name_no_model(source: str) -> None:
    negative = [row for row in rows(source) if row["BilledCost"].startswith("-") and row["ChargeCategory"] == "Usage"]
    assert [Decimal(row["BilledCost"]) for row in negative] == [Decimal("-1.25375")]
    (claude,) = [row for row in rows(source) if row["SkuMeter"] == "Claude Consumption Units"]
    assert (Decimal(claude["BilledCost"]), claude["x_Model"], claude["x_TokenClass"]) == (Decimal("412.8"), "", "")


def test_money_is_in_the_currency_of_the_bill() -> None:
    """A customer agreement prices in dollars and bills in euros: 0.10625 USD are 0.095625 EUR; no unit prices then."""
    (row,) = [row for row in rows("azure_actual_cost") if row["SkuMeter"] == "GPT 5 Mini cchd Inpt DZone 1M Tokens"]
    assert (row["BillingCurrency"], Decimal(row["BilledCost"])) == ("EUR", Decimal("0.095625"))
    assert row["ContractedUnitPrice"] == ""


METERS = {
    ("gpt 4o 0513 Input global Tokens", "Azure OpenAI"): ("gpt-4o-0513", "uncached_input", None, None, "Global"),
    ("gpt-4o-0806-Outp-regnl Tokens", "Azure OpenAI"): ("gpt-4o-0806", "output", None, None, "Regional"),
    ("gpt 4o mini0718 BatchOutp DataZone Tokens", ""): ("gpt-4o-mini0718", "output", "batch", None, "DataZone"),
    ("gpt 4.1 mini cached Inp DZone Tokens", ""): ("gpt-4.1-mini", "cache_read", None, None, "DataZone"),
    ("o3 mini 0131 cached input Data Zone Tokens", ""): ("o3-mini-0131", "cache_read", None, None, "DataZone"),
    ("GPT 5 Nano Batch Inpt cchd Glbl 1M Tokens", "GPT5"): ("gpt-5-nano", "cache_read", "batch", None, "Global"),
    ("5.4 longco inp Gl 1M Tokens", "Azure OpenAI GPT5"): ("gpt-5.4", "uncached_input", None, "long", "Global"),
    ("5.6 sol ShortCo Opt Std Gl 1M Tokens", "OpenAI GPT5"): ("gpt-5.6-sol", "output", "standard", "short", "Global"),
    ("5.6 luna LongCo Cd Wr Std DZ 1M Tokens", "GPT5"): ("gpt-5.6-luna", "cache_write", "standard", "long", "DataZone"),
    ("56sol ShCo Inp Fl Gl 1M Tokens", "x"): ("56sol", "uncached_input", "flex", "short", "Global"),
    ("5 pp cd inp Gl 1M Tokens", "Azure OpenAI GPT5"): ("gpt-5", "cache_read", "priority", None, "Global"),
    ("gpt-5-codex-ccchd-inp-glbl Tokens", "GPT5"): ("gpt-5-codex", "cache_read", None, None, "Global"),
    ("gpt 5 pro out glbl Tokens", "GPT5"): ("gpt-5-pro", "output", None, None, "Global"),
    ("gpt-image-1-inp-cached-img-glbl Tokens", ""): ("gpt-image-1", "cache_read", None, None, "Global"),
    ("R1 Inp DZone Tokens", "Azure Deepseek Models"): ("deepseek-r1", "uncached_input", None, None, "DataZone"),
    ("V4 Flash cached glbl Tokens", "Azure Deepseek Models"): ("deepseek-v4-flash", "cache_read", None, None, "Global"),
    ("4.3 Inp Glbl Tokens", "Azure Grok Models"): ("grok-4.3", "uncached_input", None, None, "Global"),
    ("Llama 3.3 70B Outp regnl Tokens", "Azure Llama Models"): ("llama-3.3-70b", "output", None, None, "Regional"),
    ("Phi-4-Input Tokens", "Azure Phi Models"): ("phi-4", "uncached_input", None, None, None),
    ("Image 2 Text Input glbl Tokens", "MAI Models"): ("mai-image-2", "uncached_input", None, None, "Global"),
    ("text-embedding-3-large-glbl Tokens", ""): ("text-embedding-3-large", "uncached_input", None, None, "Global"),
    ("gpt-4o-0806-FT-Trng-glbl tkn Tokens", ""): ("gpt-4o-0806-ft", None, None, None, "Global"),
    ("Provisioned Managed Data Zone Unit", "Azure OpenAI"): (None, None, "provisioned", None, "DataZone"),
    ("Standard Text Records", "Language"): (None, None, None, None, None),
}


@pytest.mark.parametrize("meter", METERS, ids=" of ".join)
def test_the_words_of_a_meter_are_read(meter: tuple[str, str]) -> None:
    with duckdb.connect() as con:
        con.execute((MACROS / "azure_meter.sql").read_text())
        read = con.execute(
            "SELECT meter_model(w, product), meter_token_class(w), meter_tier(w), meter_context(w),"
            " meter_details(NULL, w) ->> 'x_DeploymentScope' FROM (SELECT meter_words(?) AS w, ? AS product)",
            list(meter),
        ).fetchone()
    assert read == METERS[meter]


BLOCKS = {
    "1K": (1000, "Units"), "1M": (1_000_000, "Units"), "10K": (10_000, "Units"), "1 Hour": (1, "Hour"),
    "100 Hours": (100, "Hours"), "10K Transactions": (10_000, "Transactions"), "1/Month": (1, "Units/Month"),
    "10000 /Day": (10_000, "Units/Day"), "1 GB/Month": (1, "GB/Month"), "1B": (1_000_000_000, "Units"),
    "Unassigned": (None, "Unassigned"),
}  # fmt: skip


@pytest.mark.parametrize("unit", BLOCKS)
def test_the_block_of_a_unit(unit: str) -> None:
    with duckdb.connect() as con:
        con.execute((MACROS / "azure_meter.sql").read_text())
        assert con.execute("SELECT unit_block($1), unit_counted($1)", [unit]).fetchone() == BLOCKS[unit]


@pytest.mark.parametrize(
    ("texts", "is_one"),
    [
        ("SaaS Claude in Microsoft Foundry - Claude Consumption Unit", True),
        ("SaaS claude-ccu", True),
        ("Foundry Models Claude Sonnet 4.5 Inp glbl Tokens", False),
        ("Container consumption unit", False),
    ],
)
def test_claude_units_by_any_of_their_names(texts: str, is_one: bool) -> None:
    with duckdb.connect() as con:
        con.execute((MACROS / "azure_meter.sql").read_text())
        assert con.execute("SELECT is_claude_unit(?)", [texts]).fetchone() == (is_one,)


def test_a_bill_of_one_cloud_never_takes_the_place_of_anothers() -> None:
    """Accounts may be called the same with every cloud, and of two that state the same only one counts."""
    of = {name: source.states.of for name, source in sources().items() if source.states}
    azure = {name for name, thing in of.items() if thing == of["azure_focus"]}
    google = {name for name, thing in of.items() if thing == of["google_focus"]}
    assert (azure, google) == ({"azure_focus", "azure_actual_cost"}, {"google_focus", "google_billing_detailed"})
