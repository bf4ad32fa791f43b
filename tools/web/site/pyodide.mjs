// What the notebooks' Python is started with: Pyodide as it is published, wherever it
// lies, and this site's own packages beside those that it knows. A cell that says
// `import nnteach` then fetches the course and all that it needs, as it would numpy.

const here = new URL("./", import.meta.url);

async function read(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} cannot be read: ${answer.status}`);
  return answer.json();
}

export async function loadPyodide(options) {
  const { pyodide, packages } = await read(new URL("packages.json", here));
  const base = new URL(pyodide, here).href;
  const [module, lock] = await Promise.all([
    import(`${base}pyodide.mjs`),
    read(`${base}pyodide-lock.json`),
  ]);
  for (const entry of packages) {
    const file_name = new URL(entry.file_name, here).href;
    lock.packages[entry.name] = { ...entry, file_name };
  }
  const place = { indexURL: base, packageBaseUrl: base, lockFileContents: lock };
  return module.loadPyodide({ ...options, ...place });
}
