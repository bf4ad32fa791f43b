"""For The Littlest JupyterHub: /opt/tljh/config/jupyterhub_config.d/kernels.py."""

c = get_config()  # noqa: F821, JupyterHub defines it
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1"}
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=300",
    # What kernels send goes through ports that every user of the machine can reach.
    "--KernelManager.transport_encryption=required",
]
