"""Every verdict is kept: the one that holds under its subject, the earlier ones beside it and on the site."""

from dataclasses import replace
from pathlib import Path

from expectations import Result, Verdict
from pipeline.settings import Books
from pipeline.validation_site import write_site
from pipeline.verdicts import keep_verdict, verdict_path, withdraw_verdicts

RULE = Result("balances", "Every entry balances.", "critical", success=True)
GOOD = Verdict("journal", "2026-09", (RULE,), judged_at="2026-10-03T06:00:00+00:00")
BAD = replace(GOOD, results=(replace(RULE, success=False),), judged_at="2026-10-04T06:00:00+00:00")


def earlier(books: Books) -> list[Verdict]:
    folder = books.evidence / "validation" / "earlier"
    return [Verdict.from_json(path.read_text()) for path in sorted(folder.glob("*.json"))]


def test_an_earlier_verdict_is_kept_and_shown(tmp_path: Path) -> None:
    books = Books.create(tmp_path / "books")
    keep_verdict(books, GOOD)
    assert earlier(books) == []
    keep_verdict(books, BAD)
    keep_verdict(books, replace(GOOD, judged_at="2026-10-05T06:00:00+00:00"))
    assert {verdict.status for verdict in earlier(books)} == {"accepted", "refused"}
    write_site(books.evidence / "validation", tmp_path / "site")
    index = (tmp_path / "site" / "index.html").read_text()
    assert "Earlier verdicts" in index
    pages = sorted((tmp_path / "site" / "earlier").glob("*.html"))
    assert len(pages) == 2
    assert all(f"earlier/{page.name}" in index for page in pages)


def test_the_same_verdict_again_is_not_written(tmp_path: Path) -> None:
    books = Books.create(tmp_path / "books")
    keep_verdict(books, GOOD)
    path = verdict_path(books, "journal", "2026-09")
    before = (path.read_text(), path.stat().st_mtime_ns)
    keep_verdict(books, replace(GOOD, judged_at="2026-10-09T06:00:00+00:00"))
    assert (path.read_text(), path.stat().st_mtime_ns) == before
    assert earlier(books) == []


def test_what_completes_a_verdict_replaces_it(tmp_path: Path) -> None:
    books = Books.create(tmp_path / "books")
    keep_verdict(books, GOOD)
    keep_verdict(books, replace(GOOD, results=(RULE, replace(RULE, rule="unit"))), completes=True)
    assert earlier(books) == []
    assert len(Verdict.from_json(verdict_path(books, "journal", "2026-09").read_text()).results) == 2


def test_a_withdrawn_verdict_stays_on_record(tmp_path: Path) -> None:
    books = Books.create(tmp_path / "books")
    keep_verdict(books, GOOD)
    withdraw_verdicts(books, "2026-09")
    assert not verdict_path(books, "journal", "2026-09").exists()
    assert earlier(books) == [GOOD]
