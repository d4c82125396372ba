"""What Prometheus is told: the figures of the tables, the same from every process, without a person in them."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event

from hvbot import bootstrap
from hvbot.bootstrap import meter_of
from hvbot.channels.simulator import SimulatorChannel
from hvbot.clock import MovableClock
from hvbot.models import Attention, Program, Tick, schema
from hvbot.services.outbox import send_due
from hvbot.settings import SettingsError, load_settings
from hvbot.web.app import create_app
from hvbot.worker import serve_metrics
from tests.support.carrier import NOON, Place, lay_out, runtime_for, settings_for
from tests.support.postgres import free_port

SECRET = "figures-" * 4
HEADERS = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    clock = MovableClock(NOON)
    runtime = runtime_for(database_url, SimulatorChannel(clock), clock, metrics_token=SECRET)
    place = lay_out(replace(runtime, meter=meter_of(runtime.settings)))
    yield place
    runtime.engine.dispose()


def client_of(place: Place) -> FlaskClient:
    return create_app(place.runtime).test_client()


def figures_on(text: str) -> dict[str, float]:
    """The name and the labels' values by the labels' names, without the process."""
    return {
        " ".join([sample.name, *(v for k, v in sorted(sample.labels.items()) if k != "process")]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(place: Place) -> dict[str, float]:
    answer = client_of(place).get("/metrics", headers=HEADERS)
    assert answer.status_code == 200
    return figures_on(answer.text)


def test_the_queue_is_told_by_purpose_with_the_age_of_what_is_due(place: Place) -> None:
    for minutes, purpose in ((-5, "offer"), (-2, "offer"), (30, "offer"), (600, "reminder")):
        place.text(place.number(), purpose, not_before=NOON + timedelta(minutes=minutes))
    told = read(place)

    assert told["hvbot_queue_texts yes offer"] == 2
    assert told["hvbot_queue_texts no offer"] == 1
    assert told["hvbot_queue_age_seconds offer"] == 300
    assert told["hvbot_queue_age_seconds reminder"] == 0


def test_what_was_not_carried_is_told_by_kind(place: Place) -> None:
    for status, reason in (("failed", "invalid"), ("failed", "invalid"), ("failed", "landline"), ("unknown", None)):
        place.text(place.number(), status=status, reason=reason)
    told = read(place)

    assert told["hvbot_texts_not_carried_total invalid failed"] == 2
    assert told["hvbot_texts_not_carried_total landline failed"] == 1
    assert told["hvbot_texts_in_doubt"] == 1
    assert told["hvbot_texts failed"] == 3
    assert told["hvbot_texts delivered"] == 0


def test_matters_ticks_and_the_switch_are_told(place: Place) -> None:
    for n, status in enumerate(("open", "taken", "resolved")):
        place.add(Attention, program_id=place.program, reason="call", since=NOON, key=str(n), status=status)
    with place.runtime.writing() as session:
        session.add(Tick(name="outbox", last_at=NOON - timedelta(minutes=3)))
    place.change(Program, place.program, sending_paused=True)
    told = read(place)

    assert told["hvbot_attentions_open call"] == 2
    assert told["hvbot_tick_timestamp_seconds outbox"] == NOON.timestamp() - 180
    assert told["hvbot_programs_paused"] == 1


def test_durations_are_counted_where_they_happen(place: Place) -> None:
    place.text(place.number(), not_before=NOON - timedelta(seconds=40))
    send_due(place.runtime)
    place.runtime.took("turn", 0.02)
    told = read(place)

    assert told["hvbot_hand_over_seconds_bucket 30.0"] == 0
    assert told["hvbot_hand_over_seconds_bucket 60.0"] == 1
    assert told["hvbot_turn_seconds_bucket 0.025"] == 1


def test_a_text_that_comes_in_is_timed(place: Place) -> None:
    from hvbot.web.webhooks import sign
    from tests.support.season import INBOUND, form_of

    form = form_of("SM" + "1" * 32, "+12025550123", "hello")
    answer = client_of(place).post(INBOUND, data=form, headers=sign(place.runtime.settings, INBOUND, form))

    assert answer.status_code == 200
    assert read(place)["hvbot_turn_seconds_count"] == 1


def test_nothing_personal_is_on_the_page(place: Place) -> None:
    place.text(place.number(), body="Rosa, the visit is on Tuesday", status="failed", reason="invalid")
    send_due(place.runtime)
    page = client_of(place).get("/metrics", headers=HEADERS).text

    assert "hvbot_texts" in page
    for secret in ("2025550", "Rosa", "Elm", "Home visits", "Tuesday"):
        assert secret not in page


def test_a_scrape_asks_few_questions(place: Place) -> None:
    for purpose in ("offer", "reminder", "told"):
        for _ in range(10):
            place.text(place.number(), purpose)
    asked: list[str] = []
    event.listen(place.runtime.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    read(place)

    assert sum("SELECT" in each for each in asked) == 5, asked


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", SECRET, f"Basic {SECRET}", "Bearer é"])
def test_without_the_token_there_is_nothing_there(place: Place, header: str) -> None:
    assert client_of(place).get("/metrics", headers={"Authorization": header}).status_code == 404


def test_without_the_setting_there_is_nothing_there(place: Place) -> None:
    settings = settings_for(place.runtime.settings.database_url)
    off = replace(place.runtime, settings=settings, meter=meter_of(settings))

    assert create_app(off).test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_without_the_extra_there_is_nothing_there(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "find_spec", lambda _name: None)
    without = replace(place.runtime, meter=meter_of(place.runtime.settings))

    assert create_app(without).test_client().get("/metrics", headers=HEADERS).status_code == 404


def test_a_database_that_does_not_answer_is_no_empty_page(place: Place) -> None:
    lost = runtime_for("postgresql://nobody@127.0.0.1:1/x", SimulatorChannel(), metrics_token=SECRET)
    app = create_app(replace(lost, meter=place.runtime.meter))

    assert app.test_client().get("/metrics", headers=HEADERS).status_code == 503


@pytest.mark.parametrize(
    ("wrong", "named"), [({"metrics_port": 9100}, "METRICS_TOKEN"), ({"metrics_token": "short"}, "16")]
)
def test_figures_for_everybody_are_refused(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load_settings(**wrong)


def test_the_worker_answers_on_a_port_of_its_own(place: Place) -> None:
    port = free_port()
    settings = place.runtime.settings.model_copy(update={"metrics_port": port})
    server = serve_metrics(replace(place.runtime, settings=settings))
    assert server is not None
    try:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers=HEADERS)
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert figures_on(answer.read().decode())["hvbot_programs_paused"] == 0
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10)
        refused.value.close()
    finally:
        server.shutdown()
        server.server_close()


def test_what_is_off_is_not_in_memory(sqlite_url: str) -> None:
    """The web process has 90 MiB; Prometheus' client is loaded where it is asked for."""
    code = (
        "import sys; from hvbot.bootstrap import build_runtime; from hvbot.settings import load_settings; "
        "from hvbot.web.app import create_app; import hvbot.worker; "
        "runtime = build_runtime(load_settings(database_url={url!r}, secret_key='k' * 32, metrics_token={token!r})); "
        "create_app(runtime); print('prometheus_client' in sys.modules)"
    )

    def loaded(token: str) -> str:
        command = [sys.executable, "-c", code.format(token=token, url=sqlite_url)]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=schema.CHECKOUT).stdout.strip()

    assert (loaded(""), loaded(SECRET)) == ("False", "True")
