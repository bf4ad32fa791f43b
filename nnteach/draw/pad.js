// A pad to draw a digit on, which a trained network reads at every stroke, in the page.
//
// live    anywidget calls `render`; the kernel only hears what is drawn
// alone   `startAll` finds pads in a document
//
// A drawing is a list of strokes, a stroke a list of points [x, y] from 0 to 1.

const SVG = "http://www.w3.org/2000/svg", SPEAK = 600, SAVE = 150;
const SIDE = 8, DOTS = 32, HIGH = 28, WIDE = 13, INK = 313; // as in the data: see shrink
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const GRID = 16; // places of the cursor across and down

// ------------------------------------------------- what the network computes, and sees

const softmax = (z) => {
  const powers = z.map((value) => Math.exp(value - Math.max(...z)));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};

// forward_propagation for one example: the activations of all layers, the input first.
function forward(layers, x) {
  const activations = [x];
  layers.forEach(({ W, b }, l) => {
    const z = W.map((row, j) => row.reduce((sum, w, i) => sum + w * x[i], b[j]));
    x = l < layers.length - 1 ? z.map((value) => Math.max(0, value)) : softmax(z);
    activations.push(x);
  });
  return activations;
}

// The drawing as the data set has its digits: 32 x 32 dots, the digit as high as all of
// them and about 20 wide, in the middle (the line's own width is to be added to HIGH and
// WIDE). Then 313 dots have ink, as they have on average: those nearest to the line. Each
// block of 4 x 4 dots makes one pixel.
function shrink(strokes) {
  const points = strokes.flat(), pixels = Array(SIDE * SIDE).fill(0);
  if (!points.length) return pixels;
  const [x, y] = [0, 1].map((k) => {
    const along = points.map((point) => point[k]);
    const low = Math.min(...along), high = Math.max(...along);
    return { middle: (low + high) / 2, size: Math.max(high - low, 1e-9) };
  });
  const across = Math.min(WIDE / x.size, HIGH / y.size); // a narrow 1 stays narrow
  const down = Math.min(HIGH / y.size, 2 * across);
  const move = ([px, py]) => [
    DOTS / 2 + across * (px - x.middle), DOTS / 2 + down * (py - y.middle),
  ];
  const far = Array(DOTS * DOTS).fill(Infinity);
  for (const stroke of strokes) {
    const path = stroke.map(move);
    path.forEach((to, k) => {
      const [ax, ay] = path[Math.max(0, k - 1)], [dx, dy] = [to[0] - ax, to[1] - ay];
      const length = dx * dx + dy * dy || 1;
      for (let dot = 0; dot < far.length; dot++) {
        const px = (dot % DOTS) + 0.5 - ax, py = Math.floor(dot / DOTS) + 0.5 - ay;
        const along = Math.max(0, Math.min(1, (px * dx + py * dy) / length));
        far[dot] = Math.min(far[dot], (px - along * dx) ** 2 + (py - along * dy) ** 2);
      }
    });
  }
  const nearest = far.map((_, dot) => dot).sort((a, b) => far[a] - far[b]).slice(0, INK);
  const block = DOTS / SIDE;
  for (const dot of nearest) {
    const row = Math.floor(dot / DOTS / block), column = Math.floor((dot % DOTS) / block);
    pixels[SIDE * row + column] += 1 / block ** 2;
  }
  return pixels;
}


// ------------------------------------------------------------------------------ the pad

const unpack = (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Array.from(new Float32Array(bytes.buffer));
};

const percent = (p) => {
  if (p < 0.001) return "< 0.1 %";
  return p > 0.999 ? "> 99.9 %" : `${(100 * p).toFixed(1)} %`;
};

function add(parent, tag, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

function draw(parent, tag, attributes) {
  const element = parent.appendChild(document.createElementNS(SVG, tag));
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  return element;
}

// Squares in rows of 8, which `shade` then fills.
function squares(svg) {
  return Array.from({ length: SIDE * SIDE }, (_, k) =>
    draw(svg, "rect", { x: k % SIDE, y: Math.floor(k / SIDE), width: 1, height: 1, "shape-rendering": "crispEdges" }));
}

function shade(rects, pixels) {
  const grey = (ink) => Math.round(255 * (1 - ink));
  rects.forEach((rect, k) => rect.setAttribute("fill", `rgb(${Array(3).fill(grey(pixels[k]))})`));
}

class View {
  constructor(model, el) {
    Object.assign(this, { model, pen: false, at: [GRID / 2, GRID / 4], drawing: false });
    const { layers, examples } = model.get("_spec");
    this.examples = examples;
    this.layers = layers.map(({ W, b, columns }) => {
      const flat = unpack(W), bias = unpack(b);
      const row = (_, j) => flat.slice(j * columns, (j + 1) * columns);
      return { W: bias.map(row), b: bias };
    });
    this.root = add(el, "div", { className: "nnteach-pad", role: "group", ariaLabel: "A pad for digits" });
    const part = (title) => {
      const figure = add(parts, "figure");
      add(figure, "figcaption", { textContent: title });
      return figure;
    };
    const help = add(this.root, "p", { id: `nnteach-${Math.random().toString(36).slice(2)}` });
    help.textContent = "Draw with the mouse or a finger. By keyboard: the arrow keys move "
      + "the pen, Space lowers or lifts it, Delete clears.";
    const parts = add(this.root, "div", { className: "nnteach-pad-parts" });
    this.surface(part("Draw a digit"), help.id);
    const shown = part("Input: 8 × 8 pixels");
    const given = draw(shown, "svg", { viewBox: "0 0 8 8", class: "nnteach-pad-given", role: "img" });
    given.setAttribute("aria-label", "The drawing as 8 by 8 pixels");
    this.given = squares(given);
    this.units = this.layers.slice(0, -1).map(({ b }, l) => this.layer(part(`Hidden layer ${l + 1}`), b.length));
    const list = add(part("Probability"), "ul");
    this.bars = this.layers.at(-1).b.map((_, digit) => {
      const row = add(list, "li");
      add(row, "span", { textContent: digit });
      const track = add(row, "span", { className: "nnteach-pad-track" });
      return { row, bar: add(track, "span"), text: add(row, "span", { className: "nnteach-pad-percent" }) };
    });
    this.answer = add(this.root, "p", { className: "nnteach-pad-answer" });
    this.spoken = add(this.root, "p", { className: "nnteach-pad-spoken", role: "status" });
    // JupyterLab looks for this on the element that has the focus, and takes its keys
    // before anybody else hears of them; slides listen to what comes out of here.
    for (const each of this.root.querySelectorAll("svg, button")) each.dataset.lmSuppressShortcuts = "true";
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
    this.show();
  }

  surface(figure, help) {
    const svg = draw(figure, "svg", { viewBox: "0 0 1 1", class: "nnteach-pad-surface", tabindex: 0, role: "application" });
    svg.setAttribute("aria-label", "Pad");
    svg.setAttribute("aria-describedby", help);
    this.old = squares(draw(svg, "g", { transform: `scale(${1 / SIDE})` }));
    this.line = draw(svg, "path", { class: "nnteach-pad-line" });
    this.cursor = draw(svg, "circle", { class: "nnteach-pad-cursor", r: 0.035 });
    const place = (event) => {
      const box = svg.getBoundingClientRect();
      const inside = (share) => Math.min(1, Math.max(0, Math.round(1000 * share) / 1000));
      return [inside((event.clientX - box.x) / box.width), inside((event.clientY - box.y) / box.height)];
    };
    svg.onpointerdown = (event) => {
      if (event.button) return;
      svg.setPointerCapture(event.pointerId);
      this.drawing = event.pointerId;
      this.begin(place(event));
    };
    svg.onpointermove = (event) => {
      if (this.drawing === event.pointerId) this.go(place(event));
    };
    svg.onpointerup = svg.onpointercancel = () => (this.drawing = false);
    svg.onkeydown = (event) => this.key(event);
    svg.onblur = () => this.lower(false);
    const buttons = add(figure, "div", { className: "nnteach-pad-buttons" });
    const button = (textContent, onclick) => add(buttons, "button", { type: "button", textContent, onclick });
    button("Clear", () => this.clear());
    if (this.examples.length) button("Next test digit", () => this.example());
  }

  // The units of a layer, in columns of eight.
  layer(figure, count) {
    const columns = Math.ceil(count / 8), across = 16 * columns, down = 16 * Math.min(8, count);
    const style = `width: ${1.28 * columns}em`; // it grows with the text
    const svg = draw(figure, "svg", { viewBox: `0 0 ${across} ${down}`, style, role: "img" });
    const circles = Array.from({ length: count }, (_, j) => {
      const place = { cx: 8 + 16 * (j % columns), cy: 8 + 16 * Math.floor(j / columns) };
      draw(svg, "circle", { ...place, r: 7, class: "nnteach-pad-unit" });
      return draw(svg, "circle", { ...place, r: 0, class: "nnteach-pad-lit" });
    });
    return { svg, circles };
  }

  get state() {
    return this.model.get("_drawing");
  }

  save(changes) {
    this.unsaved = { ...this.state, ...changes };
    this.model.set("_drawing", this.unsaved);
    clearTimeout(this.saving);
    this.saving = setTimeout(() => {
      this.unsaved = null;
      try {
        this.model.save_changes();
      } catch {
        // There is no kernel that hears it; the page has all it needs.
      }
    }, SAVE);
  }

  // The kernel repeats what it was told, maybe after the reader has drawn on.
  heard() {
    if (this.unsaved && this.unsaved !== this.state) this.model.set("_drawing", this.unsaved);
    else this.show();
  }

  stroke(strokes) {
    this.save({ strokes, pixels: shrink(strokes) });
  }

  begin(point) {
    this.stroke([...this.state.strokes, [point]]);
  }

  go(point) {
    const before = this.state.strokes.slice(0, -1), last = this.state.strokes.at(-1);
    if (!last) return this.begin(point);
    const [x, y] = last.at(-1);
    if (Math.hypot(point[0] - x, point[1] - y) > 0.012) this.stroke([...before, [...last, point]]);
  }

  clear() {
    this.lower(false);
    this.save({ strokes: [], pixels: Array(SIDE * SIDE).fill(0) });
  }

  example() {
    const example = (this.state.example + 1) % this.examples.length;
    this.save({ strokes: [], pixels: this.examples[example], example });
  }

  get point() {
    return this.at.map((place) => place / GRID);
  }

  lower(pen) {
    this.pen = pen;
    this.cursor.classList.toggle("nnteach-pad-down", pen);
  }

  key(event) {
    const step = KEYS[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (step) this.at = this.at.map((place, k) => Math.max(1, Math.min(GRID - 1, place + step[k])));
    if (step && this.pen) this.go(this.point);
    else if (event.key === " ") {
      this.lower(!this.pen);
      if (this.pen) this.begin(this.point);
    } else if (event.key === "Delete" || event.key === "Backspace") this.clear();
    else if (event.key === "Escape") this.lower(false);
    else if (!step) return;
    event.preventDefault();
    this.show();
  }

  show() {
    const { strokes, pixels } = this.state, empty = !pixels.some(Boolean);
    this.root.classList.toggle("nnteach-pad-large", this.model.get("_large"));
    this.cursor.setAttribute("cx", this.point[0]);
    this.cursor.setAttribute("cy", this.point[1]);
    this.line.setAttribute("d", strokes.map((points) => `M${points.join("L")}L${points.at(-1)}`).join(""));
    shade(this.old, strokes.length ? Array(SIDE * SIDE).fill(0) : pixels);
    shade(this.given, pixels);
    const [, ...found] = forward(this.layers, pixels), chances = found.pop();
    this.units.forEach(({ svg, circles }, l) => {
      const most = Math.max(...found[l]) || 1, active = found[l].filter((a) => a > 0).length;
      circles.forEach((circle, j) => circle.setAttribute("r", empty ? 0 : 7 * Math.sqrt(found[l][j] / most)));
      svg.setAttribute("aria-label", `${empty ? 0 : active} of ${circles.length} units are active`);
    });
    const order = chances.map((_, k) => k).sort((a, b) => chances[b] - chances[a]);
    this.bars.forEach(({ row, bar, text }, k) => {
      row.classList.toggle("nnteach-pad-most", !empty && k === order[0]);
      row.dataset.chance = empty ? "" : chances[k];
      bar.style.width = `${empty ? 0 : 100 * chances[k]}%`;
      text.textContent = empty ? "" : percent(chances[k]);
    });
    const said = ([k, ...rest]) => `${k} (${percent(chances[k])})${rest.length ? `, then ${said(rest)}` : ""}`;
    this.answer.textContent = empty ? "Nothing is drawn yet." : `The network reads: ${said(order.slice(0, 2))}.`;
    this.speakLater();
  }

  speakLater() {
    const [x, y] = this.at, where = `Pen ${this.pen ? "down" : "up"}, column ${x}, row ${y}.`;
    const keys = document.activeElement === this.line.parentNode && `${where} `;
    const text = `${keys || ""}${this.answer.textContent}`;
    const first = this.text === undefined; // nobody has drawn anything
    if (text === this.text) return;
    this.text = text;
    clearTimeout(this.speaking);
    if (!first) this.speaking = setTimeout(() => (this.spoken.textContent = text), SPEAK);
  }
}

function render({ model, el }) {
  const view = new View(model, el);
  const told = { "change:_drawing": () => view.heard(), "change:_large": () => view.show() };
  for (const name in told) model.on(name, told[name]);
  return () => {
    for (const name in told) model.off(name, told[name]);
    [view.speaking, view.saving].forEach(clearTimeout);
    view.root.remove();
  };
}

function startAll() {
  for (const el of document.querySelectorAll(".nnteach-pad-alone:not([data-ready])")) {
    const state = JSON.parse(el.querySelector("script").textContent), heard = {};
    const model = {
      get: (name) => state[name],
      set(name, value) {
        state[name] = value;
        heard[`change:${name}`]?.();
      },
      on: (name, tell) => (heard[name] = tell),
      save_changes() {},
    };
    el.replaceChildren();
    render({ model, el });
    el.dataset.ready = "true";
  }
}

export default { render };
