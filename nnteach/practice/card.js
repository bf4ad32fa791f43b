// A prediction card in the page: a question, a guess, and then the answer beside it.
//
// live    anywidget calls `render`; the kernel only counts, it need not be there
// alone   `startAll` finds cards in a document
//
// What is said of a guess is what card.py says: the tests compare the two.

const SVG = "http://www.w3.org/2000/svg", WIDE = 440, HIGH = 260;
const FRAME = { left: 56, right: 410, top: 28, bottom: 216 };

// As nnteach.rounding.show.
function show(value, digits = 4) {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) {
    return (value || 0).toLocaleString("en-US").replace("-", "−");
  }
  const [mantissa, power] = value.toExponential(digits - 1).split("e").map(Number);
  let text = String(Number(value.toPrecision(digits)));
  if (power < -4 || power >= digits) {
    const two = String(Math.abs(power)).padStart(2, "0");
    text = `${mantissa}e${power < 0 ? "-" : "+"}${two}`;
  }
  return text.replaceAll("-", "−");
}

// The number in a text, or null. A comma is a decimal one, but for 1,000 and the like.
function numberIn(text) {
  let plain = text.replace(/\s/g, "").replace("−", "-");
  if (/^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(plain)) plain = plain.replaceAll(",", "");
  plain = plain.replace(",", ".");
  return plain && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

function add(parent, tag, properties = {}, text = "") {
  const element = parent.appendChild(document.createElement(tag));
  Object.assign(element, properties);
  text.split(/`([^`]+)`/).forEach((part, k) => {
    if (k % 2) add(element, "code").textContent = part;
    else if (part) element.append(part);
  });
  return element;
}

function button(parent, text, onclick) {
  return add(parent, "button", { type: "button", onclick }, text);
}

// ----------------------------------------------- the kinds: how a guess is made, judged
// Each returns { get, set }: get() is the guess, or a text that says what is missing.

const KINDS = {
  choice(view, box) {
    const { choices } = view.spec;
    const radios = choices.map(({ text }) => {
      const label = add(box, "label", { className: "nnteach-card-choice" });
      const radio = add(label, "input", { type: "radio", name: view.id });
      add(label, "span", {}, text);
      return radio;
    });
    return {
      get() {
        const chosen = radios.findIndex((radio) => radio.checked);
        return chosen < 0 ? "Choose one first." : chosen;
      },
      set: (guess) => radios.forEach((radio, k) => (radio.checked = k === guess)),
    };
  },

  number(view, box) {
    const label = add(box, "label", { className: "nnteach-card-row" }, "Your number");
    // Not type="number": such a field leaves out what its language does not write, and
    // makes 05 of 0,5.
    const input = add(label, "input", { type: "text", inputMode: "decimal", autocomplete: "off" });
    input.onkeydown = (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // or the key presses the button that has the focus then
      view.commit();
    };
    return {
      get: () => numberIn(input.value) ?? "Give a number first, such as 0.25.",
      set: (guess) => (input.value = guess ?? ""),
    };
  },

  order(view, box) {
    const { lines } = view.spec;
    let chosen = [];
    add(box, "p", { className: "nnteach-card-head" }, "Lines to choose from");
    const pool = add(box, "ul");
    add(box, "p", { className: "nnteach-card-head" }, "Your order");
    const list = add(box, "ol");
    const draw = (focus) => {
      pool.replaceChildren();
      list.replaceChildren();
      const row = (parent, k, names) => {
        const item = add(parent, "li");
        names.forEach(([name, does]) => {
          const one = button(item, name, does);
          one.setAttribute("aria-label", `${name}: ${lines[k].replaceAll("`", "")}`);
          view.catchKeys(one);
          if (focus && focus[0] === k && focus[1] === name) one.focus();
        });
        add(item, "span", {}, lines[k]);
      };
      lines.forEach((_, k) => {
        if (!chosen.includes(k)) row(pool, k, [["add", () => change([...chosen, k], k, "remove")]]);
      });
      chosen.forEach((k, n) => {
        const moved = (to) => {
          const others = chosen.filter((other) => other !== k);
          return [...others.slice(0, to), k, ...others.slice(to)];
        };
        row(list, k, [
          ["up", () => change(moved(Math.max(0, n - 1)), k, "up")],
          ["down", () => change(moved(n + 1), k, "down")],
          ["remove", () => change(chosen.filter((other) => other !== k), k, "add")],
        ]);
      });
      if (!chosen.length) add(list, "li", { className: "nnteach-card-none" }, "Nothing here yet.");
    };
    const change = (next, k, name) => {
      chosen = next;
      draw([k, name]);
    };
    draw();
    return {
      get: () => (chosen.length ? chosen : "Add the lines first, in your order."),
      set(guess) {
        chosen = guess ?? [];
        draw();
      },
    };
  },

  curve(view, box) {
    const { at, limits: [low, high], labels: [across, up] } = view.spec;
    const value = (k) => low + (high - low) * (Number(inputs[k].value) / 100);
    let moved = false;
    const draw = (k) => {
      if (k !== undefined) moved = true;
      inputs.forEach((input, j) => {
        const text = show(value(j), 3);
        input.setAttribute("aria-valuetext", text);
        input.nextSibling.textContent = text;
      });
      plot(svg, view.spec, inputs.map((_, j) => value(j)), view.state.shown);
    };
    const svg = box.appendChild(document.createElementNS(SVG, "svg"));
    const inputs = at.map((x, k) => {
      const label = add(box, "label", { className: "nnteach-card-row" });
      add(label, "span", {}, `${up} at ${across} ${x}`);
      const input = add(label, "input", { type: "range", min: 0, max: 100, value: 50 });
      // Not an <output>, which would speak at every step: the slider itself does.
      add(label, "span", { ariaHidden: "true" });
      input.oninput = () => draw(k);
      return input;
    });
    // The mouse draws: the point nearest to it goes where it is.
    svg.onpointermove = svg.onpointerdown = (event) => {
      if (view.state.shown || !(event.buttons & 1)) return;
      const place = svg.getBoundingClientRect(), scale = WIDE / place.width;
      const x = (event.clientX - place.x) * scale, y = (event.clientY - place.y) * scale;
      const share = (FRAME.bottom - y) / (FRAME.bottom - FRAME.top);
      const k = Math.round(((x - FRAME.left) / (FRAME.right - FRAME.left)) * (at.length - 1));
      const nearest = Math.max(0, Math.min(at.length - 1, k));
      inputs[nearest].value = Math.round(100 * share);
      draw(nearest);
    };
    return {
      get: () => (moved ? inputs.map((_, k) => value(k)) : "Draw the curve first: move its points."),
      set(guess) {
        moved = Boolean(guess);
        inputs.forEach((input, k) => {
          input.value = guess ? Math.round((100 * (guess[k] - low)) / (high - low)) : 50;
        });
        draw();
      },
    };
  },
};

function plot(svg, spec, mine, shown) {
  const { at, answer, limits: [low, high], labels: [across, up], ends } = spec;
  const { left, right, top, bottom } = FRAME;
  const X = (k) => left + ((right - left) * k) / (at.length - 1);
  const Y = (y) => bottom - ((bottom - top) * (y - low)) / (high - low);
  const draw = (tag, attributes, text = "") => {
    const element = svg.appendChild(document.createElementNS(SVG, tag));
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.textContent = text.replaceAll("`", "");
  };
  const line = (ys, colour, dash, mark) => {
    const points = ys.map((y, k) => `${X(k)},${Y(y)}`).join(" ");
    draw("polyline", { points, fill: "none", stroke: colour, "stroke-width": 3, "stroke-dasharray": dash });
    ys.forEach((y, k) => mark(X(k), Y(y), colour));
  };
  const dot = (cx, cy, fill) => draw("circle", { cx, cy, r: 7, fill });
  const square = (x, y, fill) => draw("rect", { x: x - 6, y: y - 6, width: 12, height: 12, fill });
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${up} by ${across}: the points below, drawn`);
  draw("path", { d: `M${left} ${top}V${bottom}H${right}`, fill: "none", stroke: "#000" });
  draw("text", { x: left - 6, y: top + 10, "text-anchor": "end" }, ends[1]);
  draw("text", { x: left - 6, y: bottom, "text-anchor": "end" }, ends[0]);
  at.forEach((x, k) => draw("text", { x: X(k), y: bottom + 18, "text-anchor": "middle" }, x));
  draw("text", { x: right, y: bottom + 38, "text-anchor": "end" }, across);
  draw("text", { x: left, y: top - 12 }, up); // above all points
  const guessed = shown !== "anyway", solved = Boolean(shown);
  if (guessed) line(mine, "#0072B2", "7 5", dot);
  if (solved) line(answer, "#D55E00", "", square);
  const legend = [guessed && "● yours", solved && "■ what it is"].filter(Boolean).join("   ");
  draw("text", { x: left, y: bottom + 38 }, legend);
}

// What is wrong with a guess: [code, message], or null.
const JUDGED = {
  choice({ choices, right }, guess) {
    return guess === right ? null : [choices[guess].code, choices[guess].why];
  },

  number({ answer, within, wrong }, guess) {
    if (Math.abs(guess - answer) <= within) return null;
    const known = wrong.find(({ value }) => Math.abs(guess - value) <= within);
    if (known) return [known.code, known.why];
    if (Math.abs(guess + answer) <= within) return ["wrong-sign", "The size is right, the sign is not."];
    if (guess * answer < 0) return ["", "The sign is not right, and the size is not either."];
    const ratio = answer ? guess / answer : 1;
    const times = (factor) => show(factor >= 100 ? Math.floor(factor + 0.5) : factor, 3);
    if (ratio >= 1.5 && ratio < Infinity) return ["scaled", `Your number is ${times(ratio)} times the right one.`];
    if (ratio > 0 && ratio <= 1 / 1.5 && 1 / ratio < Infinity) {
      return ["scaled", `The right number is ${times(1 / ratio)} times yours.`];
    }
    const size = guess > answer ? "too large" : "too small";
    return ["", `Your number is ${size} by ${show(Math.abs(guess - answer), 3)}.`];
  },

  order({ lines, right, before, wrong, swapped }, guess) {
    const lineIn = guess.find((k) => wrong[k]);
    if (lineIn !== undefined) return [wrong[lineIn].code, `${lines[lineIn]}: ${wrong[lineIn].why}`];
    if (guess.length < right.length) {
      return ["missing", `${right.length} lines belong there, and you have ${guess.length}.`];
    }
    const place = (k) => guess.indexOf(k);
    const known = swapped.find(({ first, then }) => place(first) < place(then));
    if (known) return [known.code, known.why];
    for (const late of guess) {
      for (const early of guess.slice(0, place(late))) {
        if (before.some(([a, b]) => a === late && b === early)) {
          return ["order", `${lines[late]} has to come before ${lines[early]}.`];
        }
      }
    }
    return null;
  },

  curve({ answer, at, within }, guess) {
    const off = answer.map((y, k) => Math.abs(guess[k] - y)), most = Math.max(...off);
    if (most <= within) return null;
    const way = (step) => {
      if (Math.abs(step) <= within / 2) return "stays nearly level";
      return step > 0 ? "rises" : "falls";
    };
    for (let k = 0; k < at.length - 1; k++) {
      const step = answer[k + 1] - answer[k], yours = guess[k + 1] - guess[k];
      const right = way(step), mine = way(yours);
      if (mine !== right && Math.abs(yours - step) > within) {
        return ["", `From ${at[k]} to ${at[k + 1]} the curve ${right}; yours ${mine}.`];
      }
    }
    return ["", `It goes up and down where it should; farthest off is ${at[off.indexOf(most)]}.`];
  },
};

// The guess and the answer side by side; without a guess the answer alone.
const SAID = {
  choice(box, { choices, right }, guess) {
    const it = choices[right].text, mine = choices[guess]?.text;
    if (mine === undefined) add(box, "p", {}, `It is “${it}”.`);
    else if (guess === right) add(box, "p", {}, `You said “${mine}”, and so it is.`);
    else add(box, "p", {}, `You said “${mine}”; it is “${it}”.`);
  },
  number(box, { text }, guess) {
    add(box, "p", {}, guess === null ? `It is ${text}.` : `You said ${show(guess, 6)}; it is ${text}.`);
  },
  order(box, { lines, right }, guess) {
    for (const [head, places] of [["You said:", guess], ["One right order:", right]]) {
      if (!places) continue;
      add(box, "p", {}, head);
      const list = add(box, "ol");
      places.forEach((k) => add(list, "li", {}, lines[k]));
    }
  },
  curve(box, { at, texts, labels: [across, up] }, guess) {
    const list = add(box, "ul");
    at.forEach((x, k) => {
      const mine = guess ? `you said ${show(guess[k], 3)}; it is ` : "";
      add(list, "li", {}, `${up} at ${across} ${x}: ${mine}${texts[k]}.`);
    });
  },
};

// ------------------------------------------------------------------------- the card

class View {
  constructor(model, el) {
    Object.assign(this, { model, spec: model.get("_spec") });
    this.id = `nnteach-${Math.random().toString(36).slice(2)}`;
    this.root = add(el, "div", { className: "nnteach-card" });
    this.field = add(this.root, "fieldset");
    const asked = add(this.field, "legend");
    add(asked, "strong", {}, "Predict. ");
    add(asked, "span", {}, this.spec.question);
    this.guess = KINDS[this.spec.kind](this, this.field);
    const buttons = add(this.root, "div", { className: "nnteach-card-buttons" });
    this.say = button(buttons, "Commit", () => this.commit());
    this.anyway = button(buttons, "Show me anyway", () => this.save({ guess: null, shown: "anyway" }));
    this.again = button(buttons, "Start over", () => {
      this.save({ guess: null, shown: "" });
      this.say.focus();
    });
    this.told = add(this.root, "div", { role: "status", className: "nnteach-card-told" });
    if (this.spec.kind === "choice") this.votes();
    this.root.querySelectorAll("input, button").forEach(this.catchKeys);
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
    this.show();
  }

  // JupyterLab looks for this on the element that has the focus, and takes its keys
  // before anybody else hears of them.
  catchKeys(element) {
    element.dataset.lmSuppressShortcuts = "true";
  }

  get state() {
    return this.model.get("_state");
  }

  save(changes) {
    this.model.set("_state", { ...this.state, ...changes });
    try {
      this.model.save_changes();
    } catch {
      // There is no kernel that counts; the page has all it needs.
    }
  }

  commit() {
    const guess = this.guess.get();
    if (typeof guess === "string") this.told.replaceChildren(guess);
    else this.save({ guess, shown: "committed" });
  }

  show() {
    const { guess, shown } = this.state, { spec, told } = this;
    this.root.classList.toggle("nnteach-card-large", this.model.get("_large"));
    this.showVotes?.();
    if (shown === this.shown) return;
    const focused = this.root.contains(document.activeElement) && this.shown !== undefined;
    this.shown = shown;
    this.guess.set(guess);
    this.field.disabled = Boolean(shown);
    this.say.hidden = this.anyway.hidden = Boolean(shown);
    this.again.hidden = !shown;
    told.replaceChildren();
    if (!shown) return;
    const wrong = shown === "committed" ? JUDGED[spec.kind](spec, guess) : null;
    if (shown === "committed") {
      const code = wrong?.[0] ? ` (${wrong[0]})` : "";
      const line = add(told, "p");
      add(line, "span", { ariaHidden: "true" }, wrong ? "✗ " : "✓ ");
      add(line, "strong", {}, wrong ? `Not right${code}.` : "Right.");
    }
    SAID[spec.kind](told, spec, shown === "committed" ? guess : null);
    if (wrong) add(told, "p", {}, wrong[1]);
    add(told, "p", {}, spec.reason);
    if (focused) this.again.focus();
  }

  // For a class: the instructor types in how many hands went up.
  votes() {
    const part = add(this.root, "div", { className: "nnteach-card-votes" });
    const rows = ["before", "after"].map((when) => {
      const set = add(part, "fieldset");
      add(set, "legend", {}, `Votes ${when} the discussion`);
      return this.spec.choices.map(({ text }, k) => {
        const label = add(set, "label", { className: "nnteach-card-row" });
        add(label, "span", {}, text);
        const input = add(label, "input", { type: "number", min: 0, step: 1 });
        const track = add(label, "span", { className: "nnteach-card-track" });
        const bar = add(track, "span", { className: `nnteach-card-${when}` });
        input.oninput = () => {
          const { votes } = this.state;
          const counted = this.spec.choices.map((_, j) => votes[when]?.[j] ?? 0);
          counted[k] = Math.max(0, Math.floor(Number(input.value)) || 0);
          this.save({ votes: { ...votes, [when]: counted } });
        };
        return { when, k, input, bar };
      });
    }).flat();
    this.showVotes = () => {
      const { votes } = this.state, most = Math.max(1, ...Object.values(votes).flat());
      for (const { when, k, input, bar } of rows) {
        const count = votes[when]?.[k] ?? 0;
        if (input !== document.activeElement) input.value = count || "";
        bar.hidden = !count;
        bar.style.width = `${(100 * count) / most}%`;
      }
    };
  }
}

function render({ model, el }) {
  const view = new View(model, el), show = () => view.show();
  const names = ["change:_state", "change:_large"];
  for (const name of names) model.on(name, show);
  return () => {
    for (const name of names) model.off(name, show);
    view.root.remove();
  };
}

function startAll() {
  for (const el of document.querySelectorAll(".nnteach-card-alone:not([data-ready])")) {
    const state = JSON.parse(el.querySelector("script").textContent), heard = [];
    const model = {
      get: (name) => state[name],
      set(name, value) {
        state[name] = value;
        heard.forEach((tell) => tell());
      },
      on: (name, tell) => heard.push(tell),
      save_changes() {},
    };
    el.replaceChildren();
    render({ model, el });
    el.dataset.ready = "true";
  }
}

export default { render };
