"""Run on books where everything is in already, beside asking for their status; and nothing may be written."""

from pathlib import Path

from benchmarks.measure import BenchmarkFailed, Figure, Timing, in_turn, timed, tokenbooks
from pipeline.beginning import begin

LIMIT = 1.5
RUNS_PER_REPEAT = 3  # each takes about a second


def measure(workplace: Path, _scale: float, repeats: int) -> Figure:
    """The sample company, run once before the clock starts."""
    home = workplace / "books"
    begin(home, sample=True, whole=False)
    timed(tokenbooks("run", "--books", home))
    before = _state(home)

    def again() -> Timing:
        timing = timed(tokenbooks("run", "--books", home))
        if changed := sorted(set(before.items()) ^ set(_state(home).items())):
            raise BenchmarkFailed(f"a second run wrote {', '.join(str(path) for path, _ in changed[:5])}")
        return timing

    ours, status = in_turn(RUNS_PER_REPEAT * repeats, again, lambda: timed(tokenbooks("status", "--books", home)))
    figure = Figure("run when every delivery is already in", ours, "tokenbooks status", status, LIMIT)
    figure.notes = [f"{len(before)} files of the books compared by inode, size and time: none written"]
    return figure


def _state(home: Path) -> dict[Path, tuple[int, int, int]]:
    """Inode, size and time of change of every file of the books."""
    files = (path for path in home.rglob("*") if path.is_file())
    return {path: (s.st_ino, s.st_size, s.st_mtime_ns) for path in files for s in [path.stat()]}
