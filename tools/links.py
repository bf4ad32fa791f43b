"""Stamp the repository's address into every link of the course.

    python start.py links                         take it from the `origin` remote; if
                                                  that is not on GitHub, it stays
    python start.py links --repo OWNER/NAME       or say it
    python start.py links --branch B              a branch other than the present one
    python start.py links --tag T                 the name of the edition, see below
    python start.py links --hub https://HUB       also print, for a class at a
                                                  JupyterHub, the link to each chapter

What it changes:

- `[project.urls]` in pyproject.toml, the one place where the address is written;
- the first two cells of every notebook: the title with its links (Colab, Binder), and
  the set-up cell, which in Colab installs the package. Results stored in the notebooks
  stay as they are, so nothing needs to be executed again;
- the table of chapters in README.md, between its two marks.

The links lead to a branch, which moves. The set-up cell installs an edition, which
never does, so that an old copy of a notebook finds the package that it was written for:
the last commit that changed the package, or the tag T, which you set on the commit that
holds what was written here.

The functions from `colab` to `stamp_project` are pure, and the tests rebuild every link
with them.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlencode

import nbformat

ROOT = Path(__file__).resolve().parents[1]
UNPUBLISHED = "--not-published-yet--"
ADDRESS = re.compile(r"https://github\.com/([^/]+)/([^/]+)/tree/(.+)")
# All of these reach links, TOML and the code of a cell: nothing in them may end a text.
OWNER = re.compile(r"(?!.{40})[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
NAME = re.compile(r"(?!\.\.?$)(?!.{101})[A-Za-z0-9._-]+")
BRANCH = re.compile(r"(?![-/.])(?!.*(\.\.|//|/\.|\.lock(/|$)|[/.]$))[A-Za-z0-9._/#+-]+")
EDITION = re.compile(r"(?!.*#)" + BRANCH.pattern)  # pip takes what follows a # off
HUB = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?")
REMOTE = re.compile(r"(?:https://|ssh://git@|git@)github\.com[/:](.+?)(?:\.git)?/?")
MARKS = ("<!-- chapters: written by `python start.py links` -->", "<!-- end -->")


@dataclass(frozen=True)
class Place:
    """Where the course lives on GitHub: a branch, and in it an edition.

    The edition is a commit or a tag. Raises SystemExit for what GitHub does not allow.
    """

    owner: str
    name: str
    branch: str
    edition: str

    def __post_init__(self):
        owner = not self.published or OWNER.fullmatch(self.owner)
        if not (owner and NAME.fullmatch(self.name)):
            raise SystemExit(
                f"{self.owner}/{self.name} cannot be a GitHub repository (OWNER/NAME)."
            )
        for kind, rule in (("branch", BRANCH), ("edition", EDITION)):
            if not rule.fullmatch(getattr(self, kind)):
                raise SystemExit(
                    f"{getattr(self, kind)!r} cannot be the {kind}: expected a name of "
                    "letters and digits, with . _ / + - between them, such as main."
                )

    def address(self, ref):
        """Return the page of the branch or the edition."""
        return f"https://github.com/{self.owner}/{self.name}/tree/{quote(ref)}"

    @property
    def published(self):
        """Whether it lives anywhere yet."""
        return self.owner != UNPUBLISHED


def colab(place, path):
    """Return the link that opens the notebook at `path` in Colab."""
    where = f"{place.owner}/{place.name}/blob/{quote(place.branch)}/{quote(path)}"
    return f"https://colab.research.google.com/github/{where}"


def binder(place, path):
    """Return the link that opens the notebook at `path` in Binder."""
    where = f"{place.owner}/{place.name}/{quote(place.branch, safe='')}"
    return f"https://mybinder.org/v2/gh/{where}?labpath={quote(path, safe='')}"


def hub_link(place, path, hub):
    """Return the link that opens the notebook at `path` at a JupyterHub.

    There nbgitpuller first brings the student's own copy of the course up to date.
    Raises SystemExit for what cannot be the address of a hub.
    """
    if not HUB.fullmatch(hub):
        raise SystemExit(
            f"{hub!r} cannot be the address of a JupyterHub: expected something such "
            "as https://hub.example.org, or with a path behind it."
        )
    query = {
        "repo": f"https://github.com/{place.owner}/{place.name}",
        "branch": place.branch,
        "urlpath": f"lab/tree/{place.name}/{path}",
    }
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query)}"


def header(title, path, place):
    """Return a notebook's first cell: its title and its links."""
    links = f"[Open in Colab]({colab(place, path)}) · "
    links += f"[Open in Binder]({binder(place, path)})"
    return f"# {title}\n\n{links}"


def setup_cell(place, host="git+https://github.com/"):
    """Return a notebook's second cell.

    In Colab it installs the package, and nothing that the package needs: Colab has all
    of that, and a newer ipywidgets would show no slider there. Elsewhere, and when the
    package is there already, it does nothing.
    """
    if not place.published:
        return UNPUBLISHED_CELL
    where = f"{place.owner}/{place.name}@{place.edition}"
    return SETUP_CELL.replace("HOST", host).replace("WHERE", where)


SETUP_CELL = """\
# @title Set-up: in Colab this fetches the course; elsewhere it does nothing
import importlib.util
import subprocess
import sys

if "google.colab" in sys.modules and not importlib.util.find_spec("nnteach"):
    source = "HOST"
    source += "WHERE"
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", source]
    if subprocess.run(pip, capture_output=True).returncode:
        print("The package cannot be fetched. Wait a minute, run this again.")
    importlib.invalidate_caches()"""

UNPUBLISHED_CELL = """\
# @title Set-up: in Colab this fetches the course; elsewhere it does nothing
import sys

if "google.colab" in sys.modules:
    print(
        "This copy of the course is not published yet: its owner has to run "
        "`python start.py links` after the first push, and then push again."
    )"""


# Folded away in JupyterLab and in Colab, where its first line is what remains in view.
SETUP_METADATA = {"cellView": "form", "jupyter": {"source_hidden": True}}


def title_of(notebook):
    """Return the title of a notebook: the first line of its first cell."""
    line = notebook.cells[0].source.splitlines()[0] if notebook.cells else ""
    if not line.startswith("# "):
        raise SystemExit("A notebook must begin with a line `# Title` in a text cell.")
    return line[2:].strip()


def stamp_notebook(notebook, path, place):
    """Return the notebook with its first two cells made anew for `place`.

    What an author has written below the title moves into a cell of its own.
    """
    title, rest = title_of(notebook), list(notebook.cells[1:])
    below = notebook.cells[0].source.splitlines()[1:]
    text = [line for line in below if not line.startswith("[Open in Colab](")]
    first = nbformat.v4.new_markdown_cell(header(title, path, place), id="title")
    is_setup = rest and rest[0].source.startswith("# @title Set-up")
    setup = rest.pop(0) if is_setup else nbformat.v4.new_code_cell()
    head = {"source": setup_cell(place), "id": "set-up", "metadata": SETUP_METADATA}
    setup = nbformat.NotebookNode(setup | head)
    if "\n".join(text).strip():
        rest.insert(0, nbformat.v4.new_markdown_cell("\n".join(text).strip()))
    return nbformat.NotebookNode(notebook | {"cells": [first, setup, *rest]})


def readme_table(titles, place):
    """Return the README's table of chapters from their paths and titles."""
    rows = ["| chapter | runs in the browser | as slides |", "| --- | --- | --- |"]
    for path, title in titles.items():
        links = f"[Colab]({colab(place, path)}) · [Binder]({binder(place, path)})"
        slides = f"[Colab slides]({colab(place, path)}#slideshowMode=true)"
        rows.append(f"| [{title}]({quote(path)}) | {links} | {slides} |")
    return "\n".join(rows)


def stamp_readme(text, titles, place):
    """Return the README with its table of chapters made anew."""
    before, start, rest = text.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not end:
        raise SystemExit(f"README.md must hold the two lines {MARKS}.")
    return f"{before}{start}\n{readme_table(titles, place)}\n{end}{after}"


def place_in(text):
    """Return the place that the text of a pyproject.toml names."""
    urls = tomllib.loads(text)["project"]["urls"]
    source, edition = (ADDRESS.fullmatch(urls[key]) for key in ("Source", "Edition"))
    if not (source and edition and source.groups()[:2] == edition.groups()[:2]):
        raise SystemExit(
            "[project.urls] in pyproject.toml must hold two addresses of one "
            "repository: https://github.com/OWNER/NAME/tree/BRANCH as Source, and the "
            "same with a tag or commit in place of BRANCH as Edition."
        )
    return Place(*map(unquote, [*source.groups(), edition[3]]))


def stamp_project(text, place):
    """Return the text of pyproject.toml with another place in it."""
    urls = tomllib.loads(text)["project"]["urls"]
    for key, ref in (("Source", place.branch), ("Edition", place.edition)):
        text = text.replace(f'{key} = "{urls[key]}"', f'{key} = "{place.address(ref)}"')
    return text


def chosen_place(old, repository, branch, remote):
    """Return the place that the command line, or else the `origin` remote, names.

    Where neither does, the place stays the `old` one.
    """
    match = REMOTE.fullmatch(remote)
    repository = repository or (match[1] if match else f"{old.owner}/{old.name}")
    owner, _, name = repository.partition("/")
    return Place(owner, name, branch or old.branch, old.edition)


def git(*words):
    """Return what a git command prints in the course's folder, or nothing."""
    command = ["git", "-C", str(ROOT), *words]
    with suppress(OSError):  # git is not installed
        result = subprocess.run(command, capture_output=True, text=True)
        return result.stdout.strip() if not result.returncode else ""
    return ""


def edition_now(tag):
    """Return what Colab is to install: the tag, or the last commit of the package.

    What `links` writes is not in the package, so the commit is the same afterwards.
    """
    if tag and git("rev-parse", "--verify", f"refs/tags/{tag}"):
        if git("diff", "--name-only", f"refs/tags/{tag}", "--", "nnteach"):
            raise SystemExit(
                f"There is a tag {tag} already, and the package has changed since. "
                "Take another name."
            )
    elif not tag and git("status", "--porcelain", "--", "nnteach"):
        raise SystemExit(
            "The package in nnteach/ has changes that are not committed, so no commit "
            "holds what Colab has to install. Commit them, then do this again."
        )
    commit = tag or git("log", "-1", "--format=%H", "--", "nnteach")
    if not commit:
        raise SystemExit("There is no git history here: say --tag and a name.")
    return commit


def read(path):
    """Return the text of a file."""
    return path.read_text("utf-8")


def write(path, text):
    """Write the text of a file, with the same line ends on every system."""
    path.write_text(text, "utf-8", newline="\n")


def load(path):
    """Return the notebook stored at `path`; raise SystemExit if it holds none."""
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.ValidationError, ValueError, AttributeError, KeyError) as no:
        raise SystemExit(f"{path} holds no notebook: {str(no)[:80]}") from None


def dump(notebook):
    """Return the text in which a notebook is stored."""
    return nbformat.writes(notebook, version=4) + "\n"


def new_texts(root, place):
    """Return what the stamped files below `root` hold then, by their paths."""
    texts = {"pyproject.toml": stamp_project(read(root / "pyproject.toml"), place)}
    titles = {}
    for file in sorted(root.glob("notebooks/*.ipynb")):
        path = file.relative_to(root).as_posix()
        notebook = stamp_notebook(load(file), path, place)
        titles[path], texts[path] = title_of(notebook), dump(notebook)
    texts["README.md"] = stamp_readme(read(root / "README.md"), titles, place)
    return texts


def stamp(root, place):
    """Write `place` into everything below `root`; return the paths that changed."""
    texts = new_texts(root, place)
    changed = sorted(path for path in texts if read(root / path) != texts[path])
    for path in changed:
        write(root / path, texts[path])
    return changed


def main():
    """Stamp the links and say what changed."""
    parser = argparse.ArgumentParser(prog="start.py links")
    parser.add_argument("--repo", metavar="OWNER/NAME")
    parser.add_argument("--branch")
    parser.add_argument("--tag")
    parser.add_argument("--hub", metavar="URL")
    options = parser.parse_args()
    old = place_in(read(ROOT / "pyproject.toml"))
    if options.hub:
        hub_link(old, "", options.hub)  # before anything is written
    remote = git("remote", "get-url", "origin")
    place = chosen_place(old, options.repo, options.branch, remote)
    if place.published:
        place = replace(place, edition=edition_now(options.tag))
    for path in stamp(ROOT, place):
        print(f"{path}: links written")
    if not place.published:
        print(
            "The links lead nowhere yet. Push the course to GitHub, then do this again."
        )
        return
    print(
        f"The course lives at {place.address(place.branch)}. In Colab its chapters "
        f"install the package of {place.edition}. Commit and push what changed."
    )
    for file in sorted(ROOT.glob("notebooks/*.ipynb")) if options.hub else ():
        path = file.relative_to(ROOT).as_posix()
        print(f"{title_of(load(file))}: {hub_link(place, path, options.hub)}")
    if options.tag:
        print(f"Then: git tag {options.tag}, git push origin HEAD {options.tag}")


if __name__ == "__main__":
    sys.exit(main())
