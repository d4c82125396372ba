"""Logs: one JSON object a line on standard error, with ids and never a number, a name or a text."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

# A number as people and carriers write it: +12025550123, (202) 555-0123, 202.555.0123, tel%2B12025550123. Carrier ids
# such as SM0123... have letters beside their digits and stay; so do our short ids, moments and versions.
NUMBER = re.compile(r"(?<![\w.:-])(?:\+|%2B)?\(?\d(?:[\s().-]{0,2}\d){9,14}(?![\w:-])")
INTERNATIONAL = re.compile(r"(?:\+|%2B)\d[\d\s().-]{6,20}\d")
HIDDEN = "[number]"


def hide_numbers(value: Any) -> Any:
    """Blank whatever looks like a phone number, however deep it lies."""
    if isinstance(value, str):
        return NUMBER.sub(HIDDEN, INTERNATIONAL.sub(HIDDEN, value))
    if isinstance(value, Mapping):
        return {hide_numbers(key): hide_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [hide_numbers(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**9:
        return HIDDEN
    return value


def bare_traceback(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say where it failed and with what, without the messages: a database's error repeats the row, names and all."""
    given = entry.pop("exc_info", None)
    info = sys.exc_info() if given is True else given
    problem = info if isinstance(info, BaseException) else info[1] if info else None
    if problem is not None:
        entry["problem"] = type(problem).__name__
        entry["where"] = [
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(problem.__traceback__)
        ]
    return entry


def redact(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor before the line is written: nothing that looks like a number leaves."""
    moment = entry.pop("timestamp", None)
    clean: dict[str, Any] = {key: hide_numbers(value) for key, value in entry.items()}
    return {"timestamp": moment, **clean} if moment else clean


STEPS: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    bare_traceback,
)


def set_up_logs(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send our logs and those of the libraries through the same steps."""
    handler = logging.StreamHandler(stream or sys.stderr)
    finish = (
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        redact,
        structlog.processors.JSONRenderer(default=str),
    )
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=STEPS, processors=finish))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    quiet_libraries()
    structlog.configure(
        processors=[*STEPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def quiet_libraries() -> None:
    """These tell at the level of information what we know already, twice a second or with bodies in it."""
    for name in ("apscheduler", "alembic", "twilio", "twilio.http_client", "urllib3", "werkzeug"):
        logging.getLogger(name).setLevel(logging.WARNING)
