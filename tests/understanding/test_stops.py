"""The end of all texts in words that nobody listed: by the shape of the thought."""

import pytest

from hvbot.understanding.meaning import Stop
from tests.understanding.cases import meaning

STOPS = [
    ("en", "I asked you to stop"), ("en", "make it stop"), ("en", "these texts need to stop"), ("en", "last warning, stop"),
    ("en", "stop hitting my phone"), ("en", "quit blowing us up"), ("en", "stop it already"), ("en", "i want to stop getting these"),
    ("en", "get my number off your system"), ("en", "take us out of your contacts"), ("en", "can u not text me"),
    ("es", "les dije que pararan"), ("es", "dejen de fregar"), ("pt", "parem de encher"), ("fr", "arrêtez de saouler"),
    ("ru", "перестаньте доставать"), ("hi", "mera number hata do"), ("bn", "amar number muche din"),
]  # fmt: skip
NO_STOPS = [
    ("en", "i dont want you to stop"), ("en", "no need to stop"), ("en", "we have to stop at the store first, so 5"),
    ("en", "quit my job so any time"), ("en", "stop worrying we will be there"), ("en", "i get off work at 5"),
    ("en", "you can stop by tuesday"), ("en", "my kid is sick of school"), ("es", "no dejen de venir"),
    ("es", "dejen de preocuparse, si"), ("pt", "nao parem de vir"), ("fr", "ça arrête quand ?"), ("ru", "не прекращайте"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), STOPS)
def test_a_thought_that_ends_or_begins_with_stop_ends_all_texts(language: str, text: str) -> None:
    assert isinstance(meaning(text, "offer", language), Stop)


@pytest.mark.parametrize(("language", "text"), NO_STOPS)
def test_a_stop_that_is_denied_or_is_another_kind_of_stop_ends_nothing(language: str, text: str) -> None:
    assert not isinstance(meaning(text, "offer", language), Stop)
