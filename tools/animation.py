"""Record the stepper of chapter 02 as the README's animated picture.

    python start.py animation

It opens the chapter in a real JupyterLab, runs it, walks through the tour and the
eighteen steps, and writes docs/chapter-02.gif. Record it anew when the stepper looks
different.
"""

import argparse
import io
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import find_chromium, lab, open_notebook, run_all  # noqa: E402

CHAPTER = "02-worked-example.ipynb"
PICTURE = ROOT / "docs" / "chapter-02.gif"
FIRST, EACH, LAST = 2000, 1200, 3000  # milliseconds that a step is seen


def record(page):
    """Return the stepper at every step, as images."""
    stepper = page.locator(".nnteach-live[aria-label='one round']")
    stepper.evaluate("e => e.scrollIntoView()")
    slider = stepper.get_by_role("slider")
    shown = []
    for _ in range(int(slider.get_attribute("max")) + 1):
        page.wait_for_function("!document.querySelector('[aria-busy=true]')")
        shown.append(Image.open(io.BytesIO(stepper.screenshot())))
        stepper.get_by_role("button", name="on").click()
    size = max(image.width for image in shown), max(image.height for image in shown)
    paper = [Image.new("RGB", size, "white") for _ in shown]
    for sheet, image in zip(paper, shown, strict=True):
        sheet.paste(image)
    return paper


def main():
    """Record the animation and say how large it is."""
    argparse.ArgumentParser(prog="start.py animation").parse_args()
    chromium = find_chromium()
    if not chromium:
        raise SystemExit("The animation needs Chromium; there is none here.")
    with lab(chromium, CHAPTER, height=800) as page:
        open_notebook(page, CHAPTER)
        run_all(page)
        page.locator(".nnteach-live svg").first.wait_for()
        shown = [image.quantize(32, dither=0) for image in record(page)]
    times = [FIRST, *[EACH] * (len(shown) - 2), LAST]
    shown[0].save(
        PICTURE, save_all=True, append_images=shown[1:], duration=times, loop=0
    )
    print(f"{PICTURE.name}: {len(shown)} steps, {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
