"""JupyterLab as `start.py` opens it: to open a notebook is not to change it.

JupyterLab writes into every notebook that it opens which Python runs it, to the last
digit of its version, and marks the notebook as changed where another one stood there.
So here a notebook is read with this Python's description in it; the file stays as it is
until it is saved.
"""

import sys

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyterlab.labapp import main

NAME = "python3"  # of the kernel that the chapters ask for


class Contents(AsyncLargeFileManager):
    """Files as they are on disk, and notebooks as JupyterLab would change them."""

    async def get(self, *args, **kwargs):
        """Return a file; a notebook for this Python names it as JupyterLab does."""
        model = await super().get(*args, **kwargs)
        if model["type"] == "notebook" and model["content"]:
            metadata = model["content"]["metadata"]
            if metadata.get("kernelspec", {}).get("name") == NAME:
                metadata.update(kernelspec=kernelspec(), language_info=language_info())
        return model


def kernelspec():
    """Return what JupyterLab writes about the kernel."""
    spec = KernelSpecManager().get_kernel_spec(NAME)
    return {
        "name": NAME,
        "display_name": spec.display_name,
        "language": spec.language,
    }


def language_info():
    """Return what the kernel says about its language."""
    return dict(IPythonKernel.language_info)


if __name__ == "__main__":
    sys.argv.append("--ServerApp.contents_manager_class=__main__.Contents")
    sys.exit(main())
