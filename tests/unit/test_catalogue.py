"""The page of sources says what the definitions say, and is up to date."""

from ingestion import catalogue, sources
from ingestion.declared import Statement
from ingestion.registry import Source

KNOWN = sources()


def test_the_page_is_up_to_date() -> None:
    assert catalogue.PAGE.read_text() == catalogue.page(KNOWN), "run: python -m ingestion.catalogue"


def test_every_source_says_how_it_is_got_and_when_it_is_final() -> None:
    assert len(KNOWN) > 20
    for source in KNOWN.values():
        told = catalogue.facts(source, KNOWN)
        assert all(told[word] for word in ("how to get it", "gives", "money unit", "finality")), source.id
        assert f"\n### {source.id}\n" in catalogue.PAGE.read_text()


def test_gateways_logs_and_identities_never_give_cost() -> None:
    told = {name: catalogue.facts(source, KNOWN)["gives"] for name, source in KNOWN.items()}
    mine = [name for name in told if name.startswith(("litellm_", "claude_code_logs", "codex_logs"))]
    assert len(mine) == 8
    assert not any(told[name].startswith("cost") for name in mine)


def ranked(name: str, rank: int) -> Source:
    return KNOWN["openai_costs"].model_copy(update={"id": name, "states": Statement(of="a_bill", rank=rank)})


def test_of_several_that_state_one_thing_the_order_is_told() -> None:
    known = {name: ranked(name, rank) for rank, name in enumerate(("first", "second", "third"), 1)}
    assert catalogue.facts(known["first"], known)["precedence"] == "the first to state a_bill"
    assert catalogue.facts(known["third"], known)["precedence"] == "counts only on days that first or second leaves out"
    assert "| a_bill | 2 | [second](#second) |" in catalogue.page(known)
