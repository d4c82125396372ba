"""How long a browser stays signed in: half an hour without a page, twelve hours at most."""

import secrets
from datetime import datetime, timedelta

from flask import session
from flask_login import current_user
from flask_security import login_user, logout_user

from hvbot.web.accounts import Account
from hvbot.web.context import now

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)


def begin(account: Account) -> None:
    """Sign in, in a session that shares nothing with the one before: its id, its CSRF token, its times."""
    session.clear()
    login_user(account, remember=False)
    session["id"] = secrets.token_urlsafe(16)
    session["began"] = session["seen"] = now().isoformat()


def end() -> None:
    """Forget everything about this browser."""
    if current_user.is_authenticated:
        logout_user()
    session.clear()


def keep_alive(*, counts: bool = True) -> bool:
    """Tell whether the session still lasts, and let it last longer. A page that refreshes itself does not count."""
    began, seen = moment("began"), moment("seen")
    if began is None or seen is None or now() - began >= ABSOLUTE or now() - seen >= IDLE or seen > now() + IDLE:
        end()
        return False
    if counts:
        session["seen"] = now().isoformat()
    return True


def moment(name: str) -> datetime | None:
    """A moment kept in the session."""
    value = session.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) else None
