"""What is looked at in the finished pages, by the tests and by `pages --audit`.

    validated(files)                        html-validate: the HTML itself
    with opened(browser, file) as page:     no other host can be reached
        axe(page)                           axe-core: what a screen reader meets
        moved(page)                         every explorer and card in another state
        too_wide(page)                      what does not fit the screen
        projected(page, least)              of a deck: every slide, also moved
        axe_on_slides(page)                 of a deck: axe-core with each slide shown

Each returns what is wrong as a list of texts.
"""

import json
import subprocess
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe

from web import npm

# The standard and accessibility; what else html-validate has are matters of taste.
RULES = ["html-validate:standard", "html-validate:a11y"]
VALIDATE = """
const [folder, rules, ...files] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { HtmlValidate, StaticConfigLoader } = require(folder);
const config = { root: true, extends: rules };
const validator = new HtmlValidate(new StaticConfigLoader(config));
(async () => {
  const found = [];
  for (const file of files) {
    const report = await validator.validateFile(file);
    for (const { messages } of report.results) {
      for (const { line, ruleId, message } of messages)
        found.push(`html-validate, line ${line}: ${ruleId}: ${message}`);
    }
  }
  process.stdout.write(JSON.stringify(found));
})();
"""
READY = """[...document.querySelectorAll(
    ".nnteach-alone, .nnteach-card-alone, .nnteach-pad-alone")]
    .every((each) => each.dataset.ready)
    && (!window.Reveal || document.documentElement.dataset.ready)"""
# `preload` would fetch the styles once more, which a file from a disk may not.
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}
SCREENS = ((1280, "light"), (360, "dark"))  # pixels, and the scheme of colours
MOVE = """() => {
    const last = (select) => (select.value = select.options[select.length - 1].value);
    for (const view of document.querySelectorAll(".nnteach-live")) {
        for (const row of view.querySelectorAll(".nnteach-control")) {
            const range = row.querySelector("input[type=range]");
            const select = row.querySelector("select:last-child");
            const told = (on, name) => on.dispatchEvent(new Event(name));
            if (range) (range.value = range.max), told(range, "input");
            else if (select) last(select), told(select, "change");
            else [...row.querySelectorAll("input")].at(-1).click();
        }
    }
    for (const button of document.querySelectorAll(".nnteach-card-buttons button"))
        if (button.textContent === "Show me anyway") button.click();
    for (const fold of document.querySelectorAll("details")) fold.open = true;
}"""
WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    const inBox = (each) => each !== document.body &&
        (getComputedStyle(each).overflowX !== "visible" || inBox(each.parentElement));
    const out = [...document.querySelectorAll("main *")].filter((each) =>
        each.getBoundingClientRect().right > wide + 1 && !inBox(each.parentElement));
    return out.slice(0, 5).map((each) => each.outerHTML.slice(0, 80));
}"""


def validated(files):
    """Return what html-validate has to say about these files."""
    asked = [str(npm.program("html-validate")), RULES, *map(str, files)]
    done = subprocess.run(
        [npm.tool("node"), "-e", VALIDATE],
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


@contextmanager
def opened(browser, file, width=1280, colours="light", height=900, query=""):
    """Yield a page with this file; `page.asked` and `page.said` hold what must not be.

    page.asked : addresses outside of the file's folder, which it does not get
    page.said : errors and warnings of the console
    """
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=colours
    )
    page.set_default_timeout(120_000)  # a busy computer is slow
    page.asked, page.said = [], []
    own = file.parent.as_uri()

    def route(route):
        url = route.request.url
        if url.startswith((own, "data:")):
            return route.continue_()
        page.asked.append(url)
        return route.abort()

    page.route("**/*", route)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on(
        "console",
        lambda line: line.type in ("error", "warning") and page.said.append(line.text),
    )
    try:
        page.goto(file.as_uri() + query)
        page.wait_for_function(READY)
        yield page
    finally:
        page.close()


def axe(page):
    """Return what axe-core finds in the page as it is shown now."""
    return [
        f"{found['id']}: {node['html'][:120]}"
        for found in Axe().run(page, options=AXE_OPTIONS).response["violations"]
        for node in found["nodes"]
    ]


def axe_version(browser):
    """Return the version of axe-core."""
    page = browser.new_page()
    version = Axe().run(page).response["testEngine"]["version"]
    page.close()
    return version


def moved(page):
    """Move every control to its end, show every card's answer, open what is folded."""
    page.evaluate(MOVE)
    page.wait_for_function("!document.querySelector('main [aria-busy=true]')")
    page.evaluate("new Promise(requestAnimationFrame)")


def too_wide(page):
    """Return what makes the page wider than the screen, the first few."""
    return page.evaluate(WIDE)


# Every slide of a deck in turn, as it opens and with everything moved. Left out: what
# is not seen, what a formula raises or lowers twice, exponents in pictures.
PROJECTED = """async ([moved, least]) => {
    const found = [], next = () => new Promise(requestAnimationFrame);
    const unseen = ".katex-mathml, .katex .vlist-s, .katex .size1, .nnteach-spoken, " +
        "aside, script, style, option";
    const hidden = (each) =>
        !each.checkVisibility({ visibilityProperty: true }) || each.closest(unseen);
    const outside = (box, room, by) =>
        box.right > room.right - by || box.left < room.left + by ||
        box.bottom > room.bottom - by || box.top < room.top + by;
    const full = (box) =>
        box.scrollHeight > box.clientHeight + 2 ||
        box.scrollWidth > box.clientWidth + 2;
    function sizeOf(own, scale) {  // on the screen
        const size = (each) => parseFloat(getComputedStyle(each).fontSize);
        const drawn = own.closest("text");
        if (!drawn) return size(own) * scale;
        const parts = [own, ...drawn.querySelectorAll("tspan")];
        const { a, b } = drawn.getScreenCTM();
        return Math.hypot(a, b) * Math.max(...parts.map(size));
    }
    function look(slide, when) {
        const room = slide.getBoundingClientRect(), scale = room.width / 1920;
        const say = (what, each) => found.push(
            `${slide.id}${when}: ${what}: ${each.textContent.trim().slice(0, 40)}`);
        const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const node = texts.currentNode, own = node.parentElement;
            const range = new Range();
            if (!node.textContent.trim() || hidden(own)) continue;
            range.selectNodeContents(node);
            if (outside(range.getBoundingClientRect(), room, 8)) say("cut off", node);
            const size = sizeOf(own, scale);
            if (size < least - 0.01) say(`${size.toFixed(1)} px`, node);
        }
        for (const box of slide.querySelectorAll(".nnteach-picture, pre, img, svg"))
            if (!hidden(box) && !box.closest(".katex") &&
                outside(box.getBoundingClientRect(), room, 0)) say("cut off", box);
        for (const box of slide.querySelectorAll(".body, .row > *"))
            if (full(box)) say("too full", box);
        for (const code of slide.querySelectorAll(".code pre"))
            if (code.textContent.trim().split("\\n").length > 15) say("too long", code);
        if (!slide.querySelector(".body > :not(aside)")) say("empty", slide);
    }
    for (let k = 0; k < Reveal.getTotalSlides(); k++) {
        Reveal.slide(k, 0, 99);
        await next();
        const slide = Reveal.getCurrentSlide();
        look(slide, "");
        if (!slide.querySelector(".nnteach-live, .nnteach-card")) continue;
        moved(slide);
        await next();
        look(slide, ", moved");
    }
    return found;
}"""


def projected(page, least):
    """Return what cannot be projected of the deck that a page shows.

    That is text or a picture that is cut off, text that is smaller than so many pixels
    on this screen, code of more than 15 lines, and a slide with nothing on it.
    """
    moved = MOVE.replace("() =>", "(document) =>", 1)  # of one slide
    script = PROJECTED.replace("[moved, least]", "[least]").replace(
        "moved(slide)", f"({moved})(slide)"
    )
    return page.evaluate(script, [least])


# axe walks through what is hidden too: the other slides are away while it does.
AXE_ON_SLIDES = """async (options) => {
    const found = [], slides = [...document.querySelectorAll(".slides > section")];
    for (let number = 0; number < slides.length; number++) {
        Reveal.slide(number, 0, 99);
        const gone = slides.filter((slide) => slide !== Reveal.getCurrentSlide());
        const marks = gone.map((slide) => {
            const mark = document.createComment("");
            slide.replaceWith(mark);
            return mark;
        });
        const { violations } = await axe.run(options);
        marks.forEach((mark, k) => mark.replaceWith(gone[k]));
        for (const { id, nodes } of violations)
            for (const { html } of nodes)
                found.push(`slide ${number + 1}: ${id}: ${html.slice(0, 120)}`);
    }
    return found;
}"""


def axe_on_slides(page):
    """Return what axe-core finds on each slide of a deck in turn."""
    found = axe(page)  # which brings axe into the page
    return found + page.evaluate(AXE_ON_SLIDES, AXE_OPTIONS)


def walked_deck(browser, file):
    """Return what is wrong with a deck: each slide measured, and looked at by axe."""
    with opened(browser, file, 1280, height=720) as page:
        found = projected(page, 18) + axe_on_slides(page)
        found += [f"asked for {url}" for url in page.asked]
        return found + [f"console: {line}" for line in page.said]


def walked(browser, file):
    """Return what is wrong with a page: as it opens, and with everything moved."""
    found = validated([file])
    for width, colours in SCREENS:
        with opened(browser, file, width, colours) as page:
            if colours == "dark":
                moved(page)
            found += [f"{colours}: {each}" for each in axe(page)]
            moved(page)
            found += [f"{width} px: {each} is too wide" for each in too_wide(page)]
            found += [f"asked for {url}" for url in page.asked]
            found += [f"console: {line}" for line in page.said]
    return found


def audited(browser, folder, say=print):
    """Return for each page how much moves in it, and what is wrong with it."""
    report = {}
    for file in sorted(folder.glob("*.html")):
        with opened(browser, file) as page:
            counts = {
                "explorers": page.locator(".nnteach-live").count(),
                "cards": page.locator(".nnteach-card").count(),
                "formulas": page.locator(".katex").count(),
            }
        report[file.stem] = {**counts, "found": walked(browser, file)}
        say(f"{file.name}: {len(report[file.stem]['found'])} findings")
    return report
