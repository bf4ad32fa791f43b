"""A class on one Linux machine, where each student is a user of the system.

    jupyterhub -f deploy/jupyterhub_config.py         as root

README.md, beside this file, says what has to be there before. The figures below stand
in littlest.yaml and kubernetes.yaml too, and a test compares them.
"""

import os
import resource
import sys
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner

GIB = 2**30
MEMORY = 1 * GIB  # of a student; start.py hub measures what they use
CPU = 1.0  # of one core
EXPECTED = 512 * 2**20  # of a student with three chapters open
IDLE_SERVER, IDLE_KERNEL, EVERY = 3600, 1800, 300  # seconds

c = get_config()  # noqa: F821, JupyterHub defines it

# The proxy that has the certificate stands before it: nothing is open to the network.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"

# Passwords are the system's. Who is not in this group is not let in.
c.JupyterHub.authenticator_class = "pam"
c.LocalAuthenticator.allowed_groups = {"students"}


class RlimitSpawner(LocalProcessSpawner):
    """Starts a student's server with a limit on memory, for a machine without systemd.

    The limit holds for each process, a kernel or the server, and is inherited by what
    they start. JupyterHub's own local spawner would ignore `mem_limit`.
    """

    def make_preexec_fn(self, name):
        """Return what the new process does before it becomes the server."""
        become_the_student, limit = super().make_preexec_fn(name), self.mem_limit

        def prepare():
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
            become_the_student()

        return prepare


def close_home(spawner):
    """Close the student's home to all others, also where useradd has left it open."""
    Path(f"~{spawner.user.name}").expanduser().chmod(0o700)


if Path("/run/systemd/system").is_dir():  # the limits hold for all a student runs
    c.JupyterHub.spawner_class = "systemd"
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.disable_user_sudo = True
else:
    c.JupyterHub.spawner_class = RlimitSpawner

c.Spawner.mem_limit = MEMORY
c.Spawner.cpu_limit = CPU
c.Spawner.pre_spawn_hook = close_home
c.Spawner.default_url = "/lab"
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1"}  # 300 x all cores help nobody
c.Spawner.args = [
    f"--MappingKernelManager.cull_idle_timeout={IDLE_KERNEL}",
    f"--MappingKernelManager.cull_interval={EVERY}",
    # What kernels send goes through ports that every user of the machine can reach.
    "--KernelManager.transport_encryption=required",
]

# When everybody comes at once: as many starts together as the cores can carry, and no
# more servers than the memory. Who comes too early is asked to try again.
CORES = os.cpu_count() or 1
PAGES = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
c.JupyterHub.concurrent_spawn_limit = 4 * CORES
c.JupyterHub.active_server_limit = max(1, int(0.8 * PAGES / EXPECTED))
c.Spawner.start_timeout = c.Spawner.http_timeout = 120

# A server that nobody has used for an hour is stopped; files stay, variables do not.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [
            *(sys.executable, "-m", "jupyterhub_idle_culler"),
            *(f"--timeout={IDLE_SERVER}", f"--cull-every={EVERY}"),
        ],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": [
            *("list:users", "read:users:activity", "read:servers", "delete:servers")
        ],
    }
]
