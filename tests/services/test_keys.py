"""Secrets can be changed: what the old one signed stays good meanwhile, and every number is found under the new one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from hvbot.models import AuditEvent, Conversation, InboundText
from hvbot.services.callbacks import outbound_of, token_for
from hvbot.services.check import check
from hvbot.services.keys import UnknownKey, fits, rekey
from hvbot.services.users import add_user
from hvbot.web.app import create_app
from tests.support import builders
from tests.support.carrier import settings_for
from tests.support.season import Season, form_of, open_season, webhook_of
from tests.web.conftest import path_of, sign_in

OLD, NEW = "old-" * 8, "new-" * 8


@pytest.fixture
def season(database_url: str) -> Iterator[Season]:
    """A family that has said yes and was shown times, under the old key."""
    opened = open_season(database_url)
    with_keys(opened, OLD)
    builders.a_school(opened)
    builders.okafor_and_lee(opened)
    builders.a_home(opened, ("Kim", "en"))
    builders.start(opened)
    opened.text("Kim", "yes")
    opened.tick()
    yield opened
    opened.runtime.engine.dispose()


def with_keys(season: Season, key: str, previous: str = "") -> None:
    settings = settings_for(
        season.database_url, secret_key=key, secret_key_previous=previous, HVBOT_CHANNEL="simulator"
    )
    season.runtime = replace(season.runtime, settings=settings)


def is_known(season: Season) -> bool:
    with season.runtime.sessions() as session:
        return fits(session, season.runtime.settings)


def numbers(season: Season) -> int:
    return season.one(select(func.count(Conversation.id)))


def test_after_the_change_a_family_goes_on_where_it_was(season: Season) -> None:
    before = numbers(season)
    with_keys(season, NEW, OLD)
    assert not is_known(season)

    assert rekey(season.runtime) == before
    assert is_known(season)
    season.text("Kim", "1")
    season.tick()

    assert numbers(season) == before
    assert any("You are set" in body for body in season.bodies("Kim"))


def test_without_it_the_family_would_be_a_stranger(season: Season) -> None:
    """Why a process with another key does not start."""
    before = numbers(season)
    with_keys(season, NEW, OLD)
    season.text("Kim", "please stop")

    assert numbers(season) == before + 1
    consents = select(Conversation.consent).where(Conversation.address == season.people["Kim"])
    assert "granted" in season.rows(consents)


def test_an_end_of_texts_is_still_known_after_the_change(season: Season) -> None:
    season.text("Kim", "please stop texting me")
    with_keys(season, NEW, OLD)
    rekey(season.runtime)
    with_keys(season, NEW)
    season.text("Kim", "ok")

    assert builders.conversation(season, "Kim").consent == "revoked"


def test_to_change_twice_changes_nothing_and_each_change_is_on_record(season: Season) -> None:
    with_keys(season, NEW, OLD)

    assert rekey(season.runtime) > 0
    assert rekey(season.runtime) == 0
    assert season.rows(select(AuditEvent.action).where(AuditEvent.action == "key.changed")) == ["key.changed"]


def test_a_third_key_changes_nothing(season: Season) -> None:
    hashes = season.rows(select(Conversation.address_hash).order_by(Conversation.id))
    with_keys(season, NEW, "third-" * 6)
    with pytest.raises(UnknownKey):
        rekey(season.runtime)

    assert season.rows(select(Conversation.address_hash).order_by(Conversation.id)) == hashes


def test_reports_on_texts_that_left_before_the_change_are_taken(season: Season) -> None:
    token = token_for(season.runtime.settings, 7)
    with_keys(season, NEW)
    assert outbound_of(season.runtime.settings, token) is None
    with_keys(season, NEW, OLD)
    assert outbound_of(season.runtime.settings, token) == 7
    assert token_for(season.runtime.settings, 7) != token


@pytest.mark.parametrize(("previous", "page"), [(OLD, 200), ("", 302)])
def test_whoever_is_signed_in_stays_so(season: Season, previous: str, page: int) -> None:
    client = create_app(season.runtime).test_client()
    sign_in(client, path_of(add_user(season.runtime, "a@example.org", "coordinator", ()).url))
    cookie = client.get_cookie("hvbot")
    assert cookie is not None
    with_keys(season, NEW, previous)
    again = create_app(season.runtime).test_client()
    again.set_cookie("hvbot", cookie.value)

    assert again.get("/today").status_code == page


def test_check_names_a_key_that_is_not_the_databases(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvbot.services.check.database_finding", lambda _runtime: None)

    def said() -> str:
        return " ".join(finding.what for finding in check(season.runtime))

    assert "SECRET_KEY" not in said()
    with_keys(season, NEW, OLD)
    assert "not the one with which the numbers were stored" in said()
    rekey(season.runtime)
    assert "SECRET_KEY_PREVIOUS is still set" in said()


@pytest.mark.fault(65)
def test_while_the_accounts_token_is_changed_both_sign(season: Season) -> None:
    url = "http://127.0.0.1:8000/twilio/inbound"
    changing = settings_for(
        season.database_url,
        secret_key=OLD,
        HVBOT_CHANNEL="twilio",
        twilio_auth_token="n" * 32,
        twilio_auth_token_previous="o" * 32,
    )
    done = changing.model_copy(update={"twilio_auth_token_previous": type(changing.twilio_auth_token)("")})

    def answer(settings: object, token: str, sid: str) -> int:
        form = form_of(f"SM{sid * 32}", season.people["Kim"], "hello", AccountSid=changing.twilio_account_sid)
        headers = {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, form)}
        app = webhook_of(replace(season.runtime, settings=settings))
        return app.test_client().post("/twilio/inbound", data=form, headers=headers).status_code

    assert [answer(changing, "n" * 32, "1"), answer(changing, "o" * 32, "2")] == [200, 200]
    assert [answer(done, "n" * 32, "3"), answer(done, "o" * 32, "4"), answer(changing, "", "5")] == [200, 403, 403]
    assert season.one(select(func.count(InboundText.id)).where(InboundText.body == "hello")) == 3
