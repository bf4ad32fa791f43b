import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]  # `import start`, `import links`

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


@pytest.fixture(scope="session")
def chromium():
    """The path of the system's Chromium; without one browser tests are skipped."""
    found = [path for path in map(shutil.which, BROWSERS) if path]
    found += [path for path in ELSEWHERE if Path(path).is_file()]
    if found:
        return found[0]
    message = "the browser tests need Chromium (Debian: sudo apt install chromium)"
    if os.environ.get("CI"):
        pytest.fail(message)
    return pytest.skip(message)
