"""A class at a real JupyterHub: what each may, and what none may.

Real users of the system, in real homes, at the configuration of deploy/. Skipped, with
the reason, where the machine forbids it. NNTEACH_STUDENTS says how many there are.
"""

import json
import os
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import quote

import pytest
import requests
import websocket

import links
from browser import browser
from test_deploy import values

pytest.importorskip("pwd", reason="a hub with users of the system needs Linux")
import hub

OBSTACLE = hub.obstacle()
MUST_RUN = os.environ.get("CI") and os.geteuid() == 0
pytestmark = [
    pytest.mark.hub,
    pytest.mark.skipif(bool(OBSTACLE and not MUST_RUN), reason=OBSTACLE or "-"),
]
NUMBER = int(os.environ.get("NNTEACH_STUDENTS", "4"))
CHAPTER = "02-worked-example.ipynb"
GIB = 2**30


@pytest.fixture(scope="module")
def folder():
    assert not OBSTACLE
    with hub.place() as folder:
        yield folder


@pytest.fixture(scope="module")
def names(folder):
    with hub.users(folder, NUMBER + 1) as names:  # one of them is not in the class
        hub.leave_class(names[-1])
        yield names
    assert not any(hub.processes_of(name) for name in names)
    assert not hub.accounts() & {*names}


@pytest.fixture(scope="module")
def everybody(folder, names):
    with hub.hub(folder, names) as everybody:
        yield everybody


@pytest.fixture(scope="module")
def students(everybody):
    """All who are in the class, each with a server and a copy of the course."""
    *students, _ = everybody

    def begin(student):
        student.enter().pull()

    with ThreadPoolExecutor(NUMBER) as pool:
        list(pool.map(begin, students))
    return students


@pytest.fixture(scope="module")
def kernels(students):
    """The kernels of the first two students, the `own` and the `other`."""
    return [student.kernel() for student in students[:2]]


LOAD = """
import json, sys
from pathlib import Path
from jupyter_client import KernelManager
from jupyter_server.services.kernels.kernelmanager import MappingKernelManager
from jupyterhub.app import JupyterHub
from jupyterhub.auth import LocalAuthenticator
from jupyterhub.spawner import Spawner
from systemdspawner import SystemdSpawner
from traitlets.config.loader import KeyValueConfigLoader, PyFileConfigLoader

is_dir, systemd = Path.is_dir, Path("/run/systemd/system")
Path.is_dir = lambda path: sys.argv[2] == "systemd" if path == systemd else is_dir(path)
config = PyFileConfigLoader(sys.argv[1]).load_config()
config.merge(KeyValueConfigLoader(config.Spawner.args).load_config())
known = JupyterHub, LocalAuthenticator, Spawner, SystemdSpawner
known = {kind.__name__: kind for kind in (*known, KernelManager, MappingKernelManager)}
settings = {}
for name, section in config.items():
    for trait in known[name].class_traits(config=True).keys() & section.keys():
        bare = name in ("LocalAuthenticator", "SystemdSpawner")  # these want a user
        loaded = None if bare else known[name](config=config)
        settings[f"{name}.{trait}"] = getattr(loaded, trait, str(section[trait]))
    unknown = section.keys() - known[name].class_traits(config=True).keys()
    assert not unknown, (name, unknown)
print(json.dumps(settings, default=lambda value: getattr(value, "__name__", "?")))
"""


@pytest.fixture(scope="module")
def load(folder):
    """Load a configuration as JupyterHub does: {"Class.trait": value}.

    A trait that its class does not have, or a value that it refuses, is an error.
    """

    def load(name, system="systemd"):
        python = folder / "env" / "bin" / "python"
        words = [python, "-c", LOAD, hub.ROOT / "deploy" / name, system]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return load


def test_the_three_configurations_say_the_same(load):
    machine, same = load("jupyterhub_config.py"), load("jupyterhub_config.py", "none")
    of_spawner = {"JupyterHub.spawner_class"}
    differing = {name for name in machine | same if machine.get(name) != same.get(name)}
    assert differing - of_spawner == {
        "SystemdSpawner.isolate_tmp",
        "SystemdSpawner.disable_user_sudo",
    }
    cluster, littlest = values("kubernetes.yaml"), values("littlest.yaml")
    memory, cores = machine["Spawner.mem_limit"], machine["Spawner.cpu_limit"]
    assert (memory, cores) == (GIB, 1)
    assert cluster["singleuser.memory.limit"] == littlest["limits.memory"] == "1G"
    assert cluster["singleuser.cpu.limit"] == littlest["limits.cpu"] == cores
    [service] = machine["JupyterHub.services"]
    every = [
        f"--timeout={cluster['cull.timeout']}",
        f"--cull-every={cluster['cull.every']}",
    ]
    assert service["command"][-2:] == every
    for key in ("timeout", "every"):
        assert littlest[f"services.cull.{key}"] == cluster[f"cull.{key}"]
    kernels = load("littlest_kernels.py")
    assert kernels.items() <= machine.items()
    inside = "singleuser.extraFiles.kernels.data."
    for name in ("cull_idle_timeout", "cull_interval"):
        name = f"MappingKernelManager.{name}"
        assert kernels[name] == machine[name] == cluster[inside + name]


def test_only_the_class_is_let_in(everybody):
    *_, stranger = everybody
    first = hub.Student(everybody[0].url, "", everybody[0].name, "not the password")
    assert first.log_in().status_code == 403
    assert stranger.log_in().status_code == 403
    assert not stranger.headers


def test_each_student_runs_chapter_02_to_the_end(students):
    with ThreadPoolExecutor(NUMBER) as pool:
        wrong = list(pool.map(lambda student: student.run(CHAPTER), students))
    assert wrong == [[]] * NUMBER
    for student in students:
        assert {"server", "kernel"} == {name.split()[0] for name in student.uses()}


@pytest.mark.parametrize(
    "path", ["api/contents/course", "api/kernels", "lab", "metrics"]
)
def test_nobody_reaches_anothers_server(students, path):
    own, other = students[:2]
    assert other.ask(path).ok
    assert own.ask(path, whose=other).status_code == 403
    nameless = hub.Student(own.url, "", own.name, "").ask(path, whose=other)
    assert nameless.status_code == 403 or "/hub/login" in nameless.url


def test_nobody_connects_to_anothers_kernel(students, kernels):
    own, other = students[:2]
    assert hub.Kernel(other, kernels[1].ident).run("print(1)") == ("1\n", "")
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        hub.Kernel(own, kernels[1].ident, whose=other)


ATTEMPTS = {
    "list the home": "import os; os.listdir({home!r})",
    "read a chapter": "open({home!r} + '/course/notebooks/' + {chapter!r})",
    "write a file": "open({home!r} + '/mine', 'w')",
    "read the key of a kernel": "open({connection!r})",
    "stop a kernel": "import os; os.kill({pid}, 15)",
    "read its variables": "open('/proc/{pid}/environ').read()",
    "read its memory": "open('/proc/{pid}/mem', 'rb')",
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nobody_reads_or_stops_what_is_anothers(students, kernels, attempt):
    other = students[1]
    pid = int(kernels[1].run("import os; print(os.getpid())")[0])
    connection = str(connection_file(other, kernels[1]))
    places = {"home": str(other.home), "chapter": CHAPTER}
    code = ATTEMPTS[attempt].format(pid=pid, connection=connection, **places)
    assert kernels[0].run(code) == ("", "PermissionError")
    if attempt != "stop a kernel":
        assert kernels[1].run(code)[1] == "", "the owner may"
    assert other.home.stat().st_mode & 0o777 == 0o700


def connection_file(student, kernel):
    [path] = (student.home / ".local").rglob(f"kernel-{kernel.ident}.json")
    return path


LISTEN = """
import zmq
listener = zmq.Context.instance().socket(zmq.SUB)
listener.subscribe(b"")
listener.connect("tcp://127.0.0.1:{port}")
print(listener.poll(3000))
"""
SAY = """
import os, time
while not os.path.exists({stop!r}):
    print("secret", flush=True)
    time.sleep(0.05)
"""


def test_nobody_hears_what_anothers_kernel_sends(students, kernels):
    own, other = kernels
    connection = json.loads(connection_file(students[1], other).read_text())
    assert connection["transport"] == "tcp"
    stop, said = students[1].home / "stop", []
    code = SAY.format(stop=str(stop))
    talker = threading.Thread(target=lambda: said.append(other.run(code)))
    talker.start()
    try:
        heard = own.run(LISTEN.format(port=connection["iopub_port"]))
    finally:
        stop.touch()
        talker.join()
    assert "secret\nsecret" in said[0][0]
    assert heard == ("0\n", "")


def test_the_limit_on_memory_holds_for_one_and_harms_no_other(kernels):
    own, other = kernels
    assert own.run("half = bytearray(2**29)") == ("", "")
    took_too_much = own.run(f"data = bytearray({2 * GIB})")[1]
    assert took_too_much in {"MemoryError", "restarting", "autorestarting"}
    assert own.run("print(1)") == ("1\n", "")
    assert other.run("print(2)") == ("2\n", "")


def test_a_student_gets_a_fresh_copy_and_keeps_the_own(students):
    student = students[0]
    chapter = student.home / "course" / "notebooks" / CHAPTER
    fresh = chapter.read_bytes()
    chapter.write_bytes(b"my work")
    student.pull()
    assert chapter.read_bytes() == b"my work", "what was changed stays"
    mine = chapter.rename(chapter.with_name("mine.ipynb"))
    student.pull()
    assert chapter.read_bytes() == fresh
    assert mine.read_bytes() == b"my work"


def test_the_link_leads_from_the_login_to_the_chapter(chromium, students):
    student = students[-1]
    place = links.Place("ann-b", "course", "main", "v1")
    link = links.hub_link(place, f"notebooks/{CHAPTER}", student.url)
    there, here = "https://github.com/ann-b/course", student.source
    link = link.replace(quote(there, safe=""), quote(here, safe=""))
    shutil.rmtree(student.home / "course")
    with browser(chromium) as started:
        page = started.new_page()
        page.set_default_timeout(hub.PATIENCE * 1000)
        page.goto(link)
        page.get_by_label("Username").fill(student.name)
        page.get_by_label("Password").fill(student.password)
        page.get_by_role("button", name="Sign in").click()
        title = page.locator(".jp-Notebook h1").first
        assert "A network that you can follow by hand" in title.inner_text()
        assert page.url.endswith(f"/lab/tree/course/notebooks/{CHAPTER}")


CULL_SOON = """
c.JupyterHub.services[0]["command"][-2:] = ["--timeout=10", "--cull-every=1"]
c.JupyterHub.last_activity_interval = 1
"""


def test_the_idle_culler_stops_who_is_away_and_no_other(folder, names):
    with hub.hub(folder, names[:2], CULL_SOON) as (away, here):
        at_other_hub = hub.processes_of(away.name)
        here.enter()
        end = threading.Event()

        def work():
            while not end.is_set():
                with suppress(requests.RequestException):
                    here.ask("api/kernels")
                time.sleep(0.2)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            away.enter().ask("api/kernels", "POST", json={})
            hub.until(lambda: not away.has_server(), "the culler stops a server")
            assert here.has_server()
        finally:
            end.set()
            worker.join()

        def ended():
            return {*hub.processes_of(away.name)} <= {*at_other_hub}

        hub.until(ended, "its kernels end")
        assert away.enter().has_server(), "and come back"
