"""The validation site shows what verdicts say, quotes safely, asks nobody for anything, and is cheap to draw again."""

import re
from pathlib import Path

import pytest

from expectations import Result, Skipped, Verdict
from pipeline.validation_site import write_site


def put(folder: Path, verdict: Verdict) -> None:
    path = folder / verdict.kind / f"{verdict.subject}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(verdict.to_json())


def load(subject: str, *results: Result, **about: object) -> Verdict:
    told = {"source": "focus", "account": "acme", "dataset": "charges", "periods": ("2026-09",), "rows": 1234567}
    window = {"window_from": "2026-09-01", "window_to": "2026-10-01", "window_by": "billing"}
    totals = {"USD": "98765432109876.540000000001", "EUR": "1.500000000000"}
    fixed = {**told, **window, "totals": totals, "judged_at": "2026-10-02T00:00:00+00:00", **about}
    return Verdict("load", subject, results, (Skipped("odd", "Odd holds.", "No row is odd."),), **fixed)


GOOD = Result("has_rows", "There is at least one row.", "critical", True, "1,234,567 rows")
BAD = Result(
    "known", "Every currency is known.", "critical", False, "3 break it: <script>x</script>", 3, ("c",), "select 1"
)
WARNED = Result("signs", "Signs agree.", "warning", False, "2 break it", 2)
BROKEN = Result(
    "json", "the JSON ends early", "critical", False, "", 1, (), None, "fetch it again", "page-2.json, row 7"
)


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, Path]:
    verdicts, out = tmp_path / "validation", tmp_path / "published"
    put(verdicts, load("aaa", GOOD))
    put(verdicts, load("bbb", GOOD, WARNED))
    put(verdicts, load("ccc", GOOD, BAD))
    put(verdicts, load("ddd", BROKEN, periods=(), rows=None, window_from=None, window_to=None, source=None))
    put(verdicts, Verdict("journal", "2026-09", (GOOD,), periods=("2026-09",), judged_at="2026-10-02T00:00:00+00:00"))
    write_site(verdicts, out)
    return verdicts, out


def text_of(page: Path) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.read_text().partition("</style>")[2]).split())


def test_the_index_counts_loads_and_periods(site: tuple[Path, Path]) -> None:
    text = text_of(site[1] / "index.html")
    assert "2 accepted 1 accepted, with warnings 2 refused 7 rules judged" in text
    assert "2026-09 accepted not judged 1 1 1" in text
    assert "98,765,432,109,876.540000000001 USD" in text
    assert "1.50 EUR" in text
    assert "the JSON ends early (page-2.json, row 7)" in text


def test_a_page_says_what_passed_failed_and_was_skipped(site: tuple[Path, Path]) -> None:
    text = text_of(site[1] / "load" / "ccc.html")
    assert "critical Every currency is known. known Select the rows select 1 3 break it" in text
    assert "passed There is at least one row. has_rows critical 1,234,567 rows" in text
    assert "skipped Odd holds. odd No row is odd." in text
    assert "Cure: fetch it again" in text_of(site[1] / "load" / "ddd.html")


def test_pages_quote_safely_and_ask_nobody(site: tuple[Path, Path]) -> None:
    pages = list(site[1].rglob("*.html"))
    assert len(pages) == 6
    for page in pages:
        html = page.read_text()
        assert "<script" not in html
        assert "default-src 'none'" in html
        assert not re.search(r"(?:src|href)=\"(?!\.\./|load/|journal/|statement/)", html), page
        assert not re.search(r"url\(|@import|https?://", html), page
        for link in re.findall(r'href="([^"]*)"', html):
            assert (page.parent / link).resolve().is_file(), (page, link)


def test_drawing_again_writes_nothing_and_gives_the_same(site: tuple[Path, Path], tmp_path: Path) -> None:
    verdicts, out = site
    before = {page: page.stat().st_mtime_ns for page in out.rglob("*")}
    write_site(verdicts, out)
    assert {page: page.stat().st_mtime_ns for page in out.rglob("*")} == before
    write_site(verdicts, tmp_path / "elsewhere")
    for page in out.rglob("*.html"):
        assert (tmp_path / "elsewhere" / page.relative_to(out)).read_bytes() == page.read_bytes()


def test_only_what_changed_is_drawn_anew(site: tuple[Path, Path]) -> None:
    verdicts, out = site
    before = {page: page.stat().st_mtime_ns for page in out.rglob("*.html")}
    put(verdicts, load("aaa", BAD))
    (verdicts / "load" / "bbb.json").unlink()
    write_site(verdicts, out)
    after = {page: page.stat().st_mtime_ns for page in out.rglob("*.html")}
    assert {page.name for page in after if after[page] != before[page]} == {"index.html", "aaa.html"}
    assert {page.name for page in before.keys() - after.keys()} == {"bbb.html"}


def test_a_broken_verdict_is_named(site: tuple[Path, Path]) -> None:
    (site[0] / "load" / "aaa.json").write_text("{}")
    with pytest.raises(ValueError, match=r"aaa\.json: not a verdict"):
        write_site(*site)


def test_no_verdict_yet_is_said(tmp_path: Path) -> None:
    write_site(tmp_path / "none", tmp_path / "out")
    assert "No load has been judged yet." in text_of(tmp_path / "out" / "index.html")
