"""The statement in a real browser, from a file and without a network: it renders, and it prints."""

import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from pipeline.statement import write_statements

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1366,900",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # the page must be whole without any network
]


@pytest.fixture(scope="module")
def page(statement_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The statement of October as a file."""
    out = tmp_path_factory.mktemp("browser")
    write_statements(statement_warehouse, out, ["2026-10"])
    return out / "2026-10.html"


def browse(page: Path, tmp_path: Path, *options: str) -> str:
    """What Chromium prints about the page opened from its file."""
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    assert found, "no Chromium on PATH; install it (Debian: apt-get install -y chromium)"
    command = [found[0], *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *options, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def test_the_page_renders(page: Path, tmp_path: Path) -> None:
    """The title, every plot with its text, and every table are in the document that Chromium has built."""
    dom = browse(page, tmp_path, "--dump-dom")
    assert "<title>Cost statement October 2026</title>" in dom
    assert "Acme Robotics, Inc." in dom
    assert dom.count("<svg") == 12
    assert len(re.findall(r"<text[^>]*>[^<]*claude-opus-4-6", dom)) == 1
    assert dom.count("<table") > 20


def test_a_picture_of_it_is_not_blank(page: Path, tmp_path: Path) -> None:
    """A laptop's screenful has the size asked for and much more in it than an empty page."""
    picture = tmp_path / "page.png"
    browse(page, tmp_path, f"--screenshot={picture}")
    data = picture.read_bytes()
    assert struct.unpack(">II", data[16:24]) == (1366, 900)
    assert len(data) > 30_000


def test_it_prints(page: Path, tmp_path: Path) -> None:
    """Printing gives a PDF of a few pages, with the fonts that its text needs."""
    pdf = tmp_path / "page.pdf"
    browse(page, tmp_path, f"--print-to-pdf={pdf}")
    data = pdf.read_bytes()
    assert data.startswith(b"%PDF")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 20
    assert b"/Font" in data
