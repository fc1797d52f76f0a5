"""Public tools to measure beside, in fixed versions, installed into a place that the benchmark removes."""

import subprocess
from pathlib import Path

from benchmarks.measure import BenchmarkFailed

TOKSCALE = "@tokscale/cli-linux-x64-gnu@4.17.0"  # the package of the platform, which carries the program itself
CCUSAGE = ("ccusage@20.0.24", "@ccusage/ccusage-linux-x64@20.0.24")
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
