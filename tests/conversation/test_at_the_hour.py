"""What is said shortly before a visit, while it goes on, and after it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hvbot.conversation import messages
from hvbot.conversation.context import Person
from hvbot.conversation.effects import (
    Book,
    CannotGo,
    GrantConsent,
    NoReply,
    RaiseAttention,
    RecordOutcome,
    SaveFeltHeard,
    Tell,
    To,
)
from hvbot.conversation.state import Open, State, Step
from hvbot.understanding.meaning import CancelVisit, Change, Choose, No, Propose, Unclear, When, Yes
from tests.conversation.cases import MONDAY, NOON, TUESDAY, VISIT, a_context, a_text, asked, has, said, turn

SOON, NOW_ON, LATER = MONDAY - timedelta(hours=1), MONDAY + timedelta(minutes=5), MONDAY + timedelta(hours=4)
ALARM = Tell(To.STAFF, messages.EDUCATOR_MAY_BE_LATE, "staff")


def at(moment, **more):
    return a_context(now=moment, visit=VISIT, **more)


def reasons(done):
    return [effect.reason for effect in done.effects if isinstance(effect, RaiseAttention)]


@pytest.mark.parametrize("meaning", [Unclear(), Change(), Propose(When(weekday=4))])
@pytest.mark.parametrize("moment", [SOON, NOW_ON])
def test_who_may_be_late_or_not_there_is_told_to_a_person_and_the_pair(moment, meaning):
    done = turn(asked(Step.REMINDER), meaning, at(moment))

    assert ALARM in done.effects
    assert reasons(done) == ["at_visit_time"]


@pytest.mark.parametrize("meaning", [No(), CancelVisit()])
def test_a_no_at_the_door_is_an_alarm(meaning):
    assert ALARM in turn(asked(Step.REMINDER), meaning, at(NOW_ON)).effects


@pytest.mark.parametrize(
    "event", [a_text(Yes()), a_text(place="ask"), a_text(Unclear(about="courtesy")), a_text(CancelVisit())]
)
def test_what_the_pair_need_not_hear_is_no_alarm(event):
    assert ALARM not in turn(asked(Step.BOOKED), event, at(SOON)).effects


def test_long_before_and_long_after_there_is_no_alarm():
    assert ALARM not in turn(asked(Step.REMINDER), Change(), a_context(visit=VISIT)).effects
    done = turn(asked(Step.REMINDER), Unclear(), at(LATER))
    assert ALARM not in done.effects
    assert reasons(done) == ["words_after_visit"]


@pytest.mark.parametrize("step", [Step.BOOKED, Step.REMINDER, Step.PLACE, Step.SHARED_PHONE, Step.OFFER])
@pytest.mark.parametrize("meaning", [Yes(), No(), Choose(1), Change()])
def test_nobody_is_told_see_you_once_the_visit_has_begun(step, meaning):
    done = turn(asked(step, TUESDAY), meaning, at(NOW_ON))

    assert said(done) in ([], [messages.PERSON_ANSWERS])
    assert not has(done, Book)


def test_agreement_at_the_hour_needs_no_answer():
    assert turn(asked(Step.REMINDER), Yes(), at(NOW_ON)).effects == (NoReply("the visit has begun"),)


def test_the_question_after_the_visit_is_answered_though_nobody_said_yet_that_it_was():
    done = turn(asked(Step.THANKS), a_text(digit=2), at(LATER))

    assert SaveFeltHeard(2) in done.effects


def test_leave_given_during_the_visit_is_kept_and_nothing_offered():
    done = turn(asked(Step.CONSENT), Yes(), at(NOW_ON, consent="asked"))

    assert has(done, GrantConsent)
    assert said(done) == [messages.WELCOME]


def test_an_educator_who_is_late_is_told_to_a_person_and_the_partner():
    context = a_context(now=SOON, person=Person.STAFF, staff_visits=(VISIT,))
    done = turn(asked(Step.STAFF_SET), a_text(text="ten minutes late"), context)

    assert Tell(To.PARTNER, messages.EDUCATOR_MAY_BE_LATE, "staff", visit_id=7) in done.effects
    assert reasons(done) == ["at_visit_time"]


def test_the_family_hears_how_late_its_teachers_will_be_at_the_hour_and_not_days_before():
    def done(now):
        context = a_context(now=now, person=Person.STAFF, staff_visits=(VISIT,))
        return turn(asked(Step.STAFF_SET), replace(a_text(text="10 min late"), minutes_late=10), context)

    told = [effect for effect in done(SOON).effects if isinstance(effect, Tell) and effect.to is To.WILLING]

    assert [(effect.message, effect.params) for effect in told] == [(messages.TEACHERS_LATE, {"late": 10})]
    assert said(done(SOON)) == [messages.EDUCATOR_THANKS]
    assert messages.TEACHERS_LATE not in [getattr(effect, "message", None) for effect in done(NOON).effects]


def test_did_it_happen_is_answered_though_another_visit_was_set_since():
    happened = Open(Step.STAFF_HAPPENED, MONDAY, (), 7, 1)
    state = State((Open(Step.STAFF_SET, MONDAY, (), 8, 1), happened))
    context = a_context(now=LATER, person=Person.STAFF, staff_visits=())

    assert RecordOutcome(7, "done") in turn(state, a_text(Yes(), digit=1), context).effects
    assert RecordOutcome(7, "not_held") in turn(state, a_text(digit=3), context).effects
    other = a_context(now=LATER, person=Person.STAFF, staff_visits=(VISIT,))
    assert has(turn(state, a_text(digit=2), other), CannotGo)
