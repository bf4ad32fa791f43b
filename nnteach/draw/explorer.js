// An explorer in the page: its controls, its picture, and the frames it has.
//
// live    anywidget calls `render`; the page asks the kernel for the frames it lacks
// alone   `startAll` finds explorers in a document, with all their frames inside it
//
// A place is a list with one index for each control, and its key is that list as text.
// A frame is [svg, sentence], on its way and saved as base64 of deflated JSON.

const LATE = 150, PATIENT = 4000, SPEAK = 600, SAVE = 50; // milliseconds
const AT_ONCE = 16; // places in one question; a new question takes the place of the old

// One queue for each kernel, shared by all explorers of the page.
const queues = (globalThis[Symbol.for("nnteach")] ??= new Map());
const stores = new WeakMap(); // the frames that a model saves -> the store of its views

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const deflated = new Blob([bytes]).stream();
  const stream = deflated.pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

const apart = (a, b) => a.reduce((sum, place, k) => sum + Math.abs(place - b[k]), 0);
const placeOf = (key) => key.split(",").map(Number);

// Every place that lies this many steps from here.
function* around(here, sizes, steps, k = 0) {
  if (k === sizes.length) {
    if (steps === 0) yield [];
    return;
  }
  for (let step = 0; step <= steps; step++) {
    for (const place of step ? [here[k] + step, here[k] - step] : [here[k]]) {
      if (place < 0 || place >= sizes[k]) continue;
      for (const rest of around(here, sizes, steps - step, k + 1)) yield [place, ...rest];
    }
  }
}

// The frames of one explorer, for all its views.
class Store {
  constructor(model) {
    this.spec = model.get("_spec");
    this.sizes = this.spec.controls.map((control) => control.texts.length);
    this.views = new Set();
    this.live = undefined; // whether there is a kernel that can be asked, if known
    this.queue = queues.get(this.spec.kernel);
    if (!this.queue) queues.set(this.spec.kernel, (this.queue = new Queue()));
    this.empty(model);
  }

  empty(model) {
    if (this.saved === model.get("_frames")) { // the kernel sends only what it changed
      for (const key in this.saved) delete this.saved[key];
    }
    this.model = model;
    this.saved = model.get("_frames"); // changed in place: the kernel is not told
    this.generation = model.get("_generation");
    this.frames = new Map();
    this.failed = new Map();
    this.unpacking = new Set();
    this.pending = new Set(); // keys that the kernel was asked for
    this.size = 0;
    this.savedSize = Object.values(this.saved).reduce((sum, text) => sum + text.length, 0);
    for (const key in this.saved) this.open(key, this.saved[key]);
  }

  // A page may hold a model long after the kernel has closed it: not its frames too.
  forgetWith(model) {
    if (this.followed === model) return;
    this.followed = model;
    model.on?.("destroy", () => {
      this.frames.clear();
      for (const key in this.saved) delete this.saved[key];
    });
  }

  get place() {
    return this.spec.controls.map((control) => {
      const value = this.model.get(control.trait);
      if (!control.values) return value;
      const exact = control.values.indexOf(value);
      if (exact >= 0 || typeof value !== "number") return Math.max(exact, 0);
      const off = control.values.map((other) => Math.abs(other - value));
      return off.indexOf(Math.min(...off));
    });
  }

  get key() {
    return this.place.join();
  }

  get visible() {
    return [...this.views].some((view) => view.visible);
  }

  // A frame that was dropped from memory may still be in what is saved.
  get(key) {
    if (!this.frames.has(key) && this.saved[key]) this.open(key, this.saved[key]);
    return this.frames.get(key);
  }

  async open(key, packed) {
    if (this.unpacking.has(key)) return;
    this.unpacking.add(key);
    const { generation } = this;
    const frame = await unpack(packed);
    if (generation !== this.generation) return;
    this.unpacking.delete(key);
    this.keep(key, frame);
    if (key === this.key) this.show();
  }

  keep(key, frame) {
    this.frames.set(key, frame);
    this.size += frame[0].length;
    const here = this.place;
    while (this.size > this.spec.page && this.frames.size > 1) {
      const [far] = farthest(this.frames.keys(), here);
      this.size -= this.frames.get(far)[0].length;
      this.frames.delete(far);
    }
  }

  // The saved frames are those nearest to the start: they move with no kernel at all.
  save(key, packed) {
    if (this.saved[key]) this.savedSize -= this.saved[key].length;
    this.saved[key] = packed;
    this.savedSize += packed.length;
    while (this.savedSize > this.spec.saved) {
      const [far] = farthest(Object.keys(this.saved), this.spec.start);
      this.savedSize -= this.saved[far].length;
      delete this.saved[far];
    }
  }

  show() {
    for (const view of this.views) view.show();
  }

  has(key) {
    return [this.frames, this.unpacking, this.failed].some((known) => known.has(key))
      || key in this.saved;
  }

  // The places to ask for next, the one where the controls stand first.
  *missing() {
    const here = this.place, most = this.sizes.reduce((sum, size) => sum + size, 0);
    if (!this.has(here.join())) yield here;
    if (this.size > 0.9 * this.spec.page) return;
    for (let steps = 1; steps <= most; steps++) {
      for (const place of around(here, this.sizes, steps)) {
        if (!this.has(place.join())) yield place;
      }
    }
  }

  ask() {
    const want = [];
    for (const place of this.missing()) if (want.push(place) === AT_ONCE) break;
    this.pending = new Set(want.map(String));
    try {
      if (want.length) this.model.send({ want });
    } catch {
      this.live = false;
      this.released();
      this.show();
    }
    return want.length > 0;
  }

  answer({ key, frame, error, generation }) {
    this.pending.delete(key);
    if (generation === this.generation && !this.has(key)) { // else a view was told first
      if (error) this.failed.set(key, error);
      else {
        this.open(key, frame);
        this.save(key, frame);
      }
      if (error && key === this.key) this.show();
    }
    this.queue.next();
  }

  // The kernel has gone or come, or these views have.
  released() {
    this.pending.clear();
    this.queue.next();
  }
}

function farthest(keys, from) {
  let found = ["", -1];
  for (const key of keys) {
    const distance = apart(placeOf(key), from);
    if (distance > found[1]) found = [key, distance];
  }
  return found;
}

class Queue {
  stores = new Set();

  // Asks for where controls stand at once, for what lies near when nothing is on its way.
  next() {
    const able = [...this.stores].filter(({ live, views }) => live !== false && views.size);
    able.sort((a, b) => b.visible - a.visible);
    for (const store of able) {
      const { key } = store;
      if (store.has(key) || store.pending.has(store.urgent)) continue;
      store.urgent = key;
      store.ask();
    }
    if (!able.some((store) => store.pending.size)) able.some((store) => store.ask());
  }
}

// What a reader sees and moves: one of perhaps several views of a store.
class View {
  constructor(store, model, el) {
    Object.assign(this, { store, model, visible: true, shown: null, updates: [] });
    this.unsaved = new Map(); // what the kernel has not been told yet
    const { spec } = store;
    this.id = `nnteach-${Math.random().toString(36).slice(2)}`;
    this.root = add(el, "div", { className: "nnteach-live", role: "group" });
    this.root.setAttribute("aria-label", spec.name.replaceAll("_", " "));
    if (window !== window.top) {
      // In a frame that grows with what it holds, its height says nothing.
      this.root.style.setProperty("--high", `${0.8 * screen.availHeight}px`);
    }
    const controls = add(this.root, "div", { className: "nnteach-controls" });
    spec.controls.forEach((control, k) => CONTROLS[control.kind](this, controls, control, k));
    this.figure = add(this.root, "figure", { className: "nnteach" });
    this.picture = add(this.figure, "div", { className: "nnteach-picture" });
    this.picture.onpointerover = ({ target }) => this.pair(target.closest("[data-of]"));
    this.sentence = add(this.figure, "figcaption");
    this.note = add(this.root, "p", { className: "nnteach-note", hidden: true });
    this.spoken = add(this.root, "p", { className: "nnteach-spoken", role: "status" });
    // JupyterLab looks for this on the element that has the focus, and takes its keys
    // before anybody else hears of them; slides listen to what comes out of here.
    for (const each of controls.querySelectorAll("input, button, select")) {
      each.dataset.lmSuppressShortcuts = "true";
    }
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
    this.seen = new IntersectionObserver((entries) => {
      this.visible = entries.at(-1).isIntersecting;
      store.queue.next();
    });
    this.seen.observe(this.root);
  }

  move(k, place) {
    const { trait, texts, values } = this.store.spec.controls[k];
    const index = Math.max(0, Math.min(texts.length - 1, place));
    this.store.failed.clear(); // an error's cause may have gone
    this.unsaved.set(trait, values ? values[index] : index);
    this.model.set(trait, this.unsaved.get(trait));
    clearTimeout(this.saving);
    this.saving = setTimeout(() => {
      this.unsaved.clear();
      try {
        this.model.save_changes();
      } catch {
        this.store.live = false;
      }
    }, SAVE);
  }

  // The kernel repeats what it was told, maybe after the reader has moved on.
  heard(trait) {
    const own = this.unsaved.get(trait) ?? this.model.get(trait);
    if (own === this.model.get(trait)) this.show();
    else this.model.set(trait, own);
  }

  show() {
    const { store } = this, { key } = store, frame = store.get(key);
    this.updates.forEach((update) => update(store.place));
    this.root.classList.toggle("nnteach-large", store.model.get("_large"));
    if (key !== this.at) this.speakLater();
    this.at = key;
    if (frame && this.shown !== frame) {
      const open = this.picture.querySelector("details")?.open;
      this.picture.innerHTML = frame[0];
      this.follow();
      if (open) this.picture.querySelector("details")?.setAttribute("open", "");
      this.sentence.textContent = frame[1];
    }
    const error = store.failed.get(key);
    this.shown = frame || null;
    this.figure.hidden = Boolean(error);
    this.say(error ? `No picture: ${error}` : "", error ? "alert" : "none");
    this.figure.setAttribute("aria-busy", !(frame || error));
    if (frame || error) this.late(false);
    else this.wait();
  }

  // On a narrow screen: what this frame computes is brought into view.
  follow() {
    const made = this.picture.querySelector("[data-made]")?.getBoundingClientRect();
    const here = this.picture.getBoundingClientRect();
    if (made) this.picture.scrollLeft += made.left - here.left - here.width / 2;
  }

  // A number in a line of the picture and the place it comes from are shown together.
  pair(pointed) {
    for (const each of this.picture.querySelectorAll("[data-of]")) {
      const same = pointed && each.dataset.of === pointed.dataset.of;
      each.classList.toggle("nnteach-pair", Boolean(same));
    }
  }

  // The old picture stays, marked as old when the new one takes long to come.
  wait() {
    const { name, alone } = this.store.spec, cell = `run the cell that shows ${name} again.`;
    const dead = `The kernel has ended, and this picture is not here yet: ${cell}`;
    const slow = `Waiting for the kernel. If it has ended, ${cell}`;
    const saved = this.store.key in this.store.saved;
    this.timers ??= [
      setTimeout(() => this.late(true), LATE),
      setTimeout(() => this.shown || this.say(alone ? "" : slow), PATIENT),
    ];
    if (this.store.live === false && !saved && !alone) {
      this.late(true);
      this.say(dead);
    }
    this.store.queue.next();
  }

  late(on) {
    if (!on) {
      this.timers?.forEach(clearTimeout);
      this.timers = null;
    }
    this.figure.classList.toggle("nnteach-late", on);
  }

  say(text, role = "none") {
    if (this.note.textContent === text) return;
    this.note.role = role;
    this.note.textContent = text;
    this.note.hidden = !text;
  }

  speakLater() {
    if (this.at === undefined) return; // nobody has moved anything
    clearTimeout(this.speaking);
    const speak = () => {
      if (this.timers) this.speakLater(); // its picture is on the way
      else this.spoken.textContent = (this.shown ? this.sentence : this.note).textContent;
    };
    this.speaking = setTimeout(speak, SPEAK);
  }

  remove() {
    [this.speaking, this.playing, ...(this.timers ?? [])].forEach(clearTimeout);
    this.seen.disconnect();
    this.root.remove();
  }
}

function add(parent, tag, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

function button(parent, textContent, onclick) {
  return add(parent, "button", { type: "button", textContent, onclick });
}

function slider(view, controls, control, k) {
  const row = add(controls, "div", { className: "nnteach-control" });
  return range(view, row, control, k);
}

function range(view, controls, control, k) {
  const id = `${view.id}-${k}`, row = add(controls, "div", { className: "nnteach-range" });
  add(row, "label", { textContent: control.label, htmlFor: id });
  const max = control.texts.length - 1;
  const input = add(row, "input", { type: "range", id, min: 0, max, step: 1 });
  // No <output>, which is a live region: the slider tells its own value.
  const shown = add(row, "span", { className: "nnteach-value", ariaHidden: "true" });
  // As wide as its longest text, so that the slider keeps its length.
  shown.style.minWidth = `${Math.max(...control.texts.map((text) => text.length))}ch`;
  input.oninput = () => view.move(k, Number(input.value));
  view.updates.push((place) => {
    const text = control.texts[place[k]];
    if (Number(input.value) !== place[k]) input.value = place[k];
    shown.textContent = text;
    input.setAttribute("aria-valuetext", text);
  });
  return input;
}

function steps(view, controls, control, k) {
  const row = add(controls, "div", { className: "nnteach-control" });
  const last = control.texts.length - 1, here = () => view.store.place[k];
  const to = (place) => () => {
    stop();
    view.move(k, place());
  };
  const stop = () => {
    clearTimeout(view.playing);
    view.playing = 0;
    play.textContent = "play";
  };
  button(row, "« first", to(() => 0));
  button(row, "‹ back", to(() => here() - 1));
  button(row, "on ›", to(() => here() + 1));
  button(row, "last »", to(() => last));
  const play = button(row, "play", () => {
    if (view.playing) return stop();
    if (here() === last) view.move(k, 0);
    play.textContent = "pause";
    const wait = () => (1000 * control.seconds) / speed.value;
    const tick = () => {
      if (!view.timers) view.move(k, here() + 1); // else its picture is on the way
      if (here() === last) stop();
      else view.playing = setTimeout(tick, wait());
    };
    view.playing = setTimeout(tick, wait());
  });
  const speed = add(row, "select", { title: "speed of play" });
  speed.setAttribute("aria-label", "speed of play");
  for (const times of [0.5, 1, 2, 4]) {
    add(speed, "option", { value: times, textContent: `${times} ×`, selected: times === 1 });
  }
  range(view, row, control, k).addEventListener("input", stop);
}

function choice(view, controls, control, k) {
  const { texts, label } = control, id = `${view.id}-${k}`;
  if (texts.length > 5 || texts.join("").length > 60) {
    const row = add(controls, "div", { className: "nnteach-control" });
    add(row, "label", { textContent: label, htmlFor: id });
    const select = add(row, "select", { id });
    texts.forEach((textContent, value) => add(select, "option", { value, textContent }));
    select.onchange = () => view.move(k, Number(select.value));
    view.updates.push((place) => (select.value = place[k]));
    return;
  }
  const row = add(controls, "fieldset", { className: "nnteach-control" });
  add(row, "legend", { textContent: label });
  texts.forEach((text, place) => {
    const one = add(row, "label", { className: "nnteach-choice" });
    const radio = add(one, "input", { type: "radio", name: id });
    one.append(text);
    radio.onchange = () => view.move(k, place);
    view.updates.push((places) => (radio.checked = places[k] === place));
  });
}

const CONTROLS = { slider, steps, choice };

function render({ model, el }) {
  const frames = model.get("_frames");
  const store = stores.get(frames) ?? new Store(model);
  stores.set(frames, store);
  const view = new View(store, model, el);
  store.views.add(view);
  store.queue.stores.add(store);
  const told = {
    "msg:custom": (content) => store.answer(content),
    "change:_generation": () => {
      if (store.generation !== model.get("_generation")) store.empty(model);
      stores.set(store.saved, store);
      store.released();
      view.show();
    },
    "change:_large": () => view.show(),
    comm_live_update: () => know(),
  };
  for (const { trait } of store.spec.controls) told[`change:${trait}`] = () => view.heard(trait);
  for (const name in told) model.on(name, told[name]);
  let inside; // the model itself, which knows whether it reaches a kernel
  const know = () => {
    store.live = inside ? inside.comm_live : store.live;
    store.released();
    view.show();
  };
  Promise.resolve(model.widget_manager?.get_model?.(store.spec.id))
    .then((found) => {
      if (!found) return;
      inside = found;
      store.forgetWith(found);
      know();
    })
    .catch(() => {});
  view.show();
  return () => {
    for (const name in told) model.off(name, told[name]);
    view.remove();
    store.views.delete(view);
    if (!store.views.size) store.queue.stores.delete(store);
    store.released();
  };
}

// A model with no kernel behind it, for an explorer that stands alone.
function aloneModel(state) {
  const heard = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      (heard[`change:${name}`] ?? []).forEach((tell) => tell());
    },
    on: (name, tell) => (heard[name] ??= []).push(tell),
    off() {},
    save_changes() {},
    send() {
      throw new Error("alone");
    },
  };
}

async function startAlone(el) {
  const { state, frames } = JSON.parse(el.querySelector("script").textContent);
  const svg = el.querySelector("svg").outerHTML;
  const first = [svg, el.querySelector("figcaption").textContent];
  const model = aloneModel({ ...state, _frames: {}, _generation: 0, _large: false });
  const store = new Store(model);
  stores.set(model.get("_frames"), store);
  store.live = false;
  store.keep(store.key, first);
  el.replaceChildren();
  render({ model, el });
  // In the order of nested loops: the last control runs fastest.
  (await unpack(frames)).forEach((frame, index) => {
    const place = store.sizes.map(() => 0);
    for (let k = place.length - 1; k >= 0; k--) {
      place[k] = index % store.sizes[k];
      index = Math.floor(index / store.sizes[k]);
    }
    store.keep(place.join(), frame);
  });
  el.dataset.ready = "true";
  store.show();
}

function startAll() {
  for (const el of document.querySelectorAll(".nnteach-alone:not([data-started])")) {
    el.dataset.started = "true";
    startAlone(el);
  }
}

export default { render };
