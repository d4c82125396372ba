"""What families are answered, question by question."""

from datetime import timedelta

import pytest

from hvbot.conversation import messages
from hvbot.conversation.effects import (
    Book,
    CallOff,
    CloseInvitation,
    ConfirmVisit,
    DeclineConsent,
    GrantConsent,
    RaiseAttention,
    SaveFeltHeard,
    Say,
    SetPlace,
    SetShared,
    Tell,
    To,
)
from hvbot.conversation.state import Open, State, Step, from_json, to_json
from hvbot.scheduling.slots import Slot
from hvbot.understanding.meaning import (
    CancelVisit,
    Change,
    Choose,
    No,
    NoneSuit,
    Propose,
    Unclear,
    When,
    Yes,
)
from tests.conversation.cases import (
    MONDAY,
    NEXT_MONDAY,
    NOON,
    SATURDAY,
    SLOTS,
    TUESDAY,
    VISIT,
    a_context,
    a_text,
    asked,
    has,
    option,
    said,
    turn,
)


def test_a_yes_grants_consent_and_offers_three_times_in_the_same_turn():
    done = turn(asked(Step.CONSENT), Yes(), a_context(consent="asked"))

    assert has(done, GrantConsent)
    assert said(done) == [messages.WELCOME, messages.OFFER]
    assert len(done.state.questions[0].options) == 3


def test_a_day_before_a_yes_asks_leave_again_and_is_no_consent():
    done = turn(asked(Step.CONSENT), Propose(When(weekday=1)), a_context(consent="asked"))

    assert not has(done, GrantConsent)
    assert said(done) == [messages.ASK_LEAVE_AGAIN]


def test_a_no_closes_softly():
    done = turn(asked(Step.CONSENT), No(), a_context(consent="asked"))

    assert has(done, DeclineConsent)
    assert said(done) == [messages.DECLINED]
    assert done.state.questions == ()


def test_a_number_books_that_time_and_tells_everybody():
    done = turn(asked(Step.OFFER, MONDAY, TUESDAY, SATURDAY), Choose(2))

    assert done.effects[0] == Book(option(TUESDAY))
    assert said(done) == [messages.BOOKED]
    assert {effect.to for effect in done.effects if isinstance(effect, Tell)} == {To.OTHERS, To.STAFF}


def test_choosing_a_taken_time_offers_others_in_the_same_reply():
    context = a_context(slots=tuple(slot for slot in SLOTS if slot.starts_at != TUESDAY))
    done = turn(asked(Step.OFFER, MONDAY, TUESDAY), Choose(2), context)

    assert not has(done, Book)
    assert said(done) == [messages.OFFER_TAKEN]
    assert TUESDAY not in [shown.starts_at for shown in done.state.questions[0].options]


@pytest.mark.fault(30)
def test_choosing_a_time_that_has_passed_says_so():
    done = turn(asked(Step.OFFER, NOON - timedelta(days=1)), Choose(1))

    assert said(done) == [messages.OFFER_PASSED]


@pytest.mark.fault(5, 31)
def test_a_number_that_an_older_offer_of_the_last_minutes_gives_another_meaning_is_asked_about():
    older = Open(Step.OFFER, NOON - timedelta(minutes=3), (option(MONDAY), option(TUESDAY)))
    newer = Open(Step.OFFER, NOON - timedelta(minutes=1), (option(SATURDAY), option(NEXT_MONDAY)))
    done = turn(State((newer, older)), Choose(1))

    assert not has(done, Book)
    assert said(done) == [messages.WHICH]
    assert [shown.starts_at for shown in done.state.questions[0].options] == [MONDAY, SATURDAY]


def test_an_older_offer_of_yesterday_does_not_matter():
    older = Open(Step.OFFER, NOON - timedelta(days=1), (option(MONDAY),))
    newer = Open(Step.OFFER, NOON - timedelta(minutes=1), (option(SATURDAY),))

    assert turn(State((newer, older)), Choose(1)).effects[0] == Book(option(SATURDAY))


@pytest.mark.fault(31)
def test_a_question_that_leaves_only_tomorrow_is_not_what_a_digit_answers_today():
    shown = Open(Step.OFFER, NOON - timedelta(hours=1), (option(MONDAY),))
    tomorrow = Open(Step.OFFER, NOON + timedelta(hours=20), (option(SATURDAY),))

    assert turn(State((tomorrow, shown)), Choose(1)).effects[0] == Book(option(MONDAY))


def test_a_number_from_before_a_visit_was_set_or_moved_is_asked_about_first():
    before, since = asked(Step.OFFER, TUESDAY), asked(Step.OFFER, TUESDAY, visit_id=VISIT.id)

    asks = turn(before, Choose(1), a_context(visit=VISIT))
    moves = turn(since, Choose(1), a_context(visit=VISIT))

    assert said(asks) == [messages.READ_BACK]
    assert not has(asks, Book)
    assert has(moves, Book)
    assert has(turn(asks.state, Yes(), a_context(visit=VISIT)), Book)


def test_a_number_that_names_the_time_set_meanwhile_moves_nothing():
    done = turn(asked(Step.OFFER, TUESDAY, VISIT.starts_at), Choose(2), a_context(visit=VISIT))

    assert said(done) == [messages.STILL_ON]
    assert not has(done, Book)


def test_own_words_that_meet_one_open_time_are_read_back_before_booking():
    done = turn(asked(Step.OFFER, MONDAY), Propose(When(weekday=1)))

    assert not has(done, Book)
    assert said(done) == [messages.READ_BACK]
    booked = turn(done.state, Yes())
    assert booked.effects[0] == Book(option(TUESDAY))


def test_a_read_back_that_is_wrong_leads_to_other_times():
    read_back = turn(asked(Step.OFFER, MONDAY), Propose(When(weekday=1))).state
    done = turn(read_back, a_text(digit=2))

    assert said(done) == [messages.OFFER_OTHERS]
    assert TUESDAY not in [shown.starts_at for shown in done.state.questions[0].options]


def test_own_words_are_matched_against_all_open_times_not_only_those_shown():
    done = turn(asked(Step.OFFER, MONDAY), Propose(When(weekday=5)))

    assert done.state.questions[0].options == (option(SATURDAY),)


def test_a_day_without_open_times_leads_to_the_nearest_and_says_why():
    done = turn(asked(Step.OFFER, MONDAY), Propose(When(weekday=2)))

    assert said(done) == [messages.OFFER_OTHER_DAY]


def test_none_of_them_leads_to_others_and_then_to_own_words_with_a_person():
    state = asked(Step.OFFER, MONDAY, TUESDAY, SATURDAY)
    first = turn(state, NoneSuit())
    assert said(first) == [messages.OFFER_OTHERS]
    second = turn(first.state, NoneSuit())

    assert said(second) == [messages.OWN_WORDS]
    assert RaiseAttention("none_suit") in second.effects


def test_a_second_no_to_times_closes():
    first = turn(asked(Step.OFFER, MONDAY), No())
    assert said(first) == [messages.OFFER_OTHERS]
    second = turn(first.state, No())

    assert has(second, CloseInvitation)
    assert said(second) == [messages.DECLINED]


def test_two_times_that_fit_are_asked_about():
    done = turn(asked(Step.OFFER, MONDAY, TUESDAY, SATURDAY), Unclear((1, 3)))

    assert said(done) == [messages.WHICH]
    assert [shown.starts_at for shown in done.state.questions[0].options] == [MONDAY, SATURDAY]


def test_no_open_time_at_all_is_said_and_a_person_is_told():
    done = turn(asked(Step.CONSENT), Yes(), a_context(consent="asked", slots=()))

    assert said(done) == [messages.WELCOME, messages.TIMES_SOON]
    assert RaiseAttention("no_times") in done.effects


def test_an_interpreter_that_is_not_found_is_promised_and_looked_for():
    done = turn(asked(Step.OFFER, MONDAY), Choose(1), a_context(needs_interpreter=True))

    assert said(done) == [messages.BOOKED_SEEKING]
    assert RaiseAttention("interpreter_missing") in done.effects


def test_an_interpreter_that_is_found_is_named_in_the_confirmation():
    context = a_context(needs_interpreter=True, slots=(Slot(MONDAY, 1, interpreter_id=9),))
    done = turn(asked(Step.OFFER, MONDAY), Choose(1), context)

    assert said(done) == [messages.BOOKED_INTERPRETER]
    assert done.effects[0].slot.interpreter_id == 9


def test_a_shared_phone_is_asked_about_after_the_booking_only():
    done = turn(asked(Step.OFFER, MONDAY), Choose(1), a_context(ask_shared=True))

    assert said(done) == [messages.BOOKED, messages.SHARED_PHONE]
    assert SetShared(shared=True) in turn(done.state, a_text(digit=2), a_context(visit=VISIT)).effects


def test_a_shared_phone_gets_no_names():
    assert said(turn(asked(Step.OFFER, MONDAY), Choose(1), a_context(shared=True))) == [messages.BOOKED_SHARED]


def booked_state() -> State:
    return turn(asked(Step.OFFER, MONDAY, TUESDAY), Choose(1)).state


def test_the_same_number_again_changes_nothing():
    done = turn(booked_state(), Choose(1), a_context(visit=VISIT))

    assert said(done) == [messages.STILL_ON]
    assert not has(done, Book)


def test_another_number_after_booking_is_read_back_before_the_visit_moves():
    done = turn(booked_state(), Choose(2), a_context(visit=VISIT))

    assert said(done) == [messages.READ_BACK]
    moved = turn(done.state, Yes(), a_context(visit=VISIT))
    assert moved.effects[0] == Book(option(TUESDAY))
    assert said(moved) == [messages.MOVED]


def test_change_keeps_the_old_time_until_a_new_one_is_picked():
    done = turn(booked_state(), Change(), a_context(visit=VISIT))

    assert said(done) == [messages.OFFER_NEW_TIME]
    assert not has(done, CallOff)


def test_calling_off_tells_everybody_before_the_visit_ends():
    done = turn(booked_state(), CancelVisit(), a_context(visit=VISIT))

    kinds = [type(effect).__name__ for effect in done.effects]
    assert kinds == ["Tell", "Tell", "Say", "CallOff"]


def test_a_question_nobody_foresaw_goes_to_a_person():
    done = turn(booked_state(), a_text(text="can my mother come too?"), a_context(visit=VISIT))

    assert said(done) == [messages.PERSON_ANSWERS]
    assert RaiseAttention("question", "can my mother come too?") in done.effects


def test_another_place_is_kept_and_the_educators_are_told():
    done = turn(booked_state(), a_text(place="park"), a_context(visit=VISIT))

    assert SetPlace("park") in done.effects
    assert has(done, Tell)


def test_a_place_in_own_words_is_taken_as_written():
    asking = turn(booked_state(), a_text(place="ask"), a_context(visit=VISIT))
    assert said(asking) == [messages.PLACE]
    done = turn(asking.state, a_text(text="my sister's shop"), a_context(visit=VISIT))

    assert SetPlace("other", "my sister's shop") in done.effects


def test_a_reminder_takes_yes_a_new_time_and_not_now():
    state = State((Open(Step.REMINDER, NOON - timedelta(minutes=5), (), 7, 1),))
    context = a_context(visit=VISIT)

    assert has(turn(state, Yes(), context), ConfirmVisit)
    assert said(turn(state, Change(), context)) == [messages.OFFER_NEW_TIME]
    assert has(turn(state, CancelVisit(), context), CallOff)


def test_the_question_after_the_visit_takes_a_digit_or_a_word():
    state = asked(Step.THANKS)

    assert SaveFeltHeard(2) in turn(state, a_text(digit=2)).effects
    assert SaveFeltHeard(1) in turn(state, Yes()).effects
    assert has(turn(state, a_text(text="she was so kind")), RaiseAttention)


def test_a_missed_visit_is_offered_again_without_blame():
    assert said(turn(asked(Step.MISSED), a_text(digit=1))) == [messages.OFFER_OTHERS]
    assert has(turn(asked(Step.MISSED), a_text(digit=2)), CloseInvitation)


@pytest.mark.fault(43)
def test_not_understood_asks_once_then_hands_over_then_is_silent():
    state = asked(Step.OFFER, MONDAY)
    first = turn(state, a_text(text="hm"))
    second = turn(first.state, a_text(text="hm"))
    third = turn(second.state, a_text(text="hm"))

    assert [said(done) for done in (first, second, third)] == [[messages.NOT_UNDERSTOOD], [messages.PERSON_ANSWERS], []]
    assert has(second, RaiseAttention)
    assert has(third, RaiseAttention)


def test_a_family_that_writes_later_is_asked_leave_again():
    done = turn(State(), Yes(), a_context(consent="declined"))

    assert Say(messages.ASK_LEAVE, purpose="resumed") in done.effects


def test_a_state_survives_its_json():
    state = turn(asked(Step.OFFER, MONDAY, TUESDAY), NoneSuit()).state

    assert from_json(to_json(state)) == state


def test_a_time_half_said_is_read_back():
    done = turn(asked(Step.OFFER, MONDAY, TUESDAY), Unclear((2,)))

    assert said(done) == [messages.READ_BACK]
    assert turn(done.state, Yes()).effects[0] == Book(option(TUESDAY))
