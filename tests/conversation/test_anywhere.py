"""What wins over every question."""

import pytest

from hvbot.conversation import messages
from hvbot.conversation.context import Person
from hvbot.conversation.effects import (
    MarkWrongNumber,
    NoReply,
    RaiseAttention,
    ResumeTexts,
    RevokeConsent,
    Say,
    SetLanguage,
)
from hvbot.conversation.state import State, Step
from hvbot.conversation.take import ANSWERS
from hvbot.understanding.meaning import (
    AskInterpreter,
    AskPerson,
    Help,
    SpeakLanguage,
    Start,
    Stop,
    Unclear,
    WrongNumber,
    Yes,
)
from tests.conversation.cases import MONDAY, TUESDAY, VISIT, a_context, a_text, asked, has, said, turn

EVERY_STEP = [asked(step, MONDAY, TUESDAY, visit_id=7) for step in Step] + [State()]


def test_every_step_has_its_answers():
    assert set(ANSWERS) == set(Step)


@pytest.mark.parametrize(
    "state", EVERY_STEP, ids=lambda state: state.questions[0].step if state.questions else "nothing"
)
@pytest.mark.parametrize("person", list(Person))
def test_stop_is_honored_at_every_step(state, person):
    done = turn(state, Stop(keyword=True), a_context(person=person))

    assert has(done, RevokeConsent)
    assert said(done) == []
    assert done.state == State()


def test_an_opt_out_in_other_words_gets_exactly_one_confirmation():
    done = turn(asked(Step.OFFER, MONDAY), Stop())

    assert done.effects == (RevokeConsent(by_carrier=False), Say(messages.STOPPED, purpose="stopped"))
    assert turn(done.state, Stop(), a_context(consent="revoked")).effects == (NoReply("opted out"),)


def test_stop_leaves_the_visit_and_a_person_calls():
    done = turn(asked(Step.BOOKED), Stop(keyword=True), a_context(visit=VISIT))

    assert RaiseAttention("stopped_with_visit") in done.effects


@pytest.mark.parametrize("meaning", [Yes(), Help(), AskPerson(), SpeakLanguage("es"), WrongNumber()])
def test_nothing_is_said_after_an_opt_out(meaning):
    assert turn(State(), meaning, a_context(consent="revoked")).effects == (NoReply("opted out"),)


def test_start_lifts_an_opt_out_and_asks_leave_afresh():
    done = turn(State(), Start(), a_context(consent="revoked"))

    assert has(done, ResumeTexts)
    assert said(done) == [messages.RESUMED]
    assert done.state.questions[0].step is Step.CONSENT


def test_a_wrong_number_gets_one_apology():
    done = turn(asked(Step.CONSENT), WrongNumber(), a_context(consent="asked"))

    assert has(done, MarkWrongNumber)
    assert said(done) == [messages.WRONG_NUMBER]


def test_a_call_is_promised_and_asked_of_a_person():
    done = turn(asked(Step.OFFER, MONDAY), AskPerson())

    assert said(done) == [messages.PERSON_CALLS]
    assert RaiseAttention("call") in done.effects
    assert done.state.questions[0].options


def test_an_interpreter_can_be_asked_for_at_any_moment():
    assert RaiseAttention("interpreter_asked") in turn(State(), AskInterpreter()).effects


def test_another_language_repeats_the_open_question_in_it():
    done = turn(asked(Step.OFFER, MONDAY, TUESDAY), SpeakLanguage("es"))

    assert SetLanguage("es") in done.effects
    assert said(done) == [messages.OFFER]
    assert done.effects[1].params["times"] == (MONDAY, TUESDAY)


def test_a_language_that_is_not_ready_is_said_and_a_person_is_told():
    done = turn(asked(Step.OFFER, MONDAY), SpeakLanguage("so"))

    assert said(done) == [messages.LANGUAGE_NOT_READY]
    assert RaiseAttention("language_not_ready", "so") in done.effects


def test_a_person_who_took_the_conversation_is_not_talked_over():
    done = turn(asked(Step.OFFER, MONDAY), a_text(text="2"), a_context(held_by_person=True))

    assert said(done) == []
    assert has(done, RaiseAttention)


def test_a_stranger_is_answered_once_a_day_and_counted_always():
    first = turn(State(), a_text(), a_context(person=Person.STRANGER))
    second = turn(State(), a_text(), a_context(person=Person.STRANGER, may_answer_stranger=False))

    assert said(first) == [messages.STRANGER]
    assert said(second) == []
    assert has(second, RaiseAttention)


def test_thanks_need_no_answer_while_a_visit_is_set():
    assert turn(asked(Step.BOOKED), Unclear(about="courtesy"), a_context(visit=VISIT)).effects == (NoReply("thanks"),)
    assert said(turn(asked(Step.OFFER, MONDAY), Unclear(about="courtesy"))) == [messages.NOT_UNDERSTOOD]


def test_a_word_that_may_mean_visit_or_texts_is_asked_about():
    done = turn(asked(Step.BOOKED), Unclear(about="cancel"), a_context(visit=VISIT))

    assert said(done) == [messages.STOP_OR_CHANGE]
    assert has(turn(done.state, a_text(digit=2), a_context(visit=VISIT)), RevokeConsent)
    assert said(turn(done.state, a_text(digit=1), a_context(visit=VISIT))) == [messages.OFFER_NEW_TIME]
