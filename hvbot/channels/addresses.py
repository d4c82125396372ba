"""What the carrier calls people and what they write, as we keep it."""

import re

# PostgreSQL cannot store NUL, and no database can store half a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LONGEST_ADDRESS = 64


def address_of(address: str) -> tuple[str, str]:
    """An address as channel and number: `whatsapp:+1...` is another channel than `+1...`."""
    prefix, separator, number = address.strip().rpartition(":")
    return (prefix.lower()[:16] if separator else "sms"), number[:LONGEST_ADDRESS]


def storable(text: str) -> str:
    """Put the replacement character in place of what no database can store."""
    return UNSTORABLE.sub("\ufffd", text)
