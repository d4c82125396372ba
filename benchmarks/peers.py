"""The whole turn beside RapidSMS, the best known framework of its kind, behind the same server on the same PostgreSQL.

    python -m benchmarks.peers [--rounds 5] [--families 100] [--phones 100000] [--smoke]

RapidSMS 2.2 on Django 5.2 does far less: its BlockingRouter finds the phone, its message log keeps the text and the answer,
and a keyword application of five lines answers; no signature, no conversation, no visit, and the answer leaves for a
backend that throws it away. It is measured twice: as a new Django project sets it up (`rapidsms`: Django's usual middleware,
a connection to the database for every request), and `tuned`: one middleware and connections that are kept. It is installed with pip into an environment that is removed afterwards. Both run under
gunicorn with 2 workers of 8 threads, get the same words from the same phones over 16 connections, in turns, and commit to
the disk. Afterwards the rows of both are counted.

Goal: 2.0 times the rate of `rapidsms`; `tuned` has no goal and is printed beside it. Where it cannot be installed nothing is measured, and the program says so and ends with 2.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from benchmarks.seed import number, seed
from benchmarks.serving import (
    DURABLE,
    PRODUCT,
    Request,
    Server,
    conversations,
    environment,
    in_turn,
    measure,
    median,
    plain,
    runtime_on,
    serving,
    settle,
    signed,
    token_of,
    verdict,
)
from tests.support import postgres

PACKAGES = ("django==5.2.*", "rapidsms==2.2.*", "psycopg[binary]>=3.3,<4", "gunicorn>=27,<28")
CONNECTIONS = 16
GOAL = 2.0
PAIRS = 40
INSTALLING_S = 300
# One handler a family's text: leave, choice, thanks.
FILES = {
    "peer/__init__.py": "",
    "peer/models.py": "",
    "peer/handlers.py": """
from rapidsms.contrib.handlers.handlers.keyword import KeywordHandler

class Answer(KeywordHandler):
    keyword = "1|2|thank"

    def help(self):
        self.respond("Thank you. We will come on Tuesday at five. Reply STOP to end these texts.")

    def handle(self, text):
        self.help()
""",
    "peer/backend.py": """
from rapidsms.backends.base import BackendBase

class Nowhere(BackendBase):
    def send(self, id_, text, identities, context={}):
        pass
""",
    "peer/urls.py": """
from django.urls import path
from rapidsms.backends.http.views import GenericHttpBackendView
urlpatterns = [path("inbound", GenericHttpBackendView.as_view(backend_name="phones"))]
""",
    "peer_settings.py": """
import os
SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "peer.urls"
USE_TZ = True
COMMON = "django.middleware.common.CommonMiddleware"  # says how long an answer is
MIDDLEWARE = [COMMON] if os.environ["PEER_TUNED"] else [
    "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware", COMMON,
    "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": os.environ["PEER_PORT"],
    "NAME": os.environ["PEER_DATABASE"], "USER": os.environ["PEER_USER"], "CONN_MAX_AGE": 600 if os.environ["PEER_TUNED"] else 0,
}}
INSTALLED_APPS = [
    "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages", "rapidsms", "rapidsms.contrib.messagelog",
    "rapidsms.contrib.handlers", "peer",
]
INSTALLED_BACKENDS = {"phones": {"ENGINE": "peer.backend.Nowhere"}}
RAPIDSMS_ROUTER = "rapidsms.router.blocking.BlockingRouter"
RAPIDSMS_HANDLERS = ["peer.handlers.Answer"]
LOGGING_CONFIG = None
""",
}
APPLICATION = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
from django.core.wsgi import get_wsgi_application
app = get_wsgi_application()
"""
PHONES = """
INSERT INTO rapidsms_contact (id, name, created_on, modified_on, language)
SELECT n, 'family ' || n, now(), now(), 'en' FROM generate_series(1, %(count)s) AS n;
"""


class NotInstalledError(Exception):
    """The peer cannot be had here; the message says why."""


def install(folder: Path) -> str:
    """An environment with the peer in it; the path of its Python."""
    venv.create(folder / "environment", with_pip=True)
    python = str(folder / "environment" / "bin" / "python")
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALLING_S)
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"pip took longer than {INSTALLING_S} s") from None
    if done.returncode:
        raise NotInstalledError(done.stderr.strip()[-600:])
    return python


def write_project(folder: Path) -> None:
    """The smallest project that RapidSMS's documentation would call one."""
    for name, source in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(source)


def peer_environment(url: str, tuned: bool = False) -> dict[str, str]:
    """Where the peer's database is, and how it is set up."""
    found = psycopg.conninfo.conninfo_to_dict(plain(url))
    names = {"PEER_PORT": "port", "PEER_DATABASE": "dbname", "PEER_USER": "user"}
    return {name: str(found[key]) for name, key in names.items()} | {"PEER_TUNED": "yes" if tuned else ""}


def fill(python: str, folder: Path, url: str, phones: int) -> None:
    """Make the peer's tables, and as many phones as the product knows."""
    around = {
        **os.environ,
        **peer_environment(url),
        "DJANGO_SETTINGS_MODULE": "peer_settings",
        "PYTHONPATH": str(folder),
    }
    command = [python, "-m", "django", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, env=around, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    with psycopg.connect(plain(url)) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO rapidsms_backend (id, name) VALUES (1, 'phones')")
        cursor.execute(PHONES.strip().rstrip(";"), {"count": phones})
        columns = "id, identity, created_on, modified_on, backend_id, contact_id"
        cursor.executemany(
            f"INSERT INTO rapidsms_connection ({columns}) VALUES (%s, %s, now(), now(), 1, %s)",
            [(index, number(index), index) for index in range(1, phones + 1)],
        )
    settle(url)


def peer_text(sender: str, body: str) -> Request:
    """A text as RapidSMS's own HTTP backend takes it."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return {"path": "/inbound", "body": urlencode({"identity": sender, "text": body}), "headers": headers}


def kept(url: str, table: str) -> int:
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    return int(row[0]) if row else 0


def compare(python: str, folder: Path, ours: str, theirs: str, given: argparse.Namespace) -> bool:
    """Measure in turns; true when the goal is met."""
    with runtime_on(ours) as runtime:
        seed(runtime, given.phones - 2 * PAIRS, pairs=PAIRS)
    settle(ours)
    write_project(folder)
    fill(python, folder, theirs, given.phones)
    starts = (
        lambda: Server(folder, "product_app", PRODUCT, 8097, environment(ours), 2),
        lambda: Server(folder, "peer_app", APPLICATION, 8098, peer_environment(theirs), 2, python),
        lambda: Server(folder, "tuned_app", APPLICATION, 8099, peer_environment(theirs, tuned=True), 2, python),
    )
    found = []
    with serving(*starts) as (product, peer, tuned):
        for round_ in range(given.rounds + 1):
            families = range(1 + round_ * given.families, 1 + (round_ + 1) * given.families)
            texts = list(conversations(families))
            signed_texts = [signed(token_of(ours), *text) for text in texts]
            peer_texts = [peer_text(sender, body) for _, sender, body in texts]
            cases = {
                "hvbot": partial(measure, product.port, signed_texts, folder, CONNECTIONS),
                "rapidsms": partial(measure, peer.port, peer_texts, folder, CONNECTIONS),
                "tuned": partial(measure, tuned.port, peer_texts, folder, CONNECTIONS),
            }
            found.append(in_turn(round_, cases))
    posted = 3 * given.families * (given.rounds + 1)
    rows = {"hvbot": kept(ours, "inbound_text"), "rapidsms": kept(theirs, "messagelog_message")}
    # The peer logs the text and its answer in one table, and both of its servers write there.
    is_whole = rows == {"hvbot": posted, "rapidsms": 4 * posted}
    return report(found[1:], rows, posted, is_whole)


def report(found: list[dict[str, dict[str, float]]], rows: dict[str, int], posted: int, is_whole: bool) -> bool:
    """Print the figures and whether the goal is met."""
    for name in found[0]:
        rate, p50, p99, bad = (median([each[name][key] for each in found]) for key in ("rate", "p50", "p99", "bad"))
        print(f"{name}: {rate:.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, refused {bad:.0f}")
    ratio, beside_tuned = (
        median([each["hvbot"]["rate"] / each[name]["rate"] for each in found]) for name in ("rapidsms", "tuned")
    )
    print(
        f"rows kept of {posted} texts: {rows} (RapidSMS logs text and answer, and took all twice): {verdict(is_whole)}"
    )
    print(
        f"ratio to rapidsms {ratio:.2f} (goal {GOAL}): {verdict(ratio >= GOAL)}; to tuned {beside_tuned:.2f} (no goal)"
    )
    return ratio >= GOAL and is_whole


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--families", type=int, default=100)
    parser.add_argument("--phones", type=int, default=100_000)
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that everything works")
    given = parser.parse_args()
    if given.smoke:
        given.rounds, given.families, given.phones = 1, 20, 2000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            python = install(folder)
        except NotInstalledError as problem:
            print(f"RapidSMS could not be installed, so nothing was measured: {problem}")
            return 2
        with (
            postgres.server(DURABLE) as base,
            postgres.database(base, "ours") as ours,
            postgres.database(base, "theirs") as theirs,
        ):
            return 0 if compare(python, folder, ours, theirs, given) else 1


if __name__ == "__main__":
    sys.exit(main())
