"""What codes in the tables are called on the screens, in plain words."""

from collections.abc import Mapping

STAGES: Mapping[str, str] = {
    "waiting": "Asked, no answer yet",
    "talking": "In conversation",
    "booked": "Visit is set",
    "done": "Visited",
    "declined": "Said no",
    "opted_out": "Ended all texts",
    "unreachable": "Cannot be reached",
    "closed": "Closed",
    "not_asked": "Not asked in this round",
}

VISITS: Mapping[str, str] = {
    "booked": "Set",
    "confirmed": "Set, family said it is still good",
    "done": "Held",
    "moved": "Moved to another time",
    "canceled": "Called off",
    "missed": "Nobody was there",
}

CONSENTS: Mapping[str, str] = {
    "none": "Not asked yet",
    "asked": "Asked, no answer yet",
    "granted": "May be texted",
    "declined": "Said no",
    "revoked": "Ended all texts",
}

EVIDENCE: Mapping[str, str] = {
    "asked": "Was asked",
    "granted": "Gave leave",
    "declined": "Said no",
    "revoked": "Ended all texts",
    "wrong_number": "Said that this is a wrong number",
    "resumed": "Wanted texts again; was asked afresh",
}
SOURCES: Mapping[str, str] = {
    "reply": "by text",
    "carrier": "through the phone company",
    "coordinator": "told a coordinator",
}

REACH: Mapping[str, str] = {
    "failed": "Texts do not arrive at this number",
    "landline": "This number cannot take texts",
    "invalid": "There is no such number",
    "wrong": "Somebody else has this number",
}

MEANINGS: Mapping[str, str] = {
    "choose": "picks one of the times",
    "propose": "names a day or time",
    "none": "none of the times suit",
    "yes": "yes",
    "no": "no",
    "change": "wants another time",
    "cancel": "calls the visit off",
    "stop": "wants no more texts",
    "start": "wants texts again",
    "help": "asks who we are",
    "wrong_number": "wrong number",
    "language": "wants another language",
    "interpreter": "asks for an interpreter",
    "person": "wants to talk with a person",
    "unclear": "not understood",
}

QUESTIONS: Mapping[str, str] = {
    "consent": "May we text you?",
    "offer": "Which time suits?",
    "read_back": "Did I read your time right?",
    "own_words": "When is good for you?",
    "booked": "The visit is set",
    "place": "Where shall we meet?",
    "reminder": "Is the visit still good?",
    "shared_phone": "Do others read this phone?",
    "stop_or_change": "Change the visit, or end all texts?",
    "thanks": "Did you feel heard?",
    "missed": "Would you like a new time?",
    "staff_set": "Can you go to the visit?",
    "staff_which": "Which visit?",
    "staff_asked": "Can you take a visit?",
    "staff_happened": "Did the visit happen?",
}

DELIVERY: Mapping[str, str] = {
    "queued": "Waiting to be sent",
    "sending": "On its way to the phone company",
    "sent": "Sent; the phone company has not confirmed it yet",
    "delivered": "Delivered",
    "failed": "Not delivered",
    "unknown": "Perhaps sent: the phone company did not answer. It is not sent twice",
    "dropped": "Not sent",
}

# What the last gate and the carrier write as a reason.
WHY_NOT: Mapping[str, str] = {
    "consent none": "they were not asked for leave",
    "consent asked": "they have not given leave",
    "consent declined": "they said no",
    "consent revoked": "they ended all texts",
    "said before": "it had been said before",
    "wrong number": "somebody else has this number",
    "number landline": "the number cannot take texts",
    "number invalid": "there is no such number",
    "visit changed": "the visit has changed since",
    "visit moved": "the visit has moved since",
    "visit canceled": "the visit was called off",
    "visit done": "the visit is over",
    "too late": "it would have come too late",
    "no words left": "its words were deleted",
    "opted_out": "they ended all texts with the phone company",
    "invalid": "there is no such number",
    "landline": "the number cannot take texts",
    "unreachable": "the phone is off or out of reach",
    "our_text": "the phone company refused this text",
    "filtered": "the phone company took this text for spam",
    "our_setup": "the phone company refuses all our texts",
}

PURPOSES: Mapping[str, str] = {
    "ask": "first question",
    "nudge": "second question",
    "last": "last text",
    "answer": "answer",
    "help": "who we are",
    "offer": "times",
    "booked": "visit is set",
    "moved": "visit moved",
    "off": "visit is off",
    "told": "news of the visit",
    "reminder": "reminder",
    "thanks": "after the visit",
    "stopped": "end of texts",
    "wrong_number": "apology",
    "resumed": "asked afresh",
    "stranger": "answer to an unknown number",
    "staff": "to an educator",
    "person": "written by a person",
}

# One thing to do, for each reason of `services.attention.REASONS`.
NEXT_STEP: Mapping[str, str] = {
    "call": "Phone the family.",
    "question": "Read what they wrote and answer.",
    "not_understood": "Read what they wrote and answer, or phone.",
    "reply_waiting": "Answer, or give the conversation back to hvbot.",
    "times_in_own_words": "Find a time with the educators, then answer.",
    "none_suit": "Ask which days are good, or ask the educators for more times.",
    "no_times": "Ask the pair for times, then tell the family.",
    "no_pair": "Find two willing, trained educators for this family.",
    "interpreter_asked": "Arrange an interpreter and tell the family.",
    "interpreter_missing": "Find an interpreter for the visit.",
    "language_not_ready": "Find somebody who speaks the language, and phone.",
    "stopped_with_visit": "Phone: is the visit still wanted?",
    "wrong_number": "Find the right number in the school office.",
    "wrong_number_with_visit": "Find the right number now: a visit is set.",
    "number_unreachable": "Find another number, or phone.",
    "unknown_number": "Read it: perhaps a new number of a family.",
    "words_after_visit": "Read what they wrote.",
    "at_visit_time": "Phone now: somebody may be late or not there.",
    "educator_wrote": "Read what the educator wrote and answer.",
    "educator_cannot": "See whether a colleague was found.",
    "substitute_missing": "Find a colleague, or move the visit with the family.",
    "visit_not_held": "Phone the family and find a new time.",
    "call_task": "Phone the family.",
    "family_left_roster": "Ask the school office whether the visit should stay.",
    "number_shared_by_homes": "Ask the school office which home the number belongs to.",
    "late_text": "Read what they wrote and answer.",
    "carrier_knows_more": "Look in the carrier's console who else sends from our number.",
    "turn_failed": "Read the text and answer yourself.",
    "send_unknown": "Phone if it was important; it is not sent twice.",
    "stop_or_change": "Phone if the visit is near; without an answer their texts end in a day.",
    "school_closed": "See who chose another time; phone those who do not answer.",
    "text_refused": "Say it another way, or phone.",
    "sending_paused": "Run hvbot check, mend the account, then let texts leave again.",
    "day_nearly_full": "Nothing is lost. If the sender may carry more, set segments_per_day.",
    "carrier_refuses": "Run hvbot check and mend the account.",
    "worker_late": "Start hvbot worker (or hvbot serve) again, and read its last lines.",
    "queue_late": "Run hvbot check: does the worker run, does the phone company answer?",
    "many_unknown": "Look at the phone company's status page. Nothing is sent twice.",
    "many_fail": "Look at hvbot report texts: old numbers, one phone company, or one language?",
    "spend_near": "Start no new round this month, or raise month_budget with hvbot program set.",
}


def delivery(status: str, reason: str | None) -> str:
    """What became of a text of ours, with the reason where there is one."""
    words = DELIVERY.get(status, status)
    if not reason:
        return words
    return f"{words}: {WHY_NOT.get(reason, reason)}"
