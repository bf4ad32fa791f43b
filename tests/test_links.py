"""Every link leads to the one place that pyproject.toml names; Colab can install it."""

import shutil
import subprocess
import sys
import textwrap
import venv
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest

import environment
import links

ROOT = Path(__file__).resolve().parents[1]
OLD = links.Place(links.UNPUBLISHED, "nnteach", "main", "v1")
ANN = links.Place("ann-b", "course", "main", "v1")


COMMIT = [
    *("-c", "user.name=ann", "-c", "user.email=ann@example.org"),
    *("commit", "-q", "-m", "first"),
]


def new_notebook(*sources):
    cells = [nbformat.v4.new_markdown_cell("# 01 · Activations")]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def test_every_link_in_the_course_is_the_one_that_would_be_written_now(tmp_path):
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    place = links.place_in((ROOT / "pyproject.toml").read_text("utf-8"))
    assert links.stamp(tmp_path, place) == [], "run: python start.py links"


def test_the_address_forms():
    path = "notebooks/02 a.ipynb"
    assert links.colab(ANN, path) == (
        "https://colab.research.google.com/github/ann-b/course/blob/main/"
        "notebooks/02%20a.ipynb"
    )
    other = replace(ANN, branch="feat/a#1")
    assert "/blob/feat/a%231/notebooks/" in links.colab(other, path)
    assert links.binder(other, path) == (
        "https://mybinder.org/v2/gh/ann-b/course/feat%2Fa%231"
        "?labpath=notebooks%2F02%20a.ipynb"
    )


def test_the_link_for_a_hub_is_read_back_by_nbgitpullers_rules():
    path, other = "notebooks/02 a.ipynb", replace(ANN, branch="feat/a#1")
    for hub in ("https://hub.example.org", "https://hub.example.org:8000/lab/"):
        link = urlsplit(links.hub_link(other, path, hub))
        assert f"{link.scheme}://{link.netloc}" in hub
        assert link.path.endswith("/hub/user-redirect/git-pull")
        assert "//" not in link.path
        assert parse_qs(link.query) == {
            "repo": ["https://github.com/ann-b/course"],
            "branch": ["feat/a#1"],
            "urlpath": [f"lab/tree/course/{path}"],
        }


@pytest.mark.parametrize("bad", ["", "hub", "ftp://a", "https://a b", "https://a?b=c"])
def test_a_hub_has_an_address(bad):
    with pytest.raises(SystemExit, match="cannot be the address of a JupyterHub"):
        links.hub_link(ANN, "a.ipynb", bad)


BAD_NAMES = ["", ".", "..", "a b", "ü", 'a"', "a/b", "a" * 101, "a<b>", "a\n"]
BAD_REFS = [
    'a"', "a'", "a\\", "a b", "a\n", "<b>", "[a](b)", "a`b`", "ü", "$(a)", "a&b",
    '"; __import__("os").remove("a") #', "-a", "a..b", "a//b", "/a", "a/", "a.lock",
]  # fmt: skip


@pytest.mark.parametrize(
    ("repository", "branch", "remote", "expected"),
    [
        ("ann-b/course", None, "", ANN),
        ("ann-b/course", "dev", "", replace(ANN, branch="dev")),
        (None, None, "https://github.com/ann-b/course.git", ANN),
        (None, None, "https://github.com/ann-b/course/", ANN),
        (None, None, "git@github.com:ann-b/course.git", ANN),
        (None, None, "ssh://git@github.com/ann-b/course", ANN),
        (None, None, "", OLD),
        (None, None, "https://example.org/ann-b/course.git", OLD),
        (None, "dev", "", replace(OLD, branch="dev")),
        ("ann-b", None, "", "cannot be a GitHub repository"),
        ("-ann/course", None, "", "cannot be a GitHub repository"),
        ("a" * 40 + "/course", None, "", "cannot be a GitHub repository"),
        *((f"a/{bad}", None, "", "cannot be a GitHub repository") for bad in BAD_NAMES),
        *(("a/b", bad, "", "cannot be the branch") for bad in BAD_REFS),
    ],
)
def test_the_place_comes_from_the_command_line_or_the_remote(
    repository, branch, remote, expected
):
    if isinstance(expected, str):
        with pytest.raises(SystemExit, match=expected):
            links.chosen_place(OLD, repository, branch, remote)
    else:
        assert links.chosen_place(OLD, repository, branch, remote) == expected


def test_nobody_can_register_the_owner_of_an_unpublished_course():
    assert not links.OWNER.fullmatch(links.UNPUBLISHED)


@pytest.mark.parametrize("bad", ["a#1", *BAD_REFS])
def test_what_colab_installs_is_no_code(bad):
    with pytest.raises(SystemExit, match="cannot be the edition"):
        replace(ANN, edition=bad)


def test_pyproject_keeps_any_branch():
    place = replace(ANN, branch="feat/a#1+b", edition="v1.0+b")
    text = links.stamp_project((ROOT / "pyproject.toml").read_text("utf-8"), place)
    assert links.place_in(text) == place
    assert '/tree/feat/a%231%2Bb"' in text
    with pytest.raises(SystemExit, match="two addresses of one repository"):
        links.place_in(text.replace("ann-b/course", "bob/course", 1))


def test_the_edition_is_the_last_commit_of_the_package_or_a_new_tag(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(links, "ROOT", tmp_path)

    def change(path, commit=True):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(f"{path} {len(shas)}", "utf-8")
        if commit:
            links.git("add", ".")
            links.git(*COMMIT)
            shas.append(links.git("rev-parse", "HEAD"))

    shas = []
    with pytest.raises(SystemExit, match="no git history"):
        links.edition_now(None)
    links.git("init", "-q")
    change("nnteach/a.py")
    change("README.md")  # as `links` does
    assert links.edition_now(None) == shas[0] != shas[1]
    links.git("tag", "v1")
    assert links.edition_now("v1") == "v1", "again, before anything has changed"
    change("nnteach/a.py", commit=False)
    with pytest.raises(SystemExit, match="not committed"):
        links.edition_now(None)
    with pytest.raises(SystemExit, match="Take another name"):
        links.edition_now("v1")
    assert links.edition_now("v2") == "v2"
    change("nnteach/a.py")
    assert links.edition_now(None) == shas[2]


def test_a_new_address_reaches_every_file(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    readme = "\n".join(["Before", *links.MARKS, "After\n"])
    (tmp_path / "README.md").write_text(readme, "utf-8")
    file = tmp_path / "notebooks" / "01-activations.ipynb"
    file.parent.mkdir()
    notebook = new_notebook("print(1)")
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="1\n")]
    file.write_text(links.dump(notebook), "utf-8")

    everything = ["README.md", "notebooks/01-activations.ipynb", "pyproject.toml"]
    assert links.stamp(tmp_path, ANN) == everything
    assert links.stamp(tmp_path, ANN) == [], "the second time changes nothing"
    project = (tmp_path / "pyproject.toml").read_text("utf-8")
    assert links.place_in(project) == ANN
    for path in everything:
        text = (tmp_path / path).read_text("utf-8")
        assert "ann-b/course" in text
        if path != "pyproject.toml":  # it names the placeholder in a comment
            assert links.UNPUBLISHED not in text
    stamped = links.load(file)
    path = "notebooks/01-activations.ipynb"
    assert stamped.cells[0].source == links.header("01 · Activations", path, ANN)
    assert stamped.cells[1].source == links.setup_cell(ANN)
    assert stamped.cells[2].outputs == notebook.cells[1].outputs


def test_what_an_author_writes_below_the_title_gets_its_own_cell():
    notebook = new_notebook("print(1)")
    notebook.cells[0].source += "\nHello.\n\nRead on."
    for _ in range(2):
        notebook = links.stamp_notebook(notebook, "notebooks/a.ipynb", ANN)
    sources = [cell.source for cell in notebook.cells]
    assert sources[2:] == ["Hello.\n\nRead on.", "print(1)"]


@pytest.mark.parametrize("place", [OLD, ANN])
def test_the_set_up_cell_can_be_projected(place):
    lines = links.setup_cell(place).splitlines()
    assert len(lines) <= 15
    assert max(map(len, lines)) <= 79


# --- the set-up cell, run as in Colab ---------------------------------------------


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Run a cell in a Python with a record of what pip changed: (output, packages)."""
    folder = tmp_path_factory.mktemp("colab")
    venv.create(folder, with_pip=True)
    python = environment.python_of(folder)

    def run(cell, colab=True):
        code = "import sys, types\n"
        if colab:
            code += 'sys.modules["google.colab"] = types.ModuleType("google.colab")\n'
        command = [python, "-c", code + cell]
        done = subprocess.run(command, capture_output=True, cwd=folder)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stderr == b""
        listed = [python, "-m", "pip", "list", "--format=freeze"]
        return done.stdout.decode(), set(subprocess.check_output(listed).split())

    return run


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """The address of a git server, a local folder, that has ann-b/course."""
    folder = tmp_path_factory.mktemp("host")
    repository = folder / "ann-b" / "course"
    shutil.copytree(
        ROOT / "nnteach",
        repository / "nnteach",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, repository)
    for words in (["init", "-q", "-b", "main"], ["add", "."], COMMIT, ["tag", "v1"]):
        subprocess.run(["git", "-C", repository, *words], check=True)
    # The branch has moved on since, to where the package is of no use to v1.
    shutil.rmtree(repository / "nnteach")
    subprocess.run(["git", "-C", repository, *COMMIT, "-a"], check=True)
    return f"git+{folder.as_uri()}/"


def test_in_colab_the_package_and_nothing_else_is_installed(session, host):
    cell = links.setup_cell(ANN, host)
    before = session("")[1]
    assert session(cell, colab=False) == ("", before), "elsewhere: nothing to do"
    broken = cell.replace("ann-b/course", "ann-b/gone")
    assert session(broken) == (
        "The package cannot be fetched. Wait a minute, run this again.\n",
        before,
    )
    # In the same process the package must be there for the next cell.
    found = 'print(importlib.util.find_spec("nnteach").name)'
    output, after = session(f"{cell}\n{found}")
    assert output == "nnteach\n"
    assert {line.split(b"==")[0].split(b" ")[0] for line in after - before} == {
        b"nnteach"
    }
    assert session(cell) == ("", after), "run twice: nothing to do"


def test_an_unpublished_course_says_what_its_owner_has_to_do(session):
    output, _ = session(links.setup_cell(OLD))
    assert "`python start.py links` after the first push" in textwrap.fill(output, 999)
    assert session(links.setup_cell(OLD), colab=False)[0] == ""


def test_a_set_up_cell_compiles_under_the_oldest_python_of_colab():
    assert sys.version_info >= (3, 11)
    for place in (OLD, ANN):
        compile(links.setup_cell(place), "set-up", "exec")


def test_a_hub_that_is_none_is_refused_before_anything_is_written(monkeypatch):
    words = ["links", "--repo", "a/b", "--tag", "v1", "--hub", "ftp://x"]
    monkeypatch.setattr(sys, "argv", words)
    monkeypatch.setattr(links, "stamp", lambda *_: pytest.fail("it is written"))
    with pytest.raises(SystemExit, match="cannot be the address of a JupyterHub"):
        links.main()


def test_what_is_no_notebook_is_said_to_be_none(tmp_path):
    for text in ("# a text", "{}", "[1]", "\0"):
        (tmp_path / "a.ipynb").write_text(text, "utf-8")
        with pytest.raises(SystemExit, match=r"a\.ipynb holds no notebook: "):
            links.load(tmp_path / "a.ipynb")
