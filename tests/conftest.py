import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]  # `import start`, `import links`

os.environ["NNTEACH_PROGRESS"] = ""  # kernels that the tests start inherit it too

from browser import browser, find_chromium  # noqa: E402

NO_NPM = "the pages need Node.js with npm (Debian: sudo apt install nodejs npm)"
MISSING = (
    "the browser tests need Chromium or Chrome (Debian: sudo apt install chromium; "
    "macOS: brew install --cask chromium; Windows: winget install Google.Chrome)"
)


@pytest.fixture(scope="session")
def chromium():
    """The path of the system's Chromium; without one browser tests are skipped."""
    found = find_chromium()
    if found is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    return found or pytest.skip(MISSING)


@pytest.fixture(scope="module")
def started(chromium):
    """A browser for the tests of one file."""
    with browser(chromium) as running:
        yield running


@pytest.fixture(scope="session")
def npm():
    """Node.js and npm, for the pages; without them their tests are skipped."""
    if not (shutil.which("npm") and shutil.which("node")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_NPM)
