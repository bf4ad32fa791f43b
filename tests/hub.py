"""A real JupyterHub with real users, for test_hub.py and benchmarks/hub.py.

    with place() as folder, users(folder, 3) as names, hub(folder, names) as students:
        student = students[0].enter()
        student.pull()
        kernel = student.kernel()

The hub runs deploy/jupyterhub_config.py, with other ports. What it needs is installed
into a folder that every user can read, which the course's own need not be. Afterwards
no process, no user and no file of all this is left.
"""

import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import nbformat
import psutil
import requests
import websocket

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "deploy" / "jupyterhub_config.py"
GROUP = "students"  # as in CONFIG
PATIENCE = 300  # seconds until something is given up, on a computer that is very busy
PLAIN = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
COMMIT = [
    *("-c", "user.name=ann", "-c", "user.email=ann@example.org"),
    *("commit", "-q", "-m", "A chapter"),
]


def public_python():
    """Return a Python from which every user may make an environment, or None."""
    trial = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
    nobody = {"user": "nobody", "extra_groups": [], "cwd": "/", "env": PLAIN}
    for path in (os.path.realpath(sys.executable), "/usr/bin/python3"):
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run([path, "-c", trial], check=True, **nobody)
            return path
    return None


def obstacle():
    """Return why no such hub can be started here; nothing, if it can."""
    if sys.platform != "linux" or os.geteuid():
        return "a hub that starts servers for others needs Linux and root"
    programs = "useradd userdel groupadd groupdel chpasswd node npm git".split()
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        return f"JupyterHub, its proxy and its users need {', '.join(missing)}"
    if not public_python():
        return "no Python 3.11 or newer here may be started by every user"
    return ""


def until(condition, what, pause=0.1):
    """Return the first true answer; raise a TimeoutError after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while not (answer := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {PATIENCE} s")
        time.sleep(pause)
    return answer


def answers(url):
    """Return whether something answers at `url`."""
    with suppress(requests.ConnectionError):
        return requests.get(url, timeout=PATIENCE).ok
    return False


# ---------------------------------------------------------------- the place


@contextmanager
def place():
    """Yield a folder that has JupyterHub, its proxy and the course, for all to read.

    NNTEACH_HUB names a folder in which they stay until the next time.
    """
    kept = os.environ.get("NNTEACH_HUB")
    folder = Path(kept or tempfile.mkdtemp(prefix="nnteach-hub-"))
    try:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        install(folder)
        yield folder
    finally:
        if not kept:
            shutil.rmtree(folder)


def install(folder):
    """Install what the hub needs, unless it is there."""

    def run(*command):
        words = [str(word) for word in command]
        done = subprocess.run(words, capture_output=True, text=True, umask=0o022)
        assert not done.returncode, f"{words[:3]}: {done.stdout}\n{done.stderr}"

    if not (folder / "proxy").is_dir():
        run(public_python(), "-m", "venv", folder / "env")
        pip = [folder / "env" / "bin" / "python", "-m", "pip", "install", "-q"]
        run(*pip, f"{ROOT}[hub]")
        npm = ["npm", "install", "--silent", "--prefix", folder / "proxy"]
        run(*npm, "configurable-http-proxy@^5.3")


# ---------------------------------------------------------------- the users


@contextmanager
def users(folder, number):
    """Yield the names of new users; afterwards nothing of them is left."""
    homes = folder / "home"
    homes.mkdir(exist_ok=True)
    names = [f"nn{os.getpid()}x{index}" for index in range(number)]
    new_group = not subprocess.run(["groupadd", GROUP], capture_output=True).returncode
    try:
        for name in names:
            words = ["useradd", "--create-home", "--home-dir", homes / name]
            words += ["--groups", GROUP, "--shell", "/bin/bash"]
            subprocess.run([*words, "-K", "HOME_MODE=0700", name], check=True)
        yield names
    finally:
        for name in names:
            end_all_of(name)
            subprocess.run(["userdel", "--remove", name], capture_output=True)
        if new_group:
            subprocess.run(["groupdel", GROUP], check=True)


def leave_class(name):
    """Take a user out of the group that the hub lets in."""
    subprocess.run(["usermod", "--groups", "", name], check=True)


def accounts():
    """Return the names of the system's users."""
    return {entry.pw_name for entry in pwd.getpwall()}


def processes_of(name):
    """Return the processes of a user."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.username() == name:
                found.append(process)
    return found


def end_all_of(name):
    """Kill every process of a user, those too that start meanwhile."""
    while found := processes_of(name):
        for process in found:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(found, timeout=5)


# ---------------------------------------------------------------- the hub


def free_port():
    """Return a port that nobody uses."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@contextmanager
def child(command, log, **settings):
    """Start a command; after the block nothing of it runs."""
    with log.open("ab") as output:
        words = [str(word) for word in command]
        process = subprocess.Popen(
            words, stdout=output, stderr=subprocess.STDOUT, **settings
        )
    try:
        yield process
    finally:
        family = [process, *psutil.Process(process.pid).children(recursive=True)]
        process.terminate()  # the hub stops its servers and its proxy then
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        for one in family:
            with suppress(psutil.Error, ProcessLookupError):
                one.kill()
        process.wait()


@contextmanager
def hub(folder, names, more=""):
    """Yield a student for each name, at a hub that runs the course's configuration.

    more: lines of configuration that are added to it.
    """
    state = Path(tempfile.mkdtemp(dir=folder))  # mode 700: its secrets are in there
    ports = [free_port() for _ in range(4)]
    url, source = f"http://127.0.0.1:{ports[0]}", f"git://127.0.0.1:{ports[3]}/course"
    (state / "config.py").write_text(
        f"c = get_config()\nload_subconfig({str(CONFIG)!r})\n"
        f"c.JupyterHub.bind_url = {url!r}\n"
        f"c.JupyterHub.hub_port = {ports[1]}\n"
        f"c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{ports[2]}'\n{more}\n"
    )
    bins = [folder / "env" / "bin", folder / "proxy" / "node_modules" / ".bin"]
    path = [*map(str, bins), str(Path(shutil.which("node")).parent), PLAIN["PATH"]]
    settings = {**PLAIN, "PATH": ":".join(path), "HOME": str(state)}
    daemon = ["git", "daemon", "--export-all", f"--base-path={state}"]
    daemon += ["--listen=127.0.0.1", f"--port={ports[3]}", "--reuseaddr"]
    command = [bins[0] / "jupyterhub", "-f", "config.py"]
    log = folder / "hub.log"
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, state)
        make_course(state / "course")
        stack.enter_context(child(daemon, log, env={**os.environ, "HOME": str(state)}))
        running = child(command, log, cwd=state, env=settings)
        process = stack.enter_context(running)

        def ready():
            assert process.poll() is None, log.read_text("utf-8", "replace")[-3000:]
            return answers(f"{url}/hub/api/")

        until(ready, "the hub starts")
        passwords = {name: secrets.token_hex(8) for name in names}
        lines = "".join(f"{name}:{word}\n" for name, word in passwords.items())
        subprocess.run(["chpasswd"], input=lines, text=True, check=True)
        yield [Student(url, source, *pair) for pair in passwords.items()]


def make_course(folder):
    """Make a repository with the notebooks, as GitHub would hold it."""
    shutil.copytree(
        ROOT / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints", "*.json"),
    )
    for words in (["init", "-q", "-b", "main"], ["add", "."], COMMIT):
        subprocess.run(["git", "-C", folder, *words], check=True)


# ---------------------------------------------------------------- a student


class Student:
    """One who logs in with name and password and then has a server.

    seconds: how long each step took, by its name.
    """

    def __init__(self, url, source, name, password):
        self.url, self.source, self.name, self.password = url, source, name, password
        self.seconds, self.headers = {}, {}

    def log_in(self):
        """Send the login form, as a browser does; return the hub's answer."""
        session = requests.Session()
        session.get(f"{self.url}/hub/login", timeout=PATIENCE)
        form = {"username": self.name, "password": self.password}
        form["_xsrf"] = session.cookies["_xsrf"]
        session.headers["Referer"] = f"{self.url}/hub/login"
        answer = session.post(
            f"{self.url}/hub/login?next=/hub/home", form, timeout=PATIENCE
        )
        if answer.ok:
            address = f"{self.url}/hub/api/users/{self.name}/tokens"
            xsrf = {"X-XSRFToken": session.cookies.get("_xsrf", path="/hub/")}
            made = session.post(address, json={}, headers=xsrf, timeout=PATIENCE)
            made.raise_for_status()
            self.headers = {"Authorization": f"token {made.json()['token']}"}
        return answer

    def ask(self, path, method="GET", whose=None, **more):
        """Return what the server of this student, or of another one, answers."""
        address = f"{self.url}/user/{(whose or self).name}/{path}"
        return requests.request(
            method, address, headers=self.headers, timeout=PATIENCE, **more
        )

    def at_hub(self, path="", method="GET"):
        """Return what the hub answers about this student."""
        address = f"{self.url}/hub/api/users/{self.name}{path}"
        return requests.request(method, address, headers=self.headers, timeout=PATIENCE)

    def enter(self):
        """Log in and start the server; return the student."""
        with self.timed("log in"):
            self.log_in().raise_for_status()

        def started():  # 429: too many start at this moment, come again
            answer = self.at_hub("/server", "POST")
            assert answer.ok or answer.status_code == 429, answer.text
            return answer.ok

        with self.timed("start"):
            until(started, "the hub lets a server start", pause=1)
            until(self.has_server, "the server starts", pause=0.5)
        return self

    def has_server(self):
        """Return whether the student has a server that is ready."""
        servers = self.at_hub().json()["servers"].values()
        return any(server["ready"] for server in servers)

    def pull(self):
        """Fetch the course as the link of nbgitpuller does; return what it says."""
        where = {"repo": self.source, "branch": "main", "targetpath": "course"}
        with self.timed("fetch"):
            answer = self.ask("git-pull/api", params=where)
        assert '"phase": "finished"' in answer.text, answer.text
        return answer.text

    @contextmanager
    def timed(self, step):
        """Note how long the block takes."""
        begin = time.monotonic()
        yield
        self.seconds[step] = time.monotonic() - begin

    def kernel(self):
        """Start a kernel in the folder of the chapters, and connect to it."""
        body = {"name": "python3", "path": "course/notebooks"}
        answer = self.ask("api/kernels", "POST", json=body)
        answer.raise_for_status()
        return Kernel(self, answer.json()["id"])

    def run(self, name):
        """Run a chapter of the student's copy to the end; return what went wrong.

        That is a list with (number of the cell, what was said or raised) for each cell
        that fails, or that is tagged for comparison and says other than is stored.
        """
        content = self.ask(f"api/contents/course/notebooks/{name}").json()["content"]
        notebook, wrong = nbformat.from_dict(content), []
        with self.timed(name):
            kernel = self.kernel()
            for number, cell in enumerate(notebook.cells):
                if cell.cell_type != "code":
                    continue
                said, error = kernel.run(cell.source)
                same = said == stored(cell)
                tagged = "nbval-check-output" in cell.metadata.get("tags", [])
                if error or (tagged and not same):
                    wrong.append((number, error or said))
        return wrong

    def uses(self):
        """Return (megabytes, CPU seconds) of the server and of each kernel, by name.

        The megabytes are proportional set size: what several share is divided.
        """
        found = {"server": (0.0, 0.0)}
        for process in processes_of(self.name):
            words = " ".join(process.cmdline())
            kind = f"kernel {process.pid}" if "ipykernel" in words else "server"
            memory, seconds = process.memory_full_info().pss / 1e6, process.cpu_times()
            before = found.get(kind, (0.0, 0.0))
            spent = seconds.user + seconds.system
            found[kind] = (before[0] + memory, before[1] + spent)
        return found

    @property
    def home(self):
        """Return the home of the student."""
        return Path(pwd.getpwnam(self.name).pw_dir)


def stored(cell):
    """Return what a cell has printed when it was stored."""
    streams = [out for out in cell.outputs if out.output_type == "stream"]
    return "".join(out.text for out in streams if out.name == "stdout")


class Kernel:
    """A kernel at a student's server, reached through the hub's proxy."""

    def __init__(self, student, ident, whose=None):
        self.ident = ident
        address = f"{student.url}/user/{(whose or student).name}/api/kernels/{ident}"
        self.socket = websocket.create_connection(
            address.replace("http", "ws", 1) + "/channels",
            header=student.headers,
            timeout=PATIENCE,
        )

    def run(self, code):
        """Run code; return what it prints and the name of its error, or nothing."""
        ident, said, error, open_ends = uuid4().hex, "", "", {"execute_reply", "idle"}
        header = {"msg_id": ident, "msg_type": "execute_request", "version": "5.3"}
        header |= {"session": ident, "username": "", "date": "2026-01-01T00:00:00Z"}
        content = {"code": code, "silent": False, "allow_stdin": False}
        request = {"header": header, "parent_header": {}, "metadata": {}}
        self.socket.send(json.dumps(request | {"content": content, "channel": "shell"}))
        while open_ends:
            data = self.socket.recv()
            if isinstance(data, bytes):  # a widget's, with buffers
                continue
            message = json.loads(data)
            kind, content = message["msg_type"], message["content"]
            if content.get("execution_state") in {"restarting", "autorestarting"}:
                return said, content["execution_state"]  # it has died
            if message["parent_header"].get("msg_id") != ident:
                continue
            open_ends -= {kind, content.get("execution_state")}
            if kind == "stream" and content["name"] == "stdout":
                said += content["text"]
            if kind == "error":
                error = content["ename"]
        return said, error
