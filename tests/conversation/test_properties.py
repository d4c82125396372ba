"""What holds for every sequence of texts."""

from dataclasses import replace
from datetime import timedelta

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


@given(TEXTS, CONTEXTS, st.one_of(st.none(), st.sampled_from(list(Step))), st.integers(0, 1))
def test_a_turn_that_needs_no_times_is_the_same_without_them(text, context, step, noes):
    state = asked(step, SLOTS[0].starts_at, SLOTS[1].starts_at, visit_id=7) if step else State()
    state = replace(state, noes=noes)
    if needs_times(state, text, NOON):
        return
    assert turn(state, text, context) == turn(state, text, slots_elsewhere(context))


@given(TEXTS, CONTEXTS, st.sampled_from([Step.OFFER, Step.READ_BACK]), st.booleans())
def test_a_choice_looks_at_nothing_but_the_chosen_time(text, context, step, crossing):
    moments = [slot.starts_at for slot in SLOTS[: 3 if step is Step.OFFER else 1]]
    state = asked(step, *moments)
    if crossing:
        state = State((*state.questions, *asked(Step.OFFER, *reversed(moments)).questions))
    option = chosen(state, text, NOON)
    context = replace(context, slots=SLOTS)
    if option is None:
        return
    only = tuple(slot for slot in SLOTS if slot.starts_at == option.starts_at)
    assert turn(state, text, context) == turn(state, text, replace(context, slots=only))
