"""The configuration for a class is sound as data, and its page says what it does.

The charts' own schemas come from no package index, so that the keys which are used here
are written down once more, from Zero to JupyterHub's values.schema.yaml and from The
Littlest JupyterHub's defaults. test_hub.py loads and runs jupyterhub_config.py.
"""

import re
import shlex
import shutil
import subprocess
import sys
from math import ceil
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
PAGE = (DEPLOY / "README.md").read_text("utf-8")

KERNELS = "singleuser.extraFiles.kernels"
NUMBER, SIZE = (int, float), re.compile(r"\d+[MG]i?")
SCHEMAS = {
    "kubernetes.yaml": {
        "hub.concurrentSpawnLimit": int,
        "hub.activeServerLimit": int,
        "hub.config.JupyterHub.authenticator_class": str,
        "proxy.https.enabled": bool,
        "proxy.https.hosts": list,
        "proxy.https.letsencrypt.contactEmail": str,
        "singleuser.image.name": str,
        "singleuser.image.tag": str,
        "singleuser.defaultUrl": str,
        "singleuser.startTimeout": int,
        "singleuser.memory.limit": SIZE,
        "singleuser.memory.guarantee": SIZE,
        "singleuser.cpu.limit": NUMBER,
        "singleuser.cpu.guarantee": NUMBER,
        "singleuser.extraEnv.OPENBLAS_NUM_THREADS": str,
        "singleuser.storage.capacity": SIZE,
        "singleuser.cloudMetadata.blockWithIptables": bool,
        "singleuser.networkPolicy.enabled": bool,
        f"{KERNELS}.mountPath": str,
        f"{KERNELS}.data.MappingKernelManager.cull_idle_timeout": int,
        f"{KERNELS}.data.MappingKernelManager.cull_interval": int,
        "cull.enabled": bool,
        "cull.timeout": int,
        "cull.every": int,
        "cull.concurrency": int,
        "cull.users": bool,
        "cull.maxAge": int,
        "scheduling.userScheduler.enabled": bool,
        "scheduling.podPriority.enabled": bool,
        "scheduling.userPlaceholder.enabled": bool,
        "scheduling.userPlaceholder.replicas": int,
        "prePuller.hook.enabled": bool,
        "prePuller.continuous.enabled": bool,
    },
    "littlest.yaml": {
        "users.admin": list,
        "https.enabled": bool,
        "https.letsencrypt.email": str,
        "https.letsencrypt.domains": list,
        "limits.memory": SIZE,
        "limits.cpu": int,
        "user_environment.default_app": re.compile("jupyterlab|classic"),
        "services.cull.enabled": bool,
        "services.cull.timeout": int,
        "services.cull.every": int,
        "services.cull.concurrency": int,
        "services.cull.users": bool,
        "services.cull.max_age": int,
    },
}


def flat(tree, path=""):
    """Return {path with dots: value} of nested dictionaries."""
    if not isinstance(tree, dict):
        return {path.removesuffix("."): tree}
    found = {}
    for key, below in tree.items():
        found |= flat(below, f"{path}{key}.")
    return found


def values(name):
    return flat(yaml.safe_load((DEPLOY / name).read_text("utf-8")))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_value_is_one_that_the_chart_knows_and_of_its_kind(name):
    found, kinds = values(name), SCHEMAS[name]
    assert found.keys() == kinds.keys()
    for path, value in found.items():
        if isinstance(kinds[path], re.Pattern):
            assert kinds[path].fullmatch(value), (path, value)
        else:
            assert isinstance(value, kinds[path]), (path, value)
            assert isinstance(value, bool) == (kinds[path] is bool), (path, value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_limits_and_culling_are_explicit(name):
    found = values(name)
    top = "cull" if name == "kubernetes.yaml" else "services.cull"
    assert found[f"{top}.enabled"]
    assert found[f"{top}.every"] < found[f"{top}.timeout"]
    limits = [path for path in found if re.search(r"(memory|cpu)(\.limit)?$", path)]
    assert len(limits) == 2
    assert all(found[path] for path in limits)


# Such as: 300 × 7.1 s / 60 s = 36 cores, rounded up
SUM = re.compile(r"([\d,.]+) × ([\d,.]+) \w+(?: / ([\d,.]+) \w+)? = ([\d,.]+) (\w+)")


def test_the_arithmetic_of_the_page_is_right():
    sums = SUM.findall(PAGE)
    assert len(sums) >= 8
    for words in sums:
        *numbers, unit = words
        count, each, over, said = (float(n.replace(",", "") or 1) for n in numbers)
        assert said == ceil(round(count * each / over, 6)), (words, unit)


def test_the_figures_of_the_sums_are_those_that_were_measured():
    table = re.findall(r"^\| (.+?) \| ([\d.]+) (MB|s) \|", PAGE, re.MULTILINE)
    measured = {name: float(value) for name, value, _ in table}
    each = measured["server, memory"] + 3 * measured["kernel of chapter 03, memory"]
    assert f"× {each / 1000:.2f} GB" in PAGE
    start = measured["server, CPU until it runs"] + measured["chapter 02, CPU"]
    assert f"× {start:.1f} s" in PAGE
    assert f"× {measured['chapter 03, CPU']:.1f} s" in PAGE


def test_the_command_of_the_page_builds_an_image_with_the_course_and_nbgitpuller():
    [command] = re.findall(
        r"^    (jupyter-repo2docker (?:.+\\\n)*.+)", PAGE, re.MULTILINE
    )
    program, *words = shlex.split(command.replace("\\\n", " "))
    program = shutil.which(program, path=Path(sys.executable).parent)
    words = [program, "--no-build", "--debug", *words]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    dockerfile = done.stdout + done.stderr
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in dockerfile
    assert re.search(r"^RUN .*pip install .*nbgitpuller", dockerfile, re.MULTILINE)


def test_every_file_of_deploy_is_on_the_page_and_every_command_exists():
    for path in DEPLOY.iterdir():
        assert path.name == "README.md" or f"({path.name})" in PAGE, path
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", PAGE):
        assert (DEPLOY / target).exists(), target
    for tool in re.findall(r"start\.py (\w+)", PAGE):
        folders = (ROOT / "tools", ROOT / "benchmarks")
        assert any((folder / f"{tool}.py").is_file() for folder in folders), tool
