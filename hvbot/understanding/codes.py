"""Language tags (BCP 47) as people and rosters write them."""

ALIASES = {
    "zh": "zh-Hans",
    "zh-CN": "zh-Hans",
    "zh-SG": "zh-Hans",
    "zh-TW": "zh-Hant",
    "zh-HK": "zh-Hant",
    "zh-MO": "zh-Hant",
    "yue": "zh-Hant",
    "tl": "fil",
    "mww": "hmn",
    "prs": "fa-AF",
    "iw": "he",
    "in": "id",
}
SCRIPT_LENGTH = 4


def canonical(code: str) -> str:
    """Write a tag as we file it: `es_mx` is `es-MX`, `zh` and `zh-Hans-CN` are `zh-Hans`, `tl` is `fil`."""
    language, *rest = code.strip().replace("_", "-").split("-")
    tag = "-".join([language.lower(), *(part.title() if len(part) == SCRIPT_LENGTH else part.upper() for part in rest)])
    if tag.startswith(("zh-Hans", "zh-Hant")):
        return tag[:7]
    return ALIASES.get(tag, tag)
