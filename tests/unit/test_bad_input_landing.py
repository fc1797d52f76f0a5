"""Odd things in landing: each is told, none holds up another, nothing comes in twice or in part."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

SOURCE = "anthropic_cost_report"


def states(report: Any) -> dict[str, str]:
    return {outcome.path: outcome.state for outcome in report.deliveries}


def test_a_first_page_without_the_rest_waits(desk: Any) -> None:
    sample = desk.sample("openai_costs")
    desk.deliver("openai_costs", "2026-09-06T0600Z", {"page-0001.json": sample["page-0001.json"]})
    report = desk.load()
    assert [outcome.state for outcome in report.deliveries] == ["waiting"]
    assert "page-0001.json says that more pages follow" in report.waiting[0]
    assert not desk.files("lake", "archive", "quarantine", "evidence")
    desk.deliver("openai_costs", "2026-09-06T0600Z", {"page-0003.json": sample["page-0003.json"]})
    assert "page 2 is missing" in desk.load().waiting[0]
    desk.deliver("openai_costs", "2026-09-06T0600Z", {"page-0002.json": sample["page-0002.json"]})
    (loaded,) = desk.load().new
    assert loaded.rows == 13


def test_a_file_that_changed_a_moment_ago_waits(desk: Any) -> None:
    desk.deliver("focus", "2026-09.csv", desk.sample("focus")["sample.csv"])
    assert "changed a moment ago" in desk.load(quiet=3600).waiting[0]
    assert desk.load(quiet=0).new


def test_a_file_under_a_temporary_name_waits(desk: Any) -> None:
    desk.deliver("focus", "2026-09.csv.part", desk.sample("focus")["sample.csv"])
    assert "still being written" in desk.load().waiting[0]


def test_the_same_file_under_two_names_is_one_load(desk: Any) -> None:
    sample = desk.sample("focus")["sample.csv"]
    desk.deliver("focus", "first.csv", sample)
    desk.deliver("focus", "second.csv", sample)
    report = desk.load()
    assert [outcome.state for outcome in report.deliveries] == ["loaded", "already in"]
    before = desk.files("lake", "archive", "quarantine", "evidence")
    assert len([name for name in before if name.startswith("evidence/loads/")]) == 1
    assert not desk.load().new
    assert desk.files("lake", "archive", "quarantine", "evidence") == before


def test_looking_tells_a_copy_from_a_correction_of_the_same_size(desk: Any) -> None:
    from pipeline.load import landing_now

    sample = desk.sample("focus")["sample.csv"]
    desk.deliver("focus", "first.csv", sample)
    desk.load()
    desk.deliver("focus", "copy.csv", sample)
    assert landing_now(desk.books, quiet=0).ready == []
    desk.deliver("focus", "corrected.csv", sample.replace(b"\n1.25,", b"\n1.35,"))
    desk.deliver("focus", "2026-12-01-stated-again.csv", sample)
    before = desk.files("evidence", "archive", "lake")
    assert landing_now(desk.books, quiet=0).ready == [
        "focus/acme/2026-12-01-stated-again.csv",
        "focus/acme/corrected.csv",
    ]
    assert desk.files("evidence", "archive", "lake") == before
    assert len(desk.load().new) == 1
    assert landing_now(desk.books, quiet=0).ready == []


def test_a_load_of_nothing_new_reads_and_writes_nothing(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deliver(SOURCE, "2026-09-06T0600Z", desk.sample(SOURCE))
    desk.load()
    before = {path: path.stat().st_mtime_ns for path in desk.books.home.rglob("*")}
    monkeypatch.setattr("pipeline.load.hash_file", lambda path: pytest.fail(f"{path} was hashed"))
    monkeypatch.setattr("pipeline.load.archive.store", lambda *_: pytest.fail("archived again"))
    assert states(desk.load()) == {f"{SOURCE}/acme/2026-09-06T0600Z": "already in"}
    assert {path: path.stat().st_mtime_ns for path in desk.books.home.rglob("*")} == before


def test_a_restated_window_counts_by_date_not_by_arrival(desk: Any) -> None:
    from pipeline.manifest import coverage, read

    sample = desk.sample(SOURCE)
    restated = {name: text.replace(b"123.78912", b"100") for name, text in sample.items()}
    desk.deliver(SOURCE, "2026-09-07T0600Z-restated", restated)
    (newer,) = desk.load().new
    desk.deliver(SOURCE, "2026-09-06T0600Z", sample)
    assert len(desk.load().new) == 1
    (piece,) = coverage(read(desk.books))
    assert (piece.load_id, piece.day_from, piece.day_to) == (newer.load_id, date(2026, 9, 1), date(2026, 9, 4))


def test_a_restatement_taken_back_counts_again(desk: Any) -> None:
    from pipeline.manifest import coverage, read

    sample = desk.sample(SOURCE)
    desk.deliver(SOURCE, "2026-09-06T0600Z", sample)
    desk.deliver(
        SOURCE, "2026-09-07T0600Z", {name: text.replace(b"123.78912", b"100") for name, text in sample.items()}
    )
    desk.deliver(SOURCE, "2026-09-08T0600Z", sample)
    assert [outcome.state for outcome in desk.load().deliveries] == ["loaded", "loaded", "already in"]
    loads = {load.load_id: load for load in read(desk.books)}
    (piece,) = coverage(loads.values())
    assert [entry.path[-16:] for entry in loads[piece.load_id].deliveries] == ["2026-09-06T0600Z", "2026-09-08T0600Z"]


def test_days_that_became_empty_supersede_too(desk: Any) -> None:
    from pipeline.manifest import coverage, read

    desk.deliver("anthropic_usage_messages", "2026-09-06T0600Z", desk.sample("anthropic_usage_messages"))
    day = '{"starting_at": "2026-09-01T00:00:00Z", "ending_at": "2026-09-02T00:00:00Z", "results": []}'
    desk.deliver("anthropic_usage_messages", "2026-09-07T0600Z.json", f'{{"data": [{day}], "has_more": false}}')
    report = desk.load()
    assert [outcome.rows for outcome in report.new] == [8, 0]
    spans = [(piece.day_from.day, piece.day_to.day) for piece in coverage(read(desk.books))]
    assert spans == [(1, 2), (2, 4)]


def test_reordered_and_added_columns_are_taken(desk: Any) -> None:
    import csv
    import io

    rows = list(csv.reader(io.StringIO(desk.sample("focus")["sample.csv"].decode(), newline="")))
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[*reversed(row), "extra" if n == 0 else "1"] for n, row in enumerate(rows)])
    desk.deliver("focus", "reordered.csv", text.getvalue())
    (loaded,) = desk.load().new
    assert (loaded.rows, loaded.totals) == (7, {"USD": "99.004037500000"})
    assert any("columns that focus does not know: extra" in line for line in loaded.findings)


@pytest.mark.parametrize("kind", ["bom", "crlf", "semicolons", "gzip", "parquet"])
def test_the_same_rows_however_they_are_written(desk: Any, kind: str) -> None:
    import csv
    import gzip
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    sample = desk.sample("focus")["sample.csv"]
    rows = list(csv.reader(io.StringIO(sample.decode(), newline="")))
    if kind == "semicolons":
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerows(rows)
        content = text.getvalue().encode()
    elif kind == "parquet":
        nulls = {"", "NULL", "(null)"}
        columns = {name: [None if row[n] in nulls else row[n] for row in rows[1:]] for n, name in enumerate(rows[0])}
        doubles = {
            name: [None if v is None else float(v) for v in columns[name]] for name in ("BilledCost", "ListCost")
        }
        tags = [[("project", "atlas")] if value and "atlas" in value else None for value in columns["Tags"]]
        table = pa.table({**columns, **doubles, "Tags": pa.array(tags, pa.map_(pa.string(), pa.string()))})
        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        content = buffer.getvalue()
    else:
        content = {
            "bom": b"\xef\xbb\xbf" + sample,
            "crlf": sample.replace(b"\n", b"\r\n"),
            "gzip": gzip.compress(sample),
        }[kind]
    desk.deliver("focus", "export", content)
    (loaded,) = desk.load().new
    assert (loaded.rows, loaded.totals) == (7, {"USD": "99.004037500000"})
    (september,) = desk.books.lake.glob("charges/source=focus/period=2026-09/*.parquet")
    assert pq.read_table(september)["Tags"].to_pylist()[0] == '{"project":"atlas"}'


def test_a_link_out_of_landing_is_refused_unread(desk: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(desk.sample("focus")["sample.csv"])
    folder = desk.books.landing / "focus" / "acme"
    folder.mkdir(parents=True)
    (folder / "link.csv").symlink_to(secret)
    (desk.books.landing / "openai_costs").symlink_to(tmp_path)
    desk.deliver(SOURCE, "2026-09-06T0600Z", {**desk.sample(SOURCE)})
    (desk.books.landing / SOURCE / "acme" / "pages").mkdir()
    (desk.books.landing / SOURCE / "acme" / "pages" / "page-0001.json").symlink_to(secret)
    report = desk.load()
    assert len(report.new) == 1
    assert len([line for line in report.errors if "link that leads out of landing" in line]) == 2
    assert any(line.startswith("openai_costs: ") for line in report.errors)
    kept = b"".join(desk.files("archive", "quarantine").values())
    assert b"111122223333" not in kept
    assert states(desk.load()) == states(report) | {f"{SOURCE}/acme/2026-09-06T0600Z": "already in"}


def test_an_unknown_source_is_quarantined_with_the_cure(desk: Any) -> None:
    desk.deliver("opanai_costs", "export.json", b"{}")
    desk.deliver(SOURCE, "2026-09-06T0600Z", desk.sample(SOURCE))
    report = desk.load()
    assert len(report.new) == 1
    assert any("there is no source opanai_costs" in line and "tokenbooks sources" in line for line in report.errors)
    assert (next(desk.books.quarantine.iterdir()) / "export" / "export.json").read_bytes() == b"{}"


def test_a_file_outside_source_and_account_is_refused(desk: Any) -> None:
    (desk.books.landing / "bill.csv").write_bytes(b"a,b\n1,2\n")
    report = desk.load()
    assert "move it to landing/<source>/<account>/" in report.errors[0]
    assert (desk.books.landing / "bill.csv").exists()


def test_a_pipe_is_refused_and_not_waited_for(desk: Any) -> None:
    path = desk.deliver("focus", "x.csv", b"")
    path.unlink()
    os.mkfifo(path)
    assert "not a regular file" in desk.load().errors[0]


def test_a_refused_export_is_tried_again_only_when_it_can_end_otherwise(desk: Any) -> None:
    sample = desk.sample("focus")["sample.csv"]
    path = desk.deliver("focus", "2026-09.csv", sample.replace(b"BilledCost", b"Billed", 1))
    first = desk.load()
    before = desk.files("archive", "quarantine", "evidence")
    second = desk.load()
    assert first.errors == second.errors
    assert states(first) == states(second) == {"focus/acme/2026-09.csv": "refused"}
    assert desk.files("archive", "quarantine", "evidence") == before
    path.write_bytes(sample)
    assert states(desk.load()) == {"focus/acme/2026-09.csv": "loaded"}


def test_a_refused_export_is_tried_again_under_a_new_definition(desk: Any, tmp_path: Path) -> None:
    import shutil

    from ingestion import sources

    desk.deliver("focus", "2026-09.csv", desk.sample("focus")["sample.csv"].replace(b",ServiceName,", b",Service,", 1))
    (refused,) = desk.load().deliveries
    root = shutil.copytree(sources()["focus"].folder.parent, tmp_path / "sources")
    definition = root / "focus" / "source.yml"
    told = definition.read_text()
    assert "ServiceName: {required: true}" in told
    definition.write_text(told.replace("ServiceName: {required: true}", "ServiceName: {}"))
    (loaded,) = desk.load(known=sources(root)).new
    assert loaded.load_id == refused.load_id
    assert not (desk.books.quarantine / loaded.load_id).exists()


def test_an_unexpected_error_is_reported_and_not_held_against_the_export(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.deliver("focus", "2026-09.csv", desk.sample("focus")["sample.csv"])
    desk.deliver(SOURCE, "2026-09-06T0600Z", desk.sample(SOURCE))
    import pipeline.take

    real = pipeline.take.load_export

    def full_disk(parts: Any, source: Any, *rest: Any) -> Any:
        if source.id == "focus":
            raise OSError(28, "No space left on device")
        return real(parts, source, *rest)

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.take.load_export", full_disk)
        report = desk.load()
    assert sorted(states(report).values()) == ["failed", "loaded"]
    assert "No space left" in report.errors[0]
    assert not desk.files("quarantine")
    assert len(desk.load().new) == 1
