from sqlalchemy import func, select

from hvbot.models import Conversation
from hvbot.runtime import Runtime
from hvbot.services.numbers import conversation_for, parse_number
from hvbot.services.programs import the_program
from tests.services.roster.conftest import NOW, engine, runtime

__all__ = ["engine", "runtime"]


def test_a_national_form_is_read_with_its_country() -> None:
    assert parse_number("(202) 555-0101") == "+12025550101"
    assert parse_number("(604) 555-0101", "CA") == "+16045550101"
    assert parse_number("0202 555 0101", "GB") is None
    assert parse_number("202-555-CALL") is None


def test_a_number_has_one_conversation(runtime: Runtime) -> None:
    with runtime.writing() as session:
        program = the_program(session, NOW)
        first = conversation_for(session, runtime.settings, program.id, "+12025550101", language="es", now=NOW)
        again = conversation_for(session, runtime.settings, program.id, "+12025550101", language="so", now=NOW)

        assert (again.id, again.language, again.consent, again.state) == (first.id, "es", "none", {})
        assert session.scalar(select(func.count()).select_from(Conversation)) == 1


def test_the_same_number_on_another_channel_is_another_conversation(runtime: Runtime) -> None:
    with runtime.writing() as session:
        program = the_program(session, NOW)
        text = conversation_for(session, runtime.settings, program.id, "+12025550101", language="es", now=NOW)
        other = conversation_for(
            session, runtime.settings, program.id, "+12025550101", language="es", now=NOW, channel="whatsapp"
        )

        assert other.id != text.id
