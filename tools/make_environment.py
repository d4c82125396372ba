"""Make .venv from the hashed lock, with the `hvbot` command in it. Standard library only; run by make.

uv is used where it is found because it is faster; else venv and pip. The checkout itself is not installed but named in
a .pth file: pip refuses an editable install together with --require-hashes.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LAUNCHER = """#!{python}
import sys
from hvbot.cli import main
sys.exit(main())
"""


def main() -> int:
    """Make or bring up to date what one lock names: run or test."""
    which = sys.argv[1]
    if sys.version_info < (3, 11):
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 ...")
        return 2
    make_venv()
    install(ROOT / "requirements" / f"{which}.txt")
    add_launcher()
    for stamp in ("run", *(["test"] if which == "test" else [])):
        (VENV / f"{stamp}.stamp").touch()
    return 0


def make_venv() -> None:
    """Make the environment if there is none that works."""
    if usable():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    command = ["uv", "venv", "-q", "--python", sys.executable, str(VENV)]
    if not shutil.which("uv"):
        command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("The environment could not be made. On Debian or Ubuntu: apt-get install python3-venv, or install uv.")


def usable() -> bool:
    """Whether the environment's Python runs, and has pip where uv is not there to install for it."""
    python = VENV / "bin" / "python"
    if not python.exists():
        return False
    probe = "pass" if shutil.which("uv") else "import pip"
    return subprocess.run([str(python), "-c", probe], check=False, capture_output=True).returncode == 0


def install(lock: Path) -> None:
    """Install the lock, hashes required."""
    python = str(VENV / "bin" / "python")
    command = ["uv", "pip", "install", "-q", "--python", python, "--require-hashes", "-r", str(lock)]
    if not shutil.which("uv"):
        options = ["-q", "--disable-pip-version-check", "--require-hashes"]
        command = [python, "-m", "pip", "install", *options, "-r", str(lock)]
    print(f"Installing {lock.name} into .venv (the first time takes a minute) ...", flush=True)
    subprocess.run(command, check=True)


def add_launcher() -> None:
    """Put the checkout on the environment's path, and the command in its bin."""
    python = VENV / "bin" / "python"
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    (Path(site) / "hvbot-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = VENV / "bin" / "hvbot"
    command.write_text(LAUNCHER.format(python=python), encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
