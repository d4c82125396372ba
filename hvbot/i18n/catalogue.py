"""The languages on disk and the rendering of texts. A text is complete in its language or it does not leave."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import tomli

from hvbot.conversation.messages import Message, all_messages
from hvbot.i18n.formats import Format, fields, foreign, lines, moment, read_format
from hvbot.i18n.po import Translations, read_translations
from hvbot.i18n.segments import measure, normalise
from hvbot.understanding.codes import canonical
from hvbot.understanding.lexicon import Lexicon, Lexicons

SOURCE = "en"
SOURCE_REVIEW = "source"
LOCALES = Path(__file__).parents[2] / "locales"
CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

Template = tuple[tuple[str, str | None], ...]


class Incomplete(Exception):
    """A language has a gap, so nothing is written in it. `missing` names the gaps."""

    def __init__(self, code: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"{code}: {'; '.join(missing[:3])}{' ...' if len(missing) > 3 else ''}")
        self.code = code
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Language:
    """One folder of `locales/`. `missing` is empty when every text can be written; `review` is `source` for English,
    else `drafted` or `reviewed by NAME on DATE`.
    """

    code: str
    name: str
    english_name: str
    direction: str
    missing: tuple[str, ...]
    review: str
    lexicon: Lexicon

    @property
    def is_reviewed(self) -> bool:
        """Tell whether a named person has signed the wording."""
        return self.review == SOURCE_REVIEW or self.review.startswith("reviewed by ")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it leaves, with what it costs."""

    body: str
    segments: int
    encoding: str


@dataclass(frozen=True, eq=False)
class Writing:
    """What rendering in one language needs. `packed` are its texts by the English ones: most languages are never written."""

    format: Format
    packed: bytes

    @cached_property
    def templates(self) -> Mapping[Message, Template]:
        """The texts, cut at their placeholders."""
        return templates(orjson.loads(zlib.decompress(self.packed)))


class Catalogue:
    """All languages, read once; safe to share between threads."""

    def __init__(self, languages: Mapping[str, Language], writings: Mapping[str, Writing]) -> None:
        self.languages = languages
        self.lexicons = Lexicons({code: language.lexicon for code, language in languages.items()})
        self._writings = writings
        complete = frozenset(code for code, it in languages.items() if not it.missing)
        self._usable = {False: complete, True: frozenset(code for code in complete if languages[code].is_reviewed)}

    def ready(self, code: str) -> bool:
        """Tell whether every text can be written in this language."""
        language = self.languages.get(code)
        return language is not None and not language.missing

    def usable(self, *, signed: bool) -> frozenset[str]:
        """The languages whose every text can be written; with `signed` only those a named person has read."""
        return self._usable[signed]

    def resolve(self, code: str) -> str | None:
        """Find the language of a tag: `es-MX` is read as `es`, `zh` as `zh-Hans`; None when we have none."""
        tag = canonical(code)
        while tag:
            if tag in self.languages:
                return tag
            tag = tag.rpartition("-")[0]
        return None

    def render(self, message: Message, params: Mapping[str, Any], language: str, zone: ZoneInfo) -> Rendered:
        """Write a text in a language, its times in the school's zone.

        Moments are written as their placeholder says (`{time}`, `{day}`, else day and clock), a tuple of moments as
        numbered lines, a `Message` in the same language, `{language}` by its name.

        Raises:
            Incomplete: the language has a gap; English is never put in its place.
            KeyError: a placeholder was given no value.
        """
        code = self.resolve(language)
        if code is None:
            raise Incomplete(language, ("the language is unknown",))
        if self.languages[code].missing:
            raise Incomplete(code, self.languages[code].missing)
        body = normalise(self._fill(message, params, code, zone))
        size = measure(body)
        return Rendered(body, size.segments, size.encoding)

    def format_of(self, code: str) -> Format:
        """How a language writes."""
        return self._writings[code].format

    def wording(self, message: Message, code: str) -> str:
        """A text with its placeholders still open; empty where it is not translated."""
        parts = self._writings[code].templates.get(message, ())
        return "".join(literal if name is None else f"{literal}{{{name}}}" for literal, name in parts)

    def _fill(self, message: Message, params: Mapping[str, Any], code: str, zone: ZoneInfo) -> str:
        pieces = []
        for literal, name in self._writings[code].templates[message]:
            pieces.append(literal)
            if name is not None:
                pieces.append(self._value(name, params[name], params, code, zone))
        return "".join(pieces)

    def _value(self, name: str, value: Any, params: Mapping[str, Any], code: str, zone: ZoneInfo) -> str:
        language = self._writings[code].format
        match value:
            case datetime():
                return moment(language, name, value, zone)
            case Message():
                return self._fill(value, params, code, zone)
            case tuple() | list():
                return lines(language, tuple(value), zone)
        return foreign(language, self._name_of(value, code) if name == "language" else str(value))

    def _name_of(self, wanted: str, code: str) -> str:
        """Name a language as the reader says it, or as its own speakers do."""
        tag = canonical(wanted)
        name = self._writings[code].format.languages.get(tag)
        if name is None and tag in self.languages:
            name = self.languages[tag].name
        if not name:
            raise Incomplete(code, (f"[format.languages] {tag} is missing",))
        return name


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read every language of a folder, the project's `locales` if none is given.

    Raises:
        FileNotFoundError: there is no such folder, or English is not in it.
    """
    root = folder or LOCALES
    if not (root / SOURCE).is_dir():
        raise FileNotFoundError(f"no languages in {root}: {SOURCE} is missing")
    read = [load_language(path) for path in sorted(root.iterdir()) if path.is_dir() and CODE.fullmatch(path.name)]
    parsed.cache_clear()
    return Catalogue(
        {language.code: language for language, _ in read}, {language.code: writing for language, writing in read}
    )


def load_language(path: Path) -> tuple[Language, Writing]:
    """Read one folder; its gaps are named, not raised, so that one language never stops the others."""
    code = path.name
    table, gaps = read_keywords(path / "keywords.toml")
    keywords = Keywords(path / "keywords.toml") if table else table
    form, form_gaps = read_format(table.get("format", {}))
    translations = read_translations(path / "LC_MESSAGES" / "messages.po")
    texts = source_texts() if code == SOURCE else translations.texts
    lexicon = Lexicon(code, keywords)
    lexicon.prepare_opt_outs()
    word_gaps = [f"keywords.toml: {gap}" for gap in lexicon.gaps()] if table else []
    missing = (*gaps, *word_gaps, *form_gaps, *text_gaps(texts, translations))
    language = Language(
        code=code,
        name=form.name or code,
        english_name=form.english_name or code,
        direction=form.direction,
        missing=missing,
        review=SOURCE_REVIEW if code == SOURCE else translations.review,
        lexicon=lexicon,
    )
    return language, Writing(form, zlib.compress(orjson.dumps(texts)))


class Keywords(Mapping[str, Any]):
    """A `keywords.toml` that is read again when it is needed: most languages' words never are, and all take much room."""

    def __init__(self, path: Path) -> None:
        self.read = partial(parsed, path, path.stat().st_mtime_ns)

    def __getitem__(self, key: str) -> Any:
        return self.read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.read())

    def __len__(self) -> int:
        return len(self.read())


@lru_cache(maxsize=1)
def parsed(path: Path, _changed_ns: int) -> dict[str, Any]:
    """The tables of a file, as it is at a moment."""
    return tomli.loads(path.read_text(encoding="utf-8"))


def read_keywords(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read what people write, and what of it is missing."""
    if not path.is_file():
        return {}, ("keywords.toml is missing",)
    try:
        return parsed(path, path.stat().st_mtime_ns), ()
    except tomli.TOMLDecodeError as problem:
        return {}, (f"keywords.toml cannot be read: {problem}",)


def source_texts() -> dict[str, str]:
    """The English texts, which are their own translation."""
    return {message.text: message.text for message in all_messages().values()}


def text_gaps(texts: Mapping[str, str], translations: Translations) -> Iterator[str]:
    """Name the texts that cannot be written, by the name they have in `messages.py`."""
    for name, message in all_messages().items():
        wording = texts.get(message.text)
        if wording is None:
            marked = " (it is marked fuzzy)" if message.text in translations.fuzzy else ""
            yield f"messages.po: {name} is not translated{marked}"
        elif fields(wording) != fields(message.text):
            yield f"messages.po: {name} {difference(fields(message.text), fields(wording))}"


def difference(expected: frozenset[str], found: frozenset[str]) -> str:
    """Say which placeholders a translation lost or made up."""
    if "?" in found:
        return "has a brace that cannot be read"
    lost = [f"lacks {{{name}}}" for name in sorted(expected - found)]
    return " and ".join(lost + [f"has {{{name}}}, which English has not" for name in sorted(found - expected)])


def templates(texts: Mapping[str, str]) -> dict[Message, Template]:
    """Cut the wordings at their placeholders once, instead of at every text."""
    usable = ((message, texts.get(message.text)) for message in all_messages().values())
    return {message: cut(text) for message, text in usable if text and "?" not in fields(text)}


def cut(text: str) -> Template:
    return tuple((literal, name) for literal, name, _, _ in Formatter().parse(normalise(text)))
