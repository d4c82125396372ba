"""What holds for every sequence of texts."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvbot.conversation.context import Person
from hvbot.conversation.effects import Book, RevokeConsent, Say
from hvbot.conversation.state import State, Step, from_json, to_json
from hvbot.conversation.take import chosen, needs_times
from hvbot.understanding.meaning import (
    AskInterpreter,
    AskPerson,
    CancelVisit,
    Change,
    Choose,
    Help,
    No,
    NoneSuit,
    Part,
    Propose,
    SpeakLanguage,
    Start,
    Stop,
    Unclear,
    When,
    WrongNumber,
    Yes,
)
from tests.conversation.cases import NOON, SLOTS, VISIT, a_context, a_text, asked, said, turn

WHENS = st.builds(
    When, weekday=st.one_of(st.none(), st.integers(0, 6)), part=st.one_of(st.none(), st.sampled_from(list(Part)))
)
MEANINGS = st.one_of(
    st.builds(Choose, st.integers(1, 9)),
    st.builds(Propose, WHENS),
    st.builds(Unclear, st.one_of(st.just(()), st.just((1, 2)))),
    st.builds(Stop, st.booleans()),
    st.builds(SpeakLanguage, st.sampled_from(["es", "so"])),
    st.sampled_from(
        [
            NoneSuit(),
            Yes(),
            No(),
            Change(),
            CancelVisit(),
            Start(),
            Help(),
            WrongNumber(),
            AskPerson(),
            AskInterpreter(),
        ]
    ),
)
TEXTS = st.builds(
    a_text,
    MEANINGS,
    st.text(max_size=20),
    st.one_of(st.none(), st.integers(0, 12)),
    st.sampled_from([None, "park", "ask"]),
)
CONTEXTS = st.builds(
    a_context,
    person=st.sampled_from(list(Person)),
    consent=st.sampled_from(["none", "asked", "granted", "declined"]),
    visit=st.sampled_from([None, VISIT]),
    slots=st.sampled_from([(), SLOTS[:1], SLOTS]),
    shared=st.sampled_from([None, True, False]),
    ask_shared=st.booleans(),
    needs_interpreter=st.booleans(),
    invited=st.booleans(),
)


@given(st.lists(st.tuples(TEXTS, CONTEXTS), max_size=12), st.sampled_from(list(Step)))
def test_no_sequence_breaks_a_conversation(exchanges, step):
    state = asked(step, SLOTS[0].starts_at, SLOTS[1].starts_at, visit_id=7)
    for minute, (text, context) in enumerate(exchanges):
        done = turn(state, text, replace(context, now=NOON + timedelta(minutes=minute)))
        assert done.effects
        assert len(said(done)) <= 3
        assert all(
            not isinstance(effect, Book) or effect.slot.starts_at in {s.starts_at for s in context.slots}
            for effect in done.effects
        )
        assert all(is_known(effect, done, context) for effect in done.effects if isinstance(effect, Say))
        state = from_json(to_json(done.state))


def is_known(effect, done, context):
    """What a text names of a visit must exist: the visit that is set, or the one just booked."""
    named = {name for name in ("when", "first", "second") if f"{{{name}}}" in effect.message.text}
    has_visit = context.visit is not None or any(isinstance(other, Book) for other in done.effects)
    return has_visit or named <= set(effect.params)


@pytest.mark.fault(35)
@given(st.lists(TEXTS, max_size=8))
def test_after_stop_nothing_is_said_until_start(texts):
    state = turn(State(), Stop()).state
    for text in texts:
        if isinstance(text.reading.meaning, Start):
            return
        done = turn(state, text, a_context(consent="revoked"))
        assert not any(isinstance(effect, Say | RevokeConsent) for effect in done.effects)
        state = done.state


def slots_elsewhere(context):
    """The same facts, the open times apart."""
    return replace(context, slots=(), needs_interpreter=False)


EVERY_MEANING = [
    *(Choose(number) for number in (1, 2, 3, 4)),
    *(Propose(when) for when in (When(), When(weekday=0), When(weekday=6, part=Part.MORNING))),
    *(Unclear(), Unclear((1, 2)), Unclear(about="cancel"), Unclear(about="courtesy")),
    *(NoneSuit(), Yes(), No(), Change(), CancelVisit(), Start(), Stop(), Help(), WrongNumber()),
    *(AskPerson(), AskInterpreter(), SpeakLanguage("es")),
]
DIGITS = (None, 0, 1, 2, 3, 4)


def facts(**more):
    """Everything else that may decide whether a turn comes to the times."""
    for person, visit, noes in product(Person, (None, VISIT), (0, 1)):
        yield a_context(person=person, visit=visit, slots=SLOTS, **more), noes


@pytest.mark.parametrize("older", [(), (Step.OFFER,), (Step.READ_BACK,)])
@pytest.mark.parametrize("step", [None, *Step])
def test_a_turn_that_needs_no_times_is_the_same_without_them(step, older):
    """An older question counts where the newest is void because the visit is off."""
    steps = (*([step] if step else ()), *older)
    moments = (SLOTS[0].starts_at, SLOTS[1].starts_at)
    questions = tuple(question for each in steps for question in asked(each, *moments, visit_id=7).questions)
    for meaning, digit, (context, noes) in product(EVERY_MEANING, DIGITS, list(facts(needs_interpreter=True))):
        text, state = a_text(meaning, "some words", digit), State(questions, noes=noes)
        if not needs_times(state, text, NOON, has_visit=context.visit is not None):
            assert turn(state, text, context) == turn(state, text, slots_elsewhere(context))


@pytest.mark.parametrize("newest", [None, Step.BOOKED])
@pytest.mark.parametrize("crossing", [False, True])
@pytest.mark.parametrize(("step", "count"), [(Step.OFFER, 3), (Step.READ_BACK, 1)])
def test_a_choice_looks_at_nothing_but_the_chosen_time(step, count, crossing, newest):
    moments = [slot.starts_at for slot in SLOTS[:count]]
    older = asked(Step.OFFER, *reversed(moments)).questions if crossing else ()
    void = asked(newest).questions if newest else ()
    state = State((*void, *asked(step, *moments).questions, *older))
    looked_at = set()
    for meaning, digit, (context, noes) in product(EVERY_MEANING, DIGITS, list(facts())):
        text, before = a_text(meaning, "some words", digit), replace(state, noes=noes)
        option = chosen(before, text, NOON, has_visit=context.visit is not None)
        if option:
            looked_at.add(option.starts_at)
            only = tuple(slot for slot in SLOTS if slot.starts_at == option.starts_at)
            assert turn(before, text, context) == turn(before, text, replace(context, slots=only))

    assert looked_at == set(moments)


@given(TEXTS, CONTEXTS, st.one_of(st.none(), st.sampled_from(list(Step))), st.integers(0, 1))
def test_no_facts_make_a_turn_look_at_times_it_does_not_need(text, context, step, noes):
    state = asked(step, SLOTS[0].starts_at, SLOTS[1].starts_at, visit_id=7) if step else State()
    state = replace(state, noes=noes)
    if not needs_times(state, text, NOON, has_visit=context.visit is not None):
        assert turn(state, text, context) == turn(state, text, slots_elsewhere(context))
