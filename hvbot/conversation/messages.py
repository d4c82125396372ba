"""Every text we can send, in English; the English is the key of the catalogues.

Rules for a new one: 5th-grade English, plain GSM-7 letters, at most two segments filled in, no child's name, and no
answer asked for in a word at which carriers opt people in or out (tests hold all of these). Placeholders:
`{when}` weekday, day and clock time · `{time}` clock time · `{times}` numbered lines · `{school}` · `{phone}` the
office · `{first}` `{second}` `{partner}` educators · `{language}` `{place}` named in the reader's language ·
`{visit}` the visit's number · `{minutes}`.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One text, known by its English wording."""

    text: str

    @property
    def version(self) -> str:
        """Eight characters that change when the wording does; consent rows keep them."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:8]


# Families -----------------------------------------------------------------------------------------------------------

# Translators: The first text ever to this number; it may be the wrong one. Who we are, what we want, the ways out.
ASK_LEAVE = Message(
    "Hi, this is {school}. Two teachers would like to meet your family. It is free and your choice. "
    "May we text you about it? Reply 1 yes, 2 no, 3 wrong number. STOP to end."
)
# Translators: They answered with a day or a question before saying yes. Friendly; asks leave again.
ASK_LEAVE_AGAIN = Message("We would love to meet you! May we text you about times? Reply 1 yes, 2 no. STOP to end.")
# Translators: Right after the yes. Carriers require frequency, cost, HELP and STOP here.
WELCOME = Message(
    "Thank you! {school} will text you only about visits, 8 texts a month at most. Your phone plan may charge. "
    "HELP for help, STOP to end."
)
# Translators: The first offer. {times} are lines such as "1) Tuesday Dec 1, 5:30 PM".
OFFER = Message(
    "Pick a time to meet, about {minutes} minutes:\n{times}\nReply with the number. Reply 0 if none work. "
    "Or write a day and time that is good for you."
)
# Translators: They said none of the times suit.
OFFER_OTHERS = Message("Here are other times:\n{times}\nReply with the number. Reply 0 if none work.")
# Translators: They named a day or time, and these open times fit it.
OFFER_FITTING = Message("These times fit:\n{times}\nReply with the number. Reply 0 if none work.")
# Translators: They named a day on which the teachers are not free.
OFFER_OTHER_DAY = Message(
    "The teachers are not free that day. The nearest times:\n{times}\nReply with the number. Reply 0 if none work."
)
# Translators: The day is possible, the clock time is not.
OFFER_OTHER_TIME = Message(
    "We do not have that time. The nearest ones:\n{times}\nReply with the number. Reply 0 if none work."
)
# Translators: Another family took the time a moment ago.
OFFER_TAKEN = Message(
    "Sorry, that time was just taken. These are open:\n{times}\nReply with the number. Reply 0 if none work."
)
# Translators: The family answered an offer whose times are over.
OFFER_PASSED = Message("That time is no longer open. These are:\n{times}\nReply with the number. Reply 0 if none work.")
# Translators: Before a visit moves, at the family's wish.
OFFER_NEW_TIME = Message(
    "No problem. New times:\n{times}\nReply with the number. Reply 0 if none work. Your old time stays until you pick."
)
# Translators: Two of the times fit what they wrote.
WHICH = Message("Which one do you mean?\n{times}\nReply with the number.")
# Translators: No time suits, or none is open. A person reads what they write next.
OWN_WORDS = Message(
    "What days and times are good for you? Write it your way, in any language. A person from {school} will read it."
)
# Translators: They said yes, but no time is open yet.
TIMES_SOON = Message("Thank you! We are finding times when both teachers are free. We will text you soon.")
# Translators: Read back a time they wrote in their own words.
READ_BACK = Message("I think you said: {when}. Is that right? Reply 1 yes, 2 no.")
# Translators: The visit is set. PLACE and CHANGE: choose one short word in your language for each.
BOOKED = Message(
    "You are set! {first} and {second} will meet you {when}, about {minutes} minutes. Nothing to get ready. "
    "We come to your home. Another place? Reply PLACE. New time? Reply CHANGE."
)
# Translators: As before, and an interpreter comes too.
BOOKED_INTERPRETER = Message(
    "You are set! {first}, {second} and a free interpreter will meet you {when}, about {minutes} minutes. "
    "Nothing to get ready. We come to your home. Another place? Reply PLACE. New time? Reply CHANGE."
)
# Translators: As before; the interpreter is not found yet.
BOOKED_SEEKING = Message(
    "You are set! {first} and {second} will meet you {when}, about {minutes} minutes. We are finding a free "
    "interpreter. We come to your home. Another place? Reply PLACE. New time? Reply CHANGE."
)
# Translators: The visit moved at the family's wish.
MOVED = Message("Done! Your new time is {when}. {first} and {second} will meet you then. New time? Reply CHANGE.")
# Translators: To the other adults of the home when one of them has picked a time.
OTHERS_SET = Message("{school}: a visit with your family is set. {first} and {second} will come {when}.")
# Translators: To the other adults of the home when the visit moves.
OTHERS_MOVED = Message("{school}: the visit with your family has a new time. {first} and {second} will come {when}.")
# Translators: To the other adults of the home when the visit is off.
OTHERS_OFF = Message("{school}: the visit with your family on {when} is off.")
# Translators: Where shall we meet? They may also write a place in their own words.
PLACE = Message(
    "Where is good for you? 1 home, 2 park, 3 library, 4 video call. Or write another place. Any choice is fine."
)
# Translators: {place} is one of the words below, or their own words.
PLACE_SET = Message("Thank you. We will meet you {when}. Place: {place}.")
# Translators: A place to meet, used as {place}.
PLACE_HOME = Message("your home")
# Translators: A place to meet, used as {place} in texts to educators.
PLACE_THEIR_HOME = Message("the family's home")
# Translators: A place to meet, used as {place}.
PLACE_PARK = Message("a park")
# Translators: A place to meet, used as {place}.
PLACE_LIBRARY = Message("the library")
# Translators: A place to meet, used as {place}.
PLACE_VIDEO = Message("video call")
# Translators: The family called the visit off.
CALLED_OFF = Message(
    "OK, the visit on {when} is off. Nothing changes for your child at school. If you want one later, text VISIT."
)
# Translators: The school's side cannot come; new times.
SCHOOL_MOVES = Message(
    "We are sorry. The teachers can't come {when}. It is not because of you. New times:\n{times}\n"
    "Reply with the number. Reply 0 if none work."
)
# Translators: The school's side cannot come and no time is open.
SCHOOL_OFF = Message(
    "We are sorry. The teachers can't come {when}. It is not because of you. A person from {school} will text or "
    "call you about a new time."
)
# Translators: Same time, but one of the teachers is another.
SAME_TIME_NEW_NAMES = Message("{school}: your visit is still on, {when}. {first} and {second} will come.")
# Translators: An interpreter was found after the visit was set.
INTERPRETER_FOUND = Message("{school}: a free interpreter will come to your visit {when}.")
# Translators: The evening before.
REMIND_EVENING = Message(
    "{school}: {first} and {second} will meet you tomorrow, {when}. Still good? Reply 1 yes, 2 new time, 3 not now."
)
# Translators: Two hours before.
REMIND_SOON = Message(
    "See you today at {time}! {first} and {second} will wear school badges. Can't make it? Reply 2 for a new time. "
    "That is OK."
)
# Translators: Shortly before a visit or at its hour. {late} is a number of minutes.
TEACHERS_LATE = Message(
    "Sorry, {first} and {second} will be about {late} min late. They are on the way. Reply 2 if you need a new time."
)
# Translators: They answered a reminder with yes.
STILL_ON = Message("Great! See you {when}.")
# Translators: After the visit. The answer is never shown to the teachers.
THANKS = Message(
    "Thank you for meeting with us! Did you feel heard? Reply 1 yes, 2 a little, 3 no. "
    "Your teachers will not see your answer."
)
# Translators: They answered the question after the visit.
THANKS_NOTED = Message("Thank you for telling us. We are glad your family is part of {school}.")
# Translators: Nobody was there. No blame.
MISSED = Message("We missed you today. That happens! Would you like a new time? Reply 1 yes, 2 no thanks.")
# Translators: They said no. Closes softly; asks nothing.
DECLINED = Message(
    "That is fine. Thank you for telling us. Nothing changes for your child at school. "
    "If you want a visit later, text VISIT any time."
)
# Translators: No answer for some days: the one nudge.
NUDGE = Message(
    "Hi again from {school}. We would still love to meet your family, any place you like. "
    "Reply 1 yes, 2 no thanks, 3 wrong number. STOP to end."
)
# Translators: They said yes but picked no time.
NUDGE_OFFER = Message(
    "{school}: would one of these times work?\n{times}\nReply with the number. Reply 0 if none work. STOP to end."
)
# Translators: The last text when nobody answers.
LAST_TEXT = Message(
    "This is our last text about a visit for now. If you want one later, text VISIT. "
    "We are glad your family is part of {school}. STOP to end."
)
# Translators: The only text after an opt-out in own words.
STOPPED = Message("{school}: You will get no more texts from us. To start again, text START.")
# Translators: After START. We ask leave afresh.
RESUMED = Message(
    "{school}: Texts are on again. May we text you about a family visit? Reply 1 yes, 2 no. HELP for help, STOP to end."
)
# Translators: A word that may mean the visit or the texts.
STOP_OR_CHANGE = Message("Do you want to: 1 change or call off the visit, 2 end all our texts? Reply 1 or 2.")
# Translators: The one text to a wrong number.
WRONG_NUMBER = Message("Sorry about that. We will not text this number again. Thank you for letting us know.")
# Translators: HELP, "who is this", "what is this". True only while the program's rules keep it true.
WHO_WE_ARE = Message(
    "We are teachers from {school}. We want to hear your hopes for your child. No police, no immigration, no papers. "
    "You can say no. A call from a person: reply CALL. End texts: reply STOP."
)
# Translators: As before, with the office's number.
WHO_WE_ARE_PHONE = Message(
    "We are teachers from {school}. We want to hear your hopes for your child. No police, no immigration, no papers. "
    "You can say no. A call from a person: reply CALL, or call {phone}. End texts: reply STOP."
)
# Translators: Not understood the first time.
NOT_UNDERSTOOD = Message(
    "Sorry, I did not get that. Please reply with a number from our last text. "
    "Or reply CALL and a person will call you."
)
# Translators: Not understood again, or a question for a person.
PERSON_ANSWERS = Message("Thank you. A person from {school} will read your text and write or call you by tomorrow.")
# Translators: They asked for a call.
PERSON_CALLS = Message("A person from {school} will call you by tomorrow.")
# Translators: The language is set and nothing else is open.
LANGUAGE_SET = Message("OK. We will text you in {language}.")
# Translators: The language they asked for is not ready; {language} is named in the language of the thread.
LANGUAGE_NOT_READY = Message("We can not text in {language} yet. A person from {school} will find help and call you.")
# Translators: They asked for an interpreter.
INTERPRETER_NOTED = Message("Yes. An interpreter is free. Your child does not need to translate. We will tell you.")
# Translators: Asked after the booking, only where the roster lists the number more than once.
SHARED_PHONE = Message(
    "Do other people read texts on this phone? Reply 1 only me, 2 others too. If 2, we leave out names and places."
)
# Translators: They answered the question before.
NOTED = Message("Thank you. We will do that.")
# Translators: To a number we do not know; at most one a day.
STRANGER = Message("This number texts families of {school} about home visits. A person will read your text.")

# Families whose phone is shared: no names, no places ------------------------------------------------------------------

# Translators: As "You are set!", for a phone that others read: no names, no place.
BOOKED_SHARED = Message(
    "You are set: {when}, about {minutes} minutes. Nothing to get ready. Another place? Reply PLACE. "
    "New time? Reply CHANGE."
)
# Translators: As the reminder of the evening before, without names.
REMIND_EVENING_SHARED = Message("{school}: tomorrow, {when}. Still good? Reply 1 yes, 2 new time, 3 not now.")
# Translators: As the reminder two hours before, without names.
REMIND_SOON_SHARED = Message("{school}: see you today at {time}. Can't make it? Reply 2 for a new time. That is OK.")

# Educators and interpreters -------------------------------------------------------------------------------------------

# Translators: To both educators when a visit is set.
EDUCATOR_SET = Message("Visit {visit} is set: {when}, you and {partner}. Place: {place}. Can't go? Reply 2.")
# Translators: To both educators when it moves.
EDUCATOR_MOVED = Message("Visit {visit} moved. New time: {when}, you and {partner}. Can't go? Reply 2.")
# Translators: To both educators when it is off.
EDUCATOR_OFF = Message("Visit {visit}, {when}, is off. Thank you for being ready.")
# Translators: The place changed.
EDUCATOR_PLACE = Message("Visit {visit}, {when}: the place is now {place}.")
# Translators: The evening before.
EDUCATOR_EVENING = Message("Tomorrow, {when}: visit {visit}, you and {partner}. Place: {place}. Can't go? Reply 2.")
# Translators: After the visit.
EDUCATOR_HAPPENED = Message("Visit {visit}, {when}: did it happen? Reply 1 yes, 2 family not there, 3 not held.")
# Translators: At the hour of the visit, when the family or the other teacher has just written something unclear.
EDUCATOR_MAY_BE_LATE = Message(
    "Visit {visit}, {when}: somebody has just written that they may be late or not there. "
    "A person from {school} will look now."
)
# Translators: They answered.
EDUCATOR_THANKS = Message("Thank you. It is on record.")
# Translators: They cannot go.
EDUCATOR_CANT = Message("Thank you for telling us. We will find somebody for visit {visit}.")
# Translators: Somebody is asked to go in a colleague's place. Free to say no.
EDUCATOR_ASK = Message("Can you take a home visit {when} with {partner}? Reply 1 yes, 2 no. Either is fine.")
# Translators: They take it.
EDUCATOR_TAKES = Message("Thank you! Visit {visit} is yours: {when}, you and {partner}. Place: {place}.")
# Translators: They do not, or it is gone.
EDUCATOR_NOT_NEEDED = Message("OK, thank you. You do not need to do anything.")
# Translators: The colleague changed.
EDUCATOR_NEW_PARTNER = Message("Visit {visit}, {when}: {partner} will go with you now.")
# Translators: Several visits could be meant.
EDUCATOR_WHICH = Message("Which visit?\n{times}\nReply with the number.")
# Translators: Not understood.
EDUCATOR_NOT_UNDERSTOOD = Message(
    "Sorry, I did not get that. Reply 2 if you can't go to your next visit. A person will read your text."
)
# Translators: To an interpreter when a visit is set.
INTERPRETER_SET = Message(
    "Visit {visit}: please interpret {language} on {when}, with {first} and {second}. Can't go? Reply 2."
)


def all_messages() -> dict[str, Message]:
    """Every text by its name."""
    return {name: value for name, value in globals().items() if isinstance(value, Message)}


NAMES = {message: name for name, message in all_messages().items()}
