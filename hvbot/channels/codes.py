"""What the carrier's error codes say about whom they concern. Used for refusals and for status callbacks alike."""

from hvbot.channels.port import Fault

# Twilio's code, its meaning. A code that is not listed concerns the one text.
FAULTS: dict[int, Fault] = {
    20003: Fault.OUR_SETUP,  # wrong account SID or auth token
    20005: Fault.OUR_SETUP,  # account not active
    20429: Fault.RETRY,  # too many requests at once; this one was not processed
    21211: Fault.INVALID,  # 'To' is not a valid number
    21217: Fault.INVALID,  # number seems invalid
    21408: Fault.UNREACHABLE,  # texts to this country are not enabled for our account
    21603: Fault.OUR_SETUP,  # 'From' is missing
    21606: Fault.OUR_SETUP,  # 'From' is not ours or cannot text
    21608: Fault.UNREACHABLE,  # trial account: only numbers verified by hand
    21610: Fault.OPTED_OUT,  # the person opted out with this sender
    21611: Fault.RETRY,  # the sender's queue is full
    21612: Fault.UNREACHABLE,  # no route from our sender to this number
    21614: Fault.LANDLINE,  # not a mobile number
    21617: Fault.OUR_TEXT,  # body over 1600 characters
    21635: Fault.LANDLINE,  # landline
    21658: Fault.OUR_TEXT,  # a parameter is too long
    21701: Fault.OUR_SETUP,  # the Messaging Service does not exist
    21703: Fault.OUR_SETUP,  # the Messaging Service has no sender
    30001: Fault.OUR_TEXT,  # the sender's queue overflowed after the text was accepted
    30002: Fault.OUR_SETUP,  # account suspended
    30003: Fault.UNREACHABLE,  # handset off, out of reach or roaming; if repeated, blocked or a landline
    30004: Fault.UNREACHABLE,  # blocked by the person or the carrier
    30005: Fault.UNREACHABLE,  # unknown or no longer assigned number
    30006: Fault.LANDLINE,  # landline, or a carrier that cannot be reached
    30007: Fault.FILTERED,  # filtered as spam: our wording, links or registration
    30008: Fault.UNREACHABLE,  # unknown error at the carrier
    30032: Fault.OUR_SETUP,  # toll-free number not verified
    30034: Fault.OUR_SETUP,  # 10DLC sender not registered
    30036: Fault.OUR_TEXT,  # validity period ran out
    63003: Fault.UNREACHABLE,  # not on WhatsApp
    63014: Fault.OPTED_OUT,  # blocked by the person on WhatsApp
    63016: Fault.OUR_TEXT,  # outside the 24-hour window without a template
    63017: Fault.RETRY,  # account rate limit
    63018: Fault.RETRY,  # channel rate limit
    63024: Fault.INVALID,  # not a valid WhatsApp recipient
    63036: Fault.UNREACHABLE,  # not on RCS
}


def fault_of(code: int | None) -> Fault:
    """Whom a code concerns."""
    return FAULTS.get(code or 0, Fault.OUR_TEXT)
