"""A machine is not answered without end; a person who writes something new always is."""

from datetime import timedelta

from hvbot.conversation.effects import NoReply, RaiseAttention, Say
from hvbot.conversation.loops import MOST_SAME, SAME_FOR
from hvbot.conversation.state import State, Step, from_json, to_json
from hvbot.conversation.turn import Turn
from hvbot.understanding.meaning import Choose, Help
from tests.conversation.cases import MONDAY, NOON, TUESDAY, VISIT, a_context, a_text, asked, has, turn


def asking_who(state: State, text: str = "who is this?", minutes: int = 0) -> Turn:
    return turn(state, a_text(Help(), text), a_context(now=NOON + timedelta(minutes=minutes), visit=VISIT))


def after_the_most() -> State:
    state = asked(Step.BOOKED)
    for _ in range(MOST_SAME):
        done = asking_who(state)
        assert has(done, Say)
        state = done.state
    return from_json(to_json(state))


def test_the_same_words_are_answered_a_few_times_and_then_a_person_is_told():
    done = asking_who(after_the_most(), "Who is  THIS?")

    assert has(done, RaiseAttention, NoReply)
    assert not has(done, Say)


def test_other_words_are_answered_at_once():
    assert has(asking_who(after_the_most(), "what is this about?"), Say)


def test_the_same_words_are_answered_again_after_a_while():
    assert has(asking_who(after_the_most(), minutes=SAME_FOR / timedelta(minutes=1) + 1), Say)


def test_our_own_list_of_times_sent_back_is_one_text_whatever_the_times():
    state = asked(Step.BOOKED)
    for n in range(MOST_SAME):
        state = asking_who(state, f"Here are other times:\n1) Monday Dec {n}").state

    assert not has(asking_who(state, "Here are other times:\n1) Friday Dec 9"), Say)


def test_a_number_is_never_taken_for_a_machine():
    state = asked(Step.OFFER, MONDAY, TUESDAY)
    for _ in range(MOST_SAME + 3):
        done = turn(state, a_text(Choose(9), "9", digit=9))
        state = done.state

    assert not state.heard
