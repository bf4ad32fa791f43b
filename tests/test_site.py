"""The parts of the site, without a browser: `python start.py site`."""

import ast
import inspect
import json
import re
import subprocess
import sys
import threading
import urllib.request
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

import links
import site_
from nnteach import data
from test_repository import EXTRAS, PROJECT, name_and_bounds

sys.path.append(str(site_.WEB))
from serve import make_server

pytestmark = pytest.mark.tool

ROOT = links.ROOT
CHAPTERS = sorted(ROOT.glob("notebooks/*.ipynb"))
PLACE = links.place_in(links.read(ROOT / "pyproject.toml"))


def test_no_tool_hides_a_module_of_python():
    tools = {path.stem for path in ROOT.glob("tools/*.py")}
    assert "site_" in tools
    assert not tools & sys.stdlib_module_names


def test_start_knows_it_by_its_name():
    done = subprocess.run(
        [sys.executable, ROOT / "start.py", "--help"], capture_output=True, text=True
    )
    assert re.search(r"\bsite\b,", done.stderr)
    assert "site_" not in done.stderr


def test_the_versions_that_fit_together_are_exact():
    exact = {"jupyterlite-core", "jupyterlite-pyodide-kernel"}
    assert {r.split("==")[0] for r in EXTRAS["site"] if "==" in r} == exact
    assert all("==" in wheel for wheel in site_.WHEELS)
    inside = dict(wheel.split("==") for wheel in site_.WHEELS)
    wanted = dict(map(name_and_bounds, PROJECT["dependencies"]))
    for name in wanted.keys() & inside:
        assert site_.Requirement(name + wanted[name]).specifier.contains(inside[name])


NEEDS = [
    "numpy>=2",
    "Typing.Extensions",
    'psutil; sys_platform != "emscripten"',
    'pytest; extra == "test"',
    "widgetsnbextension",
]


def test_what_python_in_the_page_is_told_of_a_wheel(tmp_path):
    wheel = tmp_path / "Some_Thing-1.5-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        needs = [
            "numpy>=2",
            'psutil; sys_platform != "emscripten"',
            "widgetsnbextension",
        ]
        needs += ['pytest; extra == "test"', "Typing.Extensions"]
        lines = [
            "Name: Some_Thing",
            "Version: 1.5",
            *map("Requires-Dist: {}".format, needs),
        ]
        archive.writestr("some_thing-1.5.dist-info/METADATA", "\n".join(lines))
        archive.writestr("some_thing/__init__.py", "")
        archive.writestr("other.py", "")
        archive.writestr("some_thing-1.5.data/data/share/x", "")
    entry = site_.package_entry(wheel)
    assert len(entry.pop("sha256")) == 64
    assert entry == {
        "name": "some-thing",
        "version": "1.5",
        "file_name": wheel.name,
        "install_dir": "site",
        "package_type": "package",
        "imports": ["other", "some_thing"],
        "depends": ["numpy", "typing-extensions"],
    }


def test_the_storage_name_never_changes():
    settings = site_.lite_settings(True)["jupyter-config-data"]
    names = [settings[f"{kind}StorageName"] for kind in ("contents", "settings")]
    assert names == ["nnteach", "nnteach"]  # another name would hide every saved copy


@pytest.mark.parametrize("offline", [True, False])
def test_who_has_python_inside_is_never_sent_elsewhere(offline):
    settings = site_.lite_settings(offline)["jupyter-config-data"]["litePluginSettings"]
    assert [s["disablePyPIFallback"] for s in settings.values()] == [offline]


def test_data_sets_from_scikit_learn_are_known_by_their_names():
    functions = inspect.getmembers(data, inspect.isfunction)
    own = [(name, f) for name, f in functions if f.__module__ == "nnteach.data"]
    needing = {n for n, f in own if "sklearn" in inspect.getsource(inspect.unwrap(f))}
    assert needing == {"moons", "circles", "blobs", "digits"}
    assert all(site_.USES_SKLEARN.search(f"x = data.{name}()") for name in needing)


@pytest.mark.parametrize("file", CHAPTERS, ids=lambda file: file.stem[:2])
def test_a_chapter_in_the_page_fetches_scikit_learn_only_if_it_uses_it(file):
    before = links.load(file)
    chapter = site_.for_the_page(links.load(file), "abc")
    [setup] = [cell for cell in chapter.cells if cell.id == "set-up"]
    code = [cell.source for cell in before.cells if cell.cell_type == "code"]
    uses = re.search("sklearn|moons|circles|blobs|digits", "".join(code))
    assert ("import sklearn" in setup.source) == bool(uses)
    ast.parse(setup.source)
    nbformat.validate(chapter)
    assert chapter.metadata.nnteach == {"edition": "abc"}
    assert [c.source for c in chapter.cells[2:]] == [c.source for c in before.cells[2:]]


def test_another_text_in_a_chapter_is_another_edition(tmp_path):
    (tmp_path / "notebooks").mkdir()
    chapter = tmp_path / "notebooks" / "00.ipynb"
    chapter.write_text("one", "utf-8")
    first = site_.edition_of(tmp_path)
    assert first == site_.edition_of(tmp_path)
    chapter.write_text("two", "utf-8")
    assert site_.edition_of(tmp_path) != first


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A site of a start page, and of empty files for what it leads to."""
    folder = tmp_path_factory.mktemp("site")
    for name in [
        "lite/lab/index.html",
        *(f"pages/{f.stem}.html" for f in CHAPTERS[:3]),
    ]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    site_.build_home(folder, "abc", replace(PLACE, owner="somebody"))
    return folder


def test_the_start_page_leads_to_what_is_there_and_to_colab(home):
    text = (home / "index.html").read_text("utf-8")
    addresses = re.findall(r'(?:href|src)="(?!data:|http|#)([^"?]+)', text)
    for address in addresses:
        assert (home / address).is_file(), address
    count = len(CHAPTERS)
    assert addresses.count("lite/lab/index.html") == count + 1  # and where to begin
    assert len([a for a in addresses if a.startswith("pages/")]) == 3
    assert text.count("https://colab.research.google.com/github/somebody/") == count
    assert "$" not in re.sub(r"<script.*?</script>", "", text, flags=re.S)


def test_every_chapter_has_its_picture_and_the_sentence(home):
    text = (home / "index.html").read_text("utf-8")
    pictures = set()
    for file in CHAPTERS:
        source = f'<img src="pictures/{file.stem}.png" alt="'
        assert re.search(re.escape(source) + r'[^"]{20,}', text)
        pictures.add((home / "pictures" / f"{file.stem}.png").read_bytes())
    assert all(png.startswith(b"\x89PNG") for png in pictures)
    assert len(pictures) == len(CHAPTERS)


def test_a_chapter_without_a_picture_is_refused():
    empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title")])
    with pytest.raises(SystemExit, match="Title: no picture of its own"):
        site_.first_picture(empty)


def test_a_folder_that_is_no_distribution_is_refused(tmp_path):
    assert site_.distribution(None) is None
    assert site_.distribution("") is None
    with pytest.raises(SystemExit, match=r"pyodide\.mjs is expected"):
        site_.distribution(tmp_path)
    (tmp_path / "pyodide.mjs").touch()
    assert site_.distribution(str(tmp_path)) == tmp_path.resolve()


SITE = ["index.html", "serve.py", "home.js", ".nojekyll", "lite/a", "pages/a"]


@pytest.mark.parametrize(
    "files", [["thesis.tex"], ["lite/a", "thesis/t.txt"], [*SITE, "thesis.tex"]]
)
def test_nothing_but_an_older_site_is_deleted(tmp_path, files):
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(SystemExit, match="something else"):
        site_.build(tmp_path)
    assert all((tmp_path / name).exists() for name in files)
    with pytest.raises(SystemExit, match="something else"):
        site_.build(tmp_path / files[0])


def stopped(*_):
    raise SystemExit("no network")


def test_the_old_site_stays_until_the_new_one_is_whole(tmp_path, monkeypatch):
    target = tmp_path / "site"
    for name in SITE:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(site_, "build_lite", stopped)
    with pytest.raises(SystemExit, match="no network"):
        site_.build(Path("site"), parts=())
    with pytest.raises(SystemExit, match="Copy it elsewhere"):
        site_.build(target, target / "lite" / "pyodide")
    assert all((target / name).exists() for name in SITE)
    assert [*tmp_path.iterdir()] == [target]
    made = []
    monkeypatch.setattr(site_, "build_lite", lambda lite, *_: made.append(lite))
    monkeypatch.setattr(site_, "build_home", lambda new, *_: new.mkdir())
    site_.build(Path("site"), parts=())
    assert (made[0].is_absolute(), [*target.iterdir()]) == (True, [])


KINDS = {
    "a.mjs": "text/javascript",
    "a.wasm": "application/wasm",
    "a.html": "text/html",
}


@pytest.mark.parametrize("plain", [False, True])
def test_serve_hands_out_files_with_the_two_headers_or_without(tmp_path, plain):
    for name in KINDS:
        (tmp_path / name).write_text("x", "utf-8")
    server = make_server(tmp_path, 0, plain)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for name, kind in KINDS.items():
            url = f"http://127.0.0.1:{server.server_port}/{name}"
            with urllib.request.urlopen(url, timeout=30) as answer:
                assert answer.headers.get_content_type() == kind
                opener = answer.headers["Cross-Origin-Opener-Policy"]
                embedder = answer.headers["Cross-Origin-Embedder-Policy"]
        expected = (None, None) if plain else ("same-origin", "require-corp")
        assert (opener, embedder) == expected
        taken = [sys.executable, site_.WEB / "serve.py", "--port"]
        done = subprocess.run(
            [*taken, str(server.server_port)], capture_output=True, text=True
        )
        assert "Name another one" in done.stderr
        assert "Traceback" not in done.stderr
    finally:
        server.shutdown()
        server.server_close()


def test_json_is_written_the_same_way_each_time(tmp_path):
    site_.write_json(tmp_path / "new" / "a.json", {"b": 1, "a": [2]})
    text = (tmp_path / "new" / "a.json").read_text("utf-8")
    assert json.loads(text) == {"a": [2], "b": 1}
    assert text.index('"a"') < text.index('"b"')
