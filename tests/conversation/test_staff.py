"""What educators and interpreters are answered."""

from datetime import timedelta

import pytest

from hvbot.conversation import messages
from hvbot.conversation.context import Person, VisitFacts
from hvbot.conversation.effects import CannotGo, RaiseAttention, RecordOutcome, RefuseVisit, TakeVisit
from hvbot.conversation.state import Open, State, Step
from hvbot.understanding.meaning import Change, No, Yes
from tests.conversation.cases import NOON, TUESDAY, VISIT, a_context, a_text, has, said, turn

OTHER = VisitFacts(8, 1, TUESDAY)


def staff(*visits: VisitFacts):
    return a_context(person=Person.STAFF, staff_visits=visits)


def told(step: Step, hours: float = 1, visit_id: int = 7) -> State:
    return State((Open(step, NOON - timedelta(hours=hours), (), visit_id, 1),))


@pytest.mark.parametrize("event", [a_text(digit=2), a_text(Change()), a_text(No())])
def test_can_not_go_frees_the_only_visit(event):
    done = turn(told(Step.STAFF_SET, hours=80), event, staff(VISIT))

    assert done.effects == (CannotGo(7),), "what is said depends on whether somebody is left to ask"


def test_a_two_soon_after_a_text_means_the_visit_of_that_text():
    assert CannotGo(8) in turn(told(Step.STAFF_SET, visit_id=8), a_text(digit=2), staff(VISIT, OTHER)).effects


def test_a_late_two_with_several_visits_is_asked_about():
    done = turn(told(Step.STAFF_SET, hours=30), a_text(digit=2), staff(VISIT, OTHER))

    assert not has(done, CannotGo)
    assert said(done) == [messages.EDUCATOR_WHICH]
    assert CannotGo(8) in turn(done.state, a_text(digit=2), staff(VISIT, OTHER)).effects


@pytest.mark.parametrize(("digit", "outcome"), [(1, "done"), (2, "missed"), (3, "not_held")])
def test_what_became_of_the_visit_is_kept(digit, outcome):
    assert RecordOutcome(7, outcome) in turn(told(Step.STAFF_HAPPENED), a_text(digit=digit), staff()).effects


def test_a_colleague_may_take_or_refuse():
    assert TakeVisit(7) in turn(told(Step.STAFF_ASKED), a_text(Yes()), staff()).effects
    assert RefuseVisit(7) in turn(told(Step.STAFF_ASKED), a_text(digit=2), staff()).effects


def test_other_words_of_an_educator_reach_the_coordinator():
    done = turn(told(Step.STAFF_SET), a_text(text="traffic, ten minutes late"), staff(VISIT, OTHER))

    assert RaiseAttention("educator_wrote", "traffic, ten minutes late") in done.effects
