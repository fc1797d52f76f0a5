"""`python -m ingestion.catalogue`: write docs/sources.md, what each export is and which of several counts.

The same facts are what `tokenbooks sources` shows; they are all in the sources' own definitions.
"""

import sys
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from ingestion.registry import Source, sources

PAGE = Path(__file__).parents[1] / "docs" / "sources.md"
GIVES = {
    "charges": "cost: what is billed",
    "usage": "use: spreads cost, and is never cost itself",
    "identities": "whose a key, user or workspace is",
    "invoices": "invoices: what cost is held against",
}
HEAD = """# Sources

Written by `python -m ingestion.catalogue` from `ingestion/sources/`: change it there. See `tokenbooks sources` too.

An export goes into `landing/<source>/<account>/`. Cost counts once: use, estimates and identities never add to it, and
of exports that state the same thing of one account the first in this table that has a day counts on that day.
"""


def facts(source: Source, known: Mapping[str, Source]) -> dict[str, str]:
    """What a catalogue says of a source, in order: word and text, one line each."""
    said = {
        "how to get it": source.how,
        "gives": GIVES[source.dataset],
        "money unit": source.money_unit or "no money in it",
        "finality": source.finality,
        "attributed by": ", ".join(source.attributed_by),
        "attributes": ", ".join(sorted(one.id for one in known.values() if source.id in one.attributed_by)),
        "precedence": _precedence(source, known),
    }
    return {word: " ".join(text.split()) for word, text in said.items() if text}


def _precedence(source: Source, known: Mapping[str, Source]) -> str:
    """Which other exports leave their days to this one, or this one its days to them."""
    if source.identity:
        return "a record counts once, however often it is delivered"
    if not source.states:
        return ""
    of, rank = source.states.of, source.states.rank
    others = [one for one in known.values() if one.states and one.states.of == of and one.id != source.id]
    before = [one.id for one in others if one.states and one.states.rank < rank]
    return f"counts only on days that {' or '.join(before)} leaves out" if before else f"the first to state {of}"


def page(known: Mapping[str, Source]) -> str:
    """The whole of docs/sources.md."""
    by_provider = groupby(sorted(known.values(), key=lambda one: (one.provider.lower(), one.id)), lambda s: s.provider)
    listed = (f"\n## {provider}\n" + "".join(_entry(one, known) for one in found) for provider, found in by_provider)
    return HEAD + "\n" + "\n".join(_table(known)) + "\n" + "".join(listed)


def _table(known: Mapping[str, Source]) -> Iterator[str]:
    yield "| what is stated | place | source | title |"
    yield "|---|---|---|---|"
    stating = [(one.states.of, one.states.rank, one) for one in known.values() if one.states]
    for of, rank, one in sorted(stating, key=lambda told: (*told[:2], told[2].id)):
        yield f"| {of} | {rank} | [{one.id}](#{one.id}) | {one.title} |"


def _entry(source: Source, known: Mapping[str, Source]) -> str:
    told = "".join(f"- **{word}**: {text}\n" for word, text in facts(source, known).items())
    return f"\n### {source.id}\n\n{source.title}.\n\n{told}"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(sources()))
    print(f"{PAGE}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
