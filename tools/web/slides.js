"use strict";

// Cuts a chapter into slides that fit, then starts reveal.js.
//
// The file holds one <section> for each heading, with everything below it. Only the
// browser knows how tall that is, with the fonts of the computer that projects. So it
// is cut here, in pixels of a slide of 1920 x 1080, which reveal.js scales as a whole:
// what fits now fits on every screen.

const SMALLEST = 27; // px of the slide: 18 px on a screen of 1280 x 720
const LARGEST = 40; // px that text in a picture may grow to
const WORDS = ".head, .of"; // what is not cut
const stage = document.getElementById("stage");

function make(tag, className, ...inside) {
  const made = Object.assign(document.createElement(tag), { className });
  made.append(...inside);
  return made;
}

const tall = (body) => body.scrollHeight > body.clientHeight + 1;
const wide = (body) => body.scrollWidth > body.clientWidth + 1;
// A column of a slide must hold what is in it: else it would lie on its neighbour.
const fits = (body) => !tall(body) && !wide(body) && ![...body.querySelectorAll(".row > *")].some(wide);

// ------------------------------------------------------------------------- pictures

// The width at which the smallest text of a picture has this size.
function widthFor(svg, size) {
  const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
  const sizes = texts.map((text) => {
    const { a, b } = text.getCTM(), parts = [...text.querySelectorAll("tspan")];
    // Of a formula the largest counts: an exponent may be smaller.
    const all = (parts.length ? parts : [text]).map((part) => parseFloat(getComputedStyle(part).fontSize));
    return Math.hypot(a, b) * Math.max(...all);
  });
  const own = svg.getBoundingClientRect().width;
  return texts.length ? (own * size) / Math.min(...sizes) : 0.6 * svg.closest(".body").clientWidth;
}

// As large as it has to be, until it is known how much room is left.
function least(body) {
  for (const svg of body.querySelectorAll(".nnteach-picture > svg")) {
    svg.dataset.least ??= widthFor(svg, SMALLEST);
    size(svg, Number(svg.dataset.least));
  }
}

// The next frame of an explorer is another element: the size stands on what holds it.
const size = (svg, width) => svg.parentElement.style.setProperty("--wide", `${width}px`);

// All pictures of a slide grow together, as long as the slide holds them.
function grow(body) {
  const all = [...body.querySelectorAll(".nnteach-picture > svg")];
  if (!all.length) return;
  let low = 1, high = LARGEST / SMALLEST;
  const to = (factor) => {
    all.forEach((svg) => size(svg, factor * Number(svg.dataset.least)));
    keepRoom(body);
  };
  for (let turn = 0; turn < 6; turn++) {
    const middle = (low + high) / 2;
    to(middle);
    if (fits(body)) low = middle;
    else high = middle;
  }
  to(low);
}

// An explorer keeps room for its longest sentence.
function keepRoom(body) {
  for (const view of body.querySelectorAll(".nnteach-alone[data-longest]")) {
    const words = view.querySelector("figcaption"), now = words.textContent;
    words.style.minHeight = "";
    words.textContent = view.dataset.longest;
    const { height } = words.getBoundingClientRect();
    words.style.minHeight = `${height}px`;
    words.textContent = now;
  }
}

// ---------------------------------------------------------------------------- cards

const press = (card, name) => [...card.querySelectorAll("button")].find((each) => each.textContent === name && !each.hidden)?.click();

// Every way to answer that says something else.
function* answers(card, guesses) {
  const radios = [...card.querySelectorAll("input[type=radio]")];
  for (const radio of radios) yield () => radio.click();
  const number = card.querySelector(":scope > fieldset input[inputmode=decimal]");
  for (const guess of number ? [...guesses, 99999] : []) yield () => (number.value = guess);
  const lines = card.querySelectorAll("ul button").length;
  if (lines) yield () => { for (let k = 0; k < lines; k++) press(card, "add"); };
  const range = card.querySelector("input[type=range]");
  if (range) yield () => { range.value = 0; range.oninput(); };
}

// A card keeps room for the longest answer; its text shrinks if it must.
function keepAnswer(place, body) {
  const card = place.querySelector(".nnteach-card");
  const guesses = JSON.parse(place.dataset.guesses ?? "[]");
  for (const text of [34, 31, 29, SMALLEST]) {
    place.style.setProperty("--card", `${text}px`);
    place.style.minHeight = "";
    let most = place.offsetHeight;
    const measure = (answer, commit) => {
      answer();
      most = Math.max(most, place.offsetHeight);
      press(card, commit);
      most = Math.max(most, place.offsetHeight);
      press(card, "Start over");
    };
    for (const answer of answers(card, guesses)) measure(answer, "Commit");
    measure(() => {}, "Show me anyway");
    place.style.minHeight = `${most}px`;
    if (most <= body.clientHeight) break;
  }
  document.activeElement?.blur();
}

// -------------------------------------------------------------------------- cutting

// Two halves of a piece that is too tall: what fits, and the rest; or nothing.
function halves(piece, body) {
  const box = piece.matches("ul, ol") ? piece : piece.querySelector("pre, tbody, ul, ol");
  if (!box) return null;
  const code = box.matches("pre"), units = code ? lines(box) : [...box.children], moved = [];
  const show = () => box.replaceChildren(...(code ? between(units) : units));
  const rest = piece.cloneNode(true), restBox = box === piece ? rest : rest.querySelector(box.tagName);
  const away = () => moved.unshift(units.pop());
  show();
  body.append(piece);
  while (units.length && tall(body)) {
    away();
    show();
  }
  // Better between two paragraphs than inside of one.
  const blank = units.findLastIndex((unit) => !unit.textContent.trim());
  if (code && moved.length && blank > units.length / 2) while (units.length > blank) away();
  if (units.length < Math.min(3, moved.length)) while (units.length) away();
  show();
  piece.remove();
  if (!moved.length || !units.length) return restored(box, moved, code);
  while (code && !moved[0].textContent.trim()) moved.shift();
  if (box.matches("ol")) restBox.start = (box.start || 1) + units.length;
  restBox.replaceChildren(...(code ? between(moved) : moved));
  return [piece, rest];
}

function restored(box, units, code) {
  if (units.length) box.replaceChildren(...(code ? between(units) : units));
  return null;
}

// The lines of code as elements; Pygments lets no element reach over a line's end but
// for texts of several lines, which stay together.
function lines(pre) {
  const found = [make("span", "")];
  for (const node of [...pre.childNodes]) {
    if (node.nodeType !== Node.TEXT_NODE) {
      found.at(-1).append(node);
      continue;
    }
    node.textContent.split("\n").forEach((text, k) => {
      if (k) found.push(make("span", ""));
      found.at(-1).append(text);
    });
  }
  return found;
}

const between = (spans) => spans.flatMap((span, k) => (k ? ["\n", span] : [span]));

const row = (left, right) => make("div", "row", make("div", "", ...left), make("div", "", ...right));

class Cutter {
  constructor(section) {
    Object.assign(this, { section, pages: [] });
    this.heads = [...section.children].filter((each) => each.matches(WORDS));
    const rest = [...section.children].filter((each) => !each.matches(WORDS));
    const notes = rest.find((each) => each.matches("aside"))?.cloneNode(true);
    section.remove();
    this.open();
    rest.forEach((group) => this.add(group));
    this.pages.forEach((page) => this.close(page));
    // What the speaker reads stays while the slide is continued.
    if (notes) this.pages.slice(1).forEach((page) => page.append(notes.cloneNode(true)));
  }

  // A new slide, measured on the stage.
  open() {
    const heads = this.heads.map((each) => each.cloneNode(true));
    if (this.pages.length) heads.at(-1).append(make("span", "more", " (continued)"));
    const body = make("div", "body"), page = make("section", "slide", ...heads, body);
    const { id } = this.section;
    page.id = this.pages.length ? `${id}--${this.pages.length + 1}` : id;
    page.classList.toggle("title", this.section.matches(".title") && !this.pages.length);
    this.pages.push(page);
    stage.replaceChildren(page);
    this.body = body;
  }

  get empty() {
    return ![...this.body.children].some((each) => !each.matches("aside"));
  }

  tried(...pieces) {
    this.body.append(...pieces);
    least(this.body);
    keepRoom(this.body);
    for (const card of this.body.querySelectorAll(".nnteach-card-alone:not([style])")) keepAnswer(card, this.body);
    if (fits(this.body)) return true;
    pieces.forEach((piece) => piece.remove());
    return false;
  }

  // What a cell shows stands together if it can: one above the other, or side by side.
  together(pieces) {
    if (this.tried(...pieces)) return true;
    if (pieces.length < 2) return false;
    const [first, ...others] = pieces;
    return this.tried(row([first], others));
  }

  // Text and code to the left of a picture.
  beside(pieces) {
    const pictures = pieces.filter((piece) => piece.querySelector(".nnteach-picture > svg"));
    if (this.empty || pictures.length !== 1 || this.body.querySelector(".row, figure, .nnteach-card")) return false;
    const before = [...this.body.children], others = pieces.filter((piece) => piece !== pictures[0]);
    if (this.tried(row([...before, ...others], pictures))) return true;
    this.body.append(...before);
    return false;
  }

  add(group) {
    if (group.matches("aside")) return this.body.append(group);
    const pieces = [...group.children].filter((piece) => !piece.matches("aside"));
    const notes = [...group.children].filter((piece) => piece.matches("aside"));
    if (group.matches(".text")) pieces.forEach((piece) => this.addOne(piece));
    else if (!this.together(pieces) && !this.beside(pieces) && !this.afresh(pieces)) {
      pieces.forEach((piece) => this.addOne(piece));
    }
    this.body.append(...notes);
  }

  // On a slide of its own, if it fits there.
  afresh(pieces) {
    if (this.empty) return false;
    const before = this.body;
    this.open();
    if (this.together(pieces)) return true;
    this.pages.pop();
    stage.replaceChildren(this.pages.at(-1));
    this.body = before;
    return false;
  }

  // A last short paragraph, with smaller text, rather than a slide for it alone.
  tightly(piece) {
    const { classList } = this.pages.at(-1);
    if (!piece.matches("p") || piece.textContent.length > 200 || this.empty) return false;
    const was = classList.contains("tight");
    classList.add("tight");
    if (this.tried(piece)) return true;
    classList.toggle("tight", was);
    return false;
  }

  addOne(piece) {
    if (this.tried(piece) || this.tightly(piece) || this.afresh([piece])) return;
    const cut = halves(piece, this.body);
    if (cut) {
      this.body.append(cut[0]);
      this.open();
      this.addOne(cut[1]);
    } else if (!this.empty) {
      this.open();
      this.addOne(piece);
    } else if (piece.children.length > 1 && piece.matches(".fragment, blockquote")) {
      for (const each of [...piece.children]) {
        each.classList.toggle("fragment", piece.matches(".fragment"));
        this.addOne(each);
      }
    } else {
      this.pages.at(-1).classList.add("tight");
      if (!this.tried(piece)) this.body.append(piece); // the audit of the slides finds it
    }
  }

  close(page) {
    stage.replaceChildren(page);
    const body = page.querySelector(".body");
    least(body);
    grow(body);
    // What nothing precedes needs no click of its own.
    const first = [...body.children].find((each) => !each.matches("aside"));
    if (first?.matches(".fragment")) {
      for (const each of body.querySelectorAll(".fragment")) each.classList.remove("fragment");
    }
    page.remove();
  }
}

// ----------------------------------------------------------------------------- keys

const CONTROL = "input, button, select, summary, a[href], [contenteditable]";
const TURNS = { PageDown: () => Reveal.next(), PageUp: () => Reveal.prev() };

// Before anything else hears of them: a clicker turns the slide wherever the focus is.
function keys(event) {
  const { key, target } = event;
  const plain = !(event.ctrlKey || event.altKey || event.metaKey);
  if (TURNS[key] && plain) {
    event.preventDefault();
    event.stopImmediatePropagation();
    TURNS[key]();
  } else if (key === "Escape" && target.closest?.(`.slides :is(${CONTROL})`)) {
    event.stopImmediatePropagation();
    target.blur(); // and the arrows turn slides again
  }
}

async function start() {
  const sections = [...document.querySelectorAll("#source > section")];
  await document.fonts.ready;
  const slides = sections.flatMap((section) => new Cutter(section).pages);
  document.querySelector(".slides").append(...slides);
  stage.remove();
  addEventListener("keydown", keys, true);
  await Reveal.initialize({
    width: 1920, height: 1080, margin: 0, center: false, minScale: 0.1,
    hash: true, slideNumber: "c/t", transition: "none", backgroundTransition: "none",
    navigationMode: "linear", controls: true, controlsTutorial: false,
    pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1, scrollActivationWidth: null,
    // A focused button, link or list keeps its keys.
    keyboardCondition: (event) => !event.target.closest?.(`.slides :is(${CONTROL})`),
    plugins: [RevealNotes],
  });
  // The focus does not stay on a slide that is gone.
  Reveal.on("slidechanged", ({ previousSlide }) => {
    // What plays waits until the class is back.
    for (const each of previousSlide?.querySelectorAll("button") ?? []) if (each.textContent === "pause") each.click();
    if (previousSlide?.contains(document.activeElement)) document.activeElement.blur();
  });
  document.documentElement.dataset.ready = "true";
}

start();
