"""The benchmarks run and say something, at a thousandth of their size; their times are not judged here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_benchmarks_measure(tmp_path: Path) -> None:
    result, page = tmp_path / "figures.json", tmp_path / "page.md"
    page.write_text("before\n<!-- benchmarks:begin -->\nold\n<!-- benchmarks:end -->\nafter\n", "utf-8")
    measured = ["--only", "load,report,journal,expected,gateway", "--scale", "0.001", "--repeats", "1"]
    command = [sys.executable, "-m", "benchmarks", *measured]
    places = ["--place", str(tmp_path), "--json", str(result), "--into", str(page)]
    done = subprocess.run([*command, *places], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(result.read_text("utf-8"))
    assert len(figures) == 5
    assert all(figure["ratio"] > 0 and figure["limit"] > 0 for figure in figures)
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert all(figure["name"] in text for figure in figures)
    assert not list(tmp_path.glob("tokenbooks-bench-*")), "the data of the benchmarks were left behind"
