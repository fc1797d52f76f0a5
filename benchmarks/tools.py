"""Public tools to measure beside, in fixed versions, installed into a place that the benchmark removes."""

import subprocess
import venv
from pathlib import Path

from benchmarks.measure import BenchmarkFailed

TOKSCALE = "@tokscale/cli-linux-x64-gnu@4.17.0"  # the package of the platform, which carries the program itself
CCUSAGE = ("ccusage@20.0.24", "@ccusage/ccusage-linux-x64@20.0.24")
# It names no versions of what it stands on, and starts with none of today's.
FOCUS_CONVERTER = ("focus-converter==1.0.0", "multimethod==1.11.2", "click==8.1.8", "polars==0.20.10", "pandas==2.3.3")
NO_NETWORK = {
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "TOKSCALE_PRICING_CACHE_ONLY": "1",
}


def node_tools(place: Path) -> Path:
    """The folder of the packages of tokscale and ccusage, installed below `place`. Raises BenchmarkFailed."""
    command = [
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefix",
        str(place),
        TOKSCALE,
        *CCUSAGE,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkFailed(f"npm could not install {TOKSCALE}:\n{done.stderr[-2000:]}")
    return place / "node_modules"


def focus_converter(place: Path) -> Path:
    """The program focus-converter, in an environment of its own below `place`. Raises BenchmarkFailed."""
    venv.create(place, with_pip=True)
    command = [str(place / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    done = subprocess.run([*command, *FOCUS_CONVERTER], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkFailed(f"pip could not install {FOCUS_CONVERTER[0]}:\n{done.stderr[-2000:]}")
    return place / "bin" / "focus-converter"
