import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]  # `import start`, `import links`

os.environ["NNTEACH_PROGRESS"] = ""  # kernels that the tests start inherit it too

from browser import find_chromium  # noqa: E402

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
