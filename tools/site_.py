"""Build the site of the course: notebooks that run in the page, nothing to install.

    python start.py site                    Python for the page comes from Pyodide's CDN
    python start.py site --pyodide DIR      or lies inside; then no other host is asked

It makes `build/site/`, which any web server can hand out:

    index.html      what the course is, and the chapters
    lite/           JupyterLite: every chapter, run by Pyodide in the reader's browser
    pages/ slides/  the chapters to read and to project, if those tools are here
    serve.py        hands the folder out on this computer

DIR is a Pyodide distribution: a folder with pyodide.mjs, pyodide-lock.json and the
wheels of PRELOADED, of scikit-learn and of all that these need. The environment
variable NNTEACH_PYODIDE may name it too.
"""

import argparse
import hashlib
import html
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from base64 import b64decode
from email import message_from_bytes
from pathlib import Path
from string import Template
from urllib.parse import quote

import jupyterlite_pyodide_kernel
from jupyterlite_pyodide_kernel.constants import (
    PYODIDE_CDN_URL,
    PYODIDE_KERNEL_NPM_NAME,
    PYODIDE_KERNEL_PLUGIN_ID,
    PYODIDE_VERSION,
)
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from nnteach import data, plots, train, two_layer
from nnteach.draw.explore import explorer, steps

sys.path.insert(0, str(Path(__file__).parent))
import links

ROOT = links.ROOT
WEB = Path(__file__).parent / "web" / "site"
# Releases of ipywidgets have broken such sites again and again, since its Python half
# in the kernel and its front end in the page must fit each other and this JupyterLab.
# So the site has the wheels of these versions inside, whatever is newest that day;
# tests/test_browser_site.py says whether others do.
WHEELS = [
    "anywidget==0.11.0",
    "comm==0.2.3",
    "ipython-pygments-lexers==1.1.1",
    "ipywidgets==8.1.9",
    "jupyterlab-widgets==3.0.17",
    "psygnal==0.16.1",
]
FRONT_ENDS = ["anywidget", "jupyterlab-widgets"]  # wheels with a part for the page
# What the kernel would install one after the other when it starts, and what every
# chapter imports: fetched at once and side by side.
PRELOADED = (
    "micropip piplite ipykernel comm pyodide-kernel jedi ipython nnteach".split()
)
# The reader's files lie in the browser under this name. Another name hides them all.
STORAGE = "nnteach"
# In the code of a chapter: scikit-learn, or one of our data sets that come with it.
USES_SKLEARN = re.compile(r"\b(sklearn|moons|circles|blobs|digits)\b")
SET_UP = {
    False: "# @title Set-up: in the page there is nothing to do",
    True: "# @title Set-up: fetches scikit-learn for this chapter\nimport sklearn",
}
# MB that a chapter fetches the first time, and scikit-learn: measured in the test.
FETCHED = 41, 19
FIGURE = re.compile(
    r'<figure class="nnteach">\s*<img alt="(?P<alt>[^"]*)"[^>]*'
    r'src="data:image/png;base64,(?P<png>[^"]*)"'
)
PYTHON_IN_THE_PAGE = {
    "sys_platform": "emscripten",
    "platform_system": "Emscripten",
    "python_version": "3.14",
    "python_full_version": "3.14.0",
    "extra": "",
}


def run(*words, folder=ROOT):
    """Run a command in a folder; raise SystemExit with what it said if it fails."""
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, cwd=folder
    )
    if done.returncode:
        command = " ".join(map(str, words[1:]))
        raise SystemExit(f"{command} failed:\n{done.stdout}{done.stderr}")


def fetch_wheels(folder):
    """Put the wheels of WHEELS, of the kernel and of the course into `folder`."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    pip += ["--only-binary=:all:", "--python-version=3.14", "--platform=any"]
    run(*pip, "--dest", folder, *WHEELS)
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    for wheel in (kernel_extension() / "static" / "pypi").glob("*.whl"):
        if not wheel.name.startswith("widgetsnbextension"):  # for Jupyter of long ago
            shutil.copy(wheel, folder)


def kernel_extension():
    """Return the folder of the Pyodide kernel's part for the page."""
    [place] = jupyterlite_pyodide_kernel._jupyter_labextension_paths()
    installed = Path(sys.prefix, "share", "jupyter", "labextensions")
    folder = installed / place["dest"]
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there: is {PYODIDE_KERNEL_NPM_NAME} whole?")
    return folder


def package_entry(wheel):
    """Return what Pyodide's list of packages has to say of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [n for n in names if n.endswith(".dist-info/METADATA")]
        metadata = message_from_bytes(archive.read(metadata))
    needs = map(Requirement, metadata.get_all("Requires-Dist", []))
    here = [n for n in needs if not n.marker or n.marker.evaluate(PYTHON_IN_THE_PAGE)]
    depends = {canonicalize_name(need.name) for need in here}
    modules = {name.split("/")[0].removesuffix(".py") for name in names}
    return {
        "name": canonicalize_name(metadata["Name"]),
        "version": metadata["Version"],
        "file_name": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "install_dir": "site",
        "package_type": "package",
        "imports": sorted(name for name in modules if name.isidentifier()),
        # These two are for the page; no Python imports them.
        "depends": sorted(depends - {"jupyterlab-widgets", "widgetsnbextension"}),
    }


def edition_of(root=ROOT):
    """Return a short name for the chapters as they are: it changes when they do."""
    files = [*root.glob("notebooks/*.ipynb"), *root.glob("nnteach/**/*.py")]
    read = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files)))
    return read.hexdigest()[:8]


def for_the_page(notebook, edition):
    """Return a chapter as it runs in the page.

    Its set-up cell has scikit-learn fetched if the chapter uses it, before any cell
    needs it: 18 MB that the other chapters do without. Its metadata name the edition.
    """
    code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    setup = next(cell for cell in notebook.cells if cell.get("id") == "set-up")
    setup.source = SET_UP[bool(USES_SKLEARN.search(code))]
    notebook.metadata["nnteach"] = {"edition": edition}
    return notebook


def lite_settings(offline):
    """Return JupyterLite's configuration."""
    kernel = {
        "pyodideUrl": "./static/nnteach/pyodide.mjs",
        "disablePyPIFallback": offline,
        "loadPyodideOptions": {"packages": PRELOADED},
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "nnteach",
            "contentsStorageName": STORAGE,
            "settingsStorageName": STORAGE,
            "workspacesStorageName": STORAGE,
            # Where the browser forbids to store anything, chapters run all the same.
            "enableMemoryStorage": True,
            "exposeAppInBrowser": True,
            "litePluginSettings": {PYODIDE_KERNEL_PLUGIN_ID: kernel},
        },
    }


def lab_settings():
    """Return JupyterLab's settings in the page: those of the package, and two more."""
    package = ROOT / "nnteach" / "draw" / "overrides.json"
    return json.loads(package.read_text("utf-8")) | {
        # A page that is closed says nothing: what was typed must be kept by then.
        "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 5},
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
    }


def write_json(path, content):
    """Write a file of JSON, and the folders that lead to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")


def build_lite(target, edition, pyodide=None):
    """Make JupyterLite with every chapter in the folder `target`.

    pyodide: the folder of a distribution that is to lie inside, or None for the CDN.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "lite")
        wheels = Path(folder, "wheels")
        fetch_wheels(wheels)
        write_json(source / "jupyter-lite.json", lite_settings(bool(pyodide)))
        write_json(source / "overrides.json", lab_settings())
        for file in sorted(ROOT.glob("notebooks/*.ipynb")):
            # JupyterLite hands on what the file holds, and parts of JupyterLab trip
            # over texts that are stored as lists of lines, as they are on disk.
            notebook = for_the_page(links.load(file), edition)
            write_json(source / "files" / file.name, notebook)
        fronts = [next(wheels.glob(f"{n.replace('-', '_')}-*.whl")) for n in FRONT_ENDS]
        build = {
            "apps": ["lab"],
            "contents": [str(source / "files")],
            "federated_extensions": [*map(str, fronts), str(kernel_extension())],
            "ignore_sys_prefix": True,  # nothing of what else is installed here
            "lite_dir": str(source),
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "output_dir": str(target),
        }
        write_json(source / "build.json", {"LiteBuildConfig": build})
        config = f"--config={source / 'build.json'}"
        # It writes what it has done into the folder that it runs in.
        run(sys.executable, "-m", "jupyterlite_core", "build", config, folder=source)
        own = target / "static" / "nnteach"
        own.mkdir(parents=True)
        shutil.copy(WEB / "pyodide.mjs", own)
        packages = [package_entry(wheel) for wheel in sorted(wheels.glob("*.whl"))]
        for entry in packages:
            if entry["name"] != "jupyterlab-widgets":
                shutil.copy(wheels / entry["file_name"], own)
        place = "../pyodide/" if pyodide else f"{PYODIDE_CDN_URL}/"
        write_json(own / "packages.json", {"pyodide": place, "packages": packages})
        if pyodide:
            shutil.copytree(pyodide, target / "static" / "pyodide")


# ---------------------------------------------------------------- the start page


def first_look():
    """Return the explorer of the start page: a two-layer network learns the flower."""
    moments = [0, 20, 40, 60, 70, 80, 90, 100, 105, 110, 115, 120, 125, 130, 140]
    moments += [150, 175, 200, 300, 500, 1000]
    X, Y = data.flower()
    start = two_layer.initialize_parameters(2, 4, 1, rng=1)
    run = train(two_layer, X, Y, start, 0.5, 1000, keep=moments)

    @explorer(step=steps(moments, start=0))
    def learning(step):
        shown = plots.decision_boundary(two_layer, run.kept[step], X, Y)
        words = f"Step {step}, cost {run.costs[step]:.3f}. {shown.sentence}"
        return plots.Picture(shown.figure, words)

    return learning


def first_picture(notebook, shown=()):
    """Return the first figure stored in a notebook: its PNG and its sentence.

    shown: the sentences of pictures that stand on the page already, for other chapters.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found = FIGURE.search(output.get("data", {}).get("text/html", ""))
            if found and (sentence := html.unescape(found["alt"])) not in shown:
                return b64decode(found["png"]), sentence
    raise SystemExit(f"{links.title_of(notebook)}: no picture of its own is stored.")


def links_of(file, target, place):
    """Return the ways to use a chapter, as (word, address)."""
    found = [("Run", f"lite/lab/index.html?path={quote(file.name)}")]
    for word, folder in (("Read", "pages"), ("Slides", "slides")):
        if (target / folder / f"{file.stem}.html").is_file():
            found.append((word, f"{folder}/{quote(file.stem)}.html"))
    if place.published:
        found.append(("Colab", links.colab(place, f"notebooks/{file.name}")))
    return found


def chapter_html(file, target, place, shown):
    """Return a chapter's entry on the start page; its picture is put into `target`.

    The picture's sentence is added to `shown`: no two chapters have the same.
    """
    notebook = links.load(file)
    title = links.title_of(notebook)
    png, sentence = first_picture(notebook, shown)
    shown.add(sentence)
    (target / "pictures").mkdir(exist_ok=True)
    (target / "pictures" / f"{file.stem}.png").write_bytes(png)
    said = html.escape(title)
    ways = "".join(
        f'<a href="{html.escape(address)}" aria-label="{word}: {said}">{word}</a>'
        for word, address in links_of(file, target, place)
    )
    source, alt = f"pictures/{quote(file.stem)}.png", html.escape(sentence)
    return f'<li><img src="{source}" alt="{alt}"><h3>{said}</h3><p>{ways}</p></li>'


def build_home(target, edition, place):
    """Write the start page into a site whose other parts are there."""
    chapters, shown = sorted(ROOT.glob("notebooks/*.ipynb")), set()
    page = Template((WEB / "index.html").read_text("utf-8")).substitute(
        title="How a neural network computes and learns",
        style=(WEB / "home.css").read_text("utf-8"),
        edition=edition,
        storage=STORAGE,
        explorer=first_look().player(fragment=True),
        begin=links_of(chapters[0], target, place)[0][1],
        megabytes=FETCHED[0],
        more=FETCHED[1],
        chapters="\n".join(
            chapter_html(file, target, place, shown) for file in chapters
        ),
    )
    (target / "index.html").write_text(page, "utf-8")
    for name in ("home.js", "serve.py"):
        shutil.copy(WEB / name, target)
    # GitHub Pages would leave out what begins with an underscore.
    (target / ".nojekyll").touch()


# ---------------------------------------------------------------- all of it


def distribution(folder):
    """Return the folder of a Pyodide distribution, or None if none is named.

    Raises SystemExit if the folder is none.
    """
    if not folder:
        return None
    folder = Path(folder).resolve()
    if not (folder / "pyodide.mjs").is_file():
        raise SystemExit(
            f"{folder} holds no Pyodide: pyodide.mjs is expected in it. Unpack a "
            f"release of Pyodide {PYODIDE_VERSION} and name its folder, or leave "
            "--pyodide out; then the page fetches Python from Pyodide's CDN."
        )
    return folder


def build(target, pyodide=None, parts=("pages", "slides")):
    """Make the whole site in the folder `target`, in place of an older one.

    parts: the tools whose `build(folder)` makes a part of it, where they are here.
    """
    edition, target = edition_of(), target.resolve()
    if not may_be_replaced(target):
        raise SystemExit(
            f"{target} holds something else than a site. Name another one."
        )
    if pyodide and target in pyodide.resolve().parents:
        raise SystemExit(
            f"{pyodide} is inside of the site that is replaced. Copy it elsewhere."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the old one, which stays until the new one is whole.
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder, "site")
        build_lite(made / "lite", edition, pyodide)
        for name in parts:
            if (ROOT / "tools" / f"{name}.py").is_file():
                importlib.import_module(name).build(made / name)
        build_home(made, edition, links.place_in(links.read(ROOT / "pyproject.toml")))
        if target.exists():
            shutil.rmtree(target)
        made.rename(target)


OWN = {"index.html", "home.js", "serve.py", ".nojekyll", "lite", "pictures"}


def may_be_replaced(target):
    """Return whether a folder is not there, is empty, or is a site and nothing more."""
    if not target.exists():
        return True
    names = {path.name for path in target.iterdir()} if target.is_dir() else {""}
    is_site = {"index.html", "serve.py", "lite"} <= names <= OWN | {"pages", "slides"}
    return not names or is_site


def main():
    """Build the site and say how large it is."""
    parser = argparse.ArgumentParser(prog="start.py site")
    parser.add_argument(
        "--pyodide", metavar="DIR", default=os.environ.get("NNTEACH_PYODIDE")
    )
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "site")
    options = parser.parse_args()
    inside = distribution(options.pyodide)
    try:
        build(options.output, inside)
    except OSError as error:
        raise SystemExit(f"The site cannot be written: {error}.") from None
    size = sum(f.stat().st_size for f in options.output.rglob("*") if f.is_file())
    print(f"{options.output}: {size / 1e6:.0f} MB.")
    if not inside:
        print(f"Python comes from {PYODIDE_CDN_URL}, so readers need that host.")
    print(f"To see it: python3 {options.output / 'serve.py'}")


if __name__ == "__main__":
    sys.exit(main())
