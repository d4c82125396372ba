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
    Settle,
)
from hvbot.conversation.state import Open, State, Step
from hvbot.conversation.take import ANSWERS
from hvbot.understanding.meaning import (
    AskInterpreter,
    AskPerson,
    CancelVisit,
    Change,
    Help,
    SpeakLanguage,
    Start,
    Stop,
    Unclear,
    WrongNumber,
    Yes,
)
from tests.conversation.cases import MONDAY, NOON, TUESDAY, VISIT, a_context, a_text, asked, has, said, turn

EVERY_STEP = [asked(step, MONDAY, TUESDAY, visit_id=7) for step in Step] + [State()]


def test_every_step_has_its_answers():
    assert set(ANSWERS) == set(Step)


@pytest.mark.fault(32)
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


@pytest.mark.fault(32, 34)
def test_stop_leaves_the_visit_and_a_person_calls():
    done = turn(asked(Step.BOOKED), Stop(keyword=True), a_context(visit=VISIT))

    assert RaiseAttention("stopped_with_visit") in done.effects


@pytest.mark.fault(35)
@pytest.mark.parametrize("meaning", [Yes(), Help(), AskPerson(), SpeakLanguage("es"), WrongNumber()])
def test_nothing_is_said_after_an_opt_out(meaning):
    assert turn(State(), meaning, a_context(consent="revoked")).effects == (NoReply("opted out"),)


@pytest.mark.fault(35)
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


@pytest.mark.fault(39)
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


@pytest.mark.fault(43)
def test_a_stranger_is_answered_once_a_day_and_counted_always():
    first = turn(State(), a_text(), a_context(person=Person.STRANGER))
    second = turn(State(), a_text(), a_context(person=Person.STRANGER, may_answer_stranger=False))

    assert said(first) == [messages.STRANGER]
    assert said(second) == []
    assert has(second, RaiseAttention)


def test_thanks_need_no_answer_while_a_visit_is_set():
    assert turn(asked(Step.BOOKED), Unclear(about="courtesy"), a_context(visit=VISIT)).effects == (NoReply("thanks"),)
    assert said(turn(asked(Step.OFFER, MONDAY), Unclear(about="courtesy"))) == [messages.NOT_UNDERSTOOD]


CANCEL = Unclear(about="cancel")
WITH_VISIT = a_context(visit=VISIT)
STOP_ASKED = asked(Step.STOP_OR_CHANGE)


def test_a_word_that_may_mean_visit_or_texts_is_asked_about_while_a_person_sees_it():
    done = turn(asked(Step.BOOKED), CANCEL, WITH_VISIT)

    assert said(done) == [messages.STOP_OR_CHANGE]
    assert has(done, RaiseAttention)
    assert done.state.stop_asked


def test_without_a_visit_it_can_only_mean_the_texts():
    assert has(turn(State(), CANCEL), RevokeConsent)


def test_it_is_asked_once_and_said_again_it_ends_the_texts():
    done = turn(STOP_ASKED, CANCEL, WITH_VISIT)

    assert has(done, RevokeConsent, Settle)
    assert RaiseAttention("stopped_with_visit") in done.effects


def test_an_educator_who_writes_it_is_read_by_a_person():
    done = turn(State(), CANCEL, a_context(person=Person.STAFF, staff_visits=(VISIT,)))

    assert not has(done, RevokeConsent)
    assert has(done, RaiseAttention)


@pytest.mark.parametrize("held", [False, True])
def test_two_ends_all_texts_also_where_a_person_has_the_conversation(held):
    done = turn(STOP_ASKED, a_text(digit=2), a_context(visit=VISIT, held_by_person=held))

    assert has(done, RevokeConsent, Settle)
    assert done.state == State()


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        (a_text(digit=1), messages.OFFER_NEW_TIME),
        (a_text(Change()), messages.OFFER_NEW_TIME),
        (a_text(CancelVisit()), messages.CALLED_OFF),
        (a_text(place="ask"), messages.PLACE),
    ],
)
def test_what_is_about_the_visit_lets_texts_go_on(event, answer):
    done = turn(STOP_ASKED, event, WITH_VISIT)

    assert said(done) == [answer]
    assert has(done, Settle)
    assert done.state.stop_asked is None


@pytest.mark.parametrize("event", [a_text(), a_text(Yes()), a_text(digit=3), a_text(Unclear(about="courtesy"))])
def test_what_is_neither_leaves_it_open(event):
    done = turn(STOP_ASKED, event, WITH_VISIT)

    assert said(done) == [messages.NOT_UNDERSTOOD]
    assert done.state.stop_asked


def test_it_stays_the_newest_question_whatever_else_is_asked_meanwhile():
    state = STOP_ASKED
    for step in (Step.REMINDER, Step.OFFER, Step.PLACE, Step.THANKS, Step.MISSED):
        state = state.asking(Open(step, NOON))

    assert state.newest(NOON) == STOP_ASKED.questions[0]
    assert state.questions[1].step is Step.MISSED


def test_it_outlives_the_visit():
    done = turn(STOP_ASKED, a_text(digit=1))

    assert said(done) == [messages.OFFER_OTHERS]


def test_it_is_repeated_in_another_language():
    assert said(turn(STOP_ASKED, SpeakLanguage("es"), WITH_VISIT)) == [messages.STOP_OR_CHANGE]


def test_whoever_has_the_conversation_reads_the_answer():
    done = turn(STOP_ASKED, a_text(), a_context(visit=VISIT, held_by_person=True))

    assert said(done) == []
    assert done.state.stop_asked is None
