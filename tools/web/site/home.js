// The start page: what would keep Python from running here, and the reader's saved work.
// A plain script, not a module: it must also speak when the page is opened as a file.

const { edition, storage } = document.body.dataset;
const STORE = "files"; // JupyterLite's name for where it keeps them

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// ------------------------------------------------------------------ does it run here

async function writes(bytes) {
  const name = `${storage}-trial`;
  const opened = indexedDB.open(name);
  opened.onupgradeneeded = () => opened.result.createObjectStore("trial");
  const base = await done(opened);
  try {
    const change = base.transaction("trial", "readwrite");
    await done(change.objectStore("trial").put(new Uint8Array(bytes), "x"));
    await new Promise((resolve, reject) => {
      change.oncomplete = resolve;
      change.onabort = () => reject(change.error);
    });
  } finally {
    base.close();
    indexedDB.deleteDatabase(name);
  }
}

// cause -> whether it is there. The worst first; only one of them is told.
const CAUSES = {
  file: () => location.protocol === "file:",
  // The smallest program that there is: some browsers have the name and refuse to run.
  wasm: () => !WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
  forbidden: () => writes(1).then(() => false),
  full: () => writes(1_000_000).then(() => false),
  insecure: () => !window.isSecureContext,
  worker: () =>
    navigator.serviceWorker
      .register("lite/service-worker.js?enableCache=false")
      .then(() => false),
};

async function firstCause() {
  for (const [cause, isThere] of Object.entries(CAUSES)) {
    let found = true;
    try {
      found = await isThere();
    } catch (error) {
      if (cause === "forbidden" && error?.name === "QuotaExceededError") found = false;
    }
    if (found) return cause;
  }
  return "";
}

async function tell() {
  const cause = await firstCause();
  if (cause) {
    const words = document.querySelector(`dd[data-cause=${cause}]`);
    const said = document.createElement("p");
    said.append(...words.cloneNode(true).childNodes);
    document.getElementById("trouble").replaceChildren(said);
  }
  document.body.dataset.cause = cause || "none";
}

// ------------------------------------------------------------------ the reader's work

async function opened() {
  const request = indexedDB.open(storage);
  // It is not there yet: JupyterLite shall make it, as it likes it.
  request.onupgradeneeded = () => request.transaction.abort();
  const base = await done(request);
  if (base.objectStoreNames.contains(STORE)) return base;
  base.close();
  throw new Error("nothing is saved yet");
}

async function inStore(mode, work) {
  const base = await opened();
  try {
    const change = base.transaction(STORE, mode);
    const ended = new Promise((resolve, reject) => {
      change.oncomplete = resolve;
      change.onabort = () => reject(change.error);
    });
    ended.catch(() => {}); // told by what comes first
    const result = await work(change.objectStore(STORE));
    await ended; // only now it is on the disk
    return result;
  } finally {
    base.close();
  }
}

const savedFiles = () =>
  inStore("readonly", async (store) => {
    const files = await done(store.getAll());
    return files.filter((file) => file?.type !== "directory" && !file?.name.startsWith("."));
  });

// JupyterLite keeps a notebook as an object, a text as it is, and whatever Python renamed,
// such as the progress, as base64.
function bytesOf({ format, content }) {
  if (typeof content !== "string") return JSON.stringify(content, null, 1);
  if (format !== "base64") return content;
  return Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
}

// The button may be older than the file: work goes on in another tab.
async function download({ path }) {
  const file = await inStore("readonly", (store) => done(store.get(path)));
  if (!file) return; // renamed or deleted there; the list is drawn anew
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytesOf(file)]));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// The reader's copy gets another name; the course's chapter shows again under the old one.
const setAside = (file) =>
  inStore("readwrite", async (store) => {
    const names = new Set(await done(store.getAllKeys()));
    const stem = file.path.replace(/\.ipynb$/, "");
    let number = 1;
    while (names.has(`${stem}-mine-${number}.ipynb`)) number += 1;
    const path = `${stem}-mine-${number}.ipynb`, name = path.split("/").pop();
    // As it is now, which may be newer than what this page shows.
    const now = await done(store.get(file.path));
    if (!now) return;
    await done(store.put({ ...now, path, name }, path));
    await done(store.delete(file.path));
  });

function button(text, name, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", `${text}: ${name}`);
  let busy = false; // a second click would do it twice
  made.onclick = async () => {
    if (busy) return;
    busy = true;
    try {
      await action();
      await show();
    } catch ({ name }) {
      const why = name === "QuotaExceededError" ? "there is no room left for it" : name;
      const said = document.createElement("p");
      said.textContent = `This cannot be done: ${why}. Your work is as it was.`;
      made.parentElement.append(said);
    }
    busy = false;
  };
  return made;
}

function entry(file) {
  const line = document.createElement("li");
  const name = document.createElement("strong");
  name.textContent = file.name;
  const when = new Date(file.last_modified).toLocaleString();
  const since = file.content?.metadata?.nnteach?.edition;
  const old = since && since !== edition && !/-mine-\d+\.ipynb$/.test(file.name);
  const said = old
    ? `, changed by you on ${when}, from edition ${since}. The course now has edition ` +
      `${edition}; while your copy has this name, it is the one that opens.`
    : `, saved on ${when}${since ? `, edition ${since}` : ""}.`;
  line.append(name, said, document.createElement("br"));
  line.append(button("Download", file.name, () => download(file)));
  if (old)
    line.append(button("Start fresh, keep mine", file.name, () => setAside(file)));
  return line;
}

async function show() {
  const place = document.getElementById("copies");
  let files = [];
  try {
    files = await savedFiles();
  } catch {} // nothing is saved, or nothing can be: the checks above tell which
  const now = JSON.stringify(files.map((file) => [file.path, file.last_modified]));
  if (place.dataset.ready === now) return; // what has the focus keeps it
  const said = document.createElement(files.length ? "ul" : "p");
  if (files.length) said.append(...files.map(entry));
  else said.textContent = "Nothing is saved in this browser yet.";
  place.replaceChildren(said);
  place.dataset.ready = now;
}

tell();
show();
addEventListener("pageshow", ({ persisted }) => persisted && show());
document.addEventListener("visibilitychange", () => document.hidden || show());
