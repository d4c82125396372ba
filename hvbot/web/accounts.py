"""Sign-in by Flask-Security on plain SQLAlchemy sessions.

The mapped classes know nothing of Flask, so Flask-Security is given values read from them: an `Account` for each
request. Its own pages are not registered; people come in by the one-time links of `services/users.py`.
"""

from typing import Any

from flask import Flask
from sqlalchemy import select

from hvbot.models import User
from hvbot.services.users import ROLES, schools_of
from hvbot.web.context import Viewer, reading
from hvbot.web.imports import kept_out

# Flask-Security imports Twilio's client where it finds one, 12 MiB, for a second factor by text that nobody here has.
with kept_out("twilio.rest"):
    from flask_security import RoleMixin, Security, UserMixin
    from flask_security.datastore import UserDatastore

SETTINGS = {
    "SECURITY_PASSWORD_HASH": "pbkdf2_sha512",
    "SECURITY_PASSWORD_SALT": "unused",
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    # The commands of Flask-Security would be a second way to users.
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
    "SECURITY_CACHE_CONTROL": None,
}


class AccountRole(RoleMixin):
    """A role as Flask-Security asks for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.permissions = []


class Account(UserMixin):
    """A user for the length of a request."""

    fs_uniquifier = ""

    def __init__(self, viewer: Viewer, uniquifier: str, *, active: bool) -> None:
        self.viewer = viewer
        self.fs_uniquifier = uniquifier
        self.active = active
        self.roles = [AccountRole(viewer.role)]


class Accounts(UserDatastore):
    """Finds users. Nothing is changed through it."""

    def __init__(self) -> None:
        super().__init__(Account, AccountRole)

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:
        """The user with that value in one column."""
        ((column, value),) = by.items()
        user = reading().scalars(select(User).where(getattr(User, column) == value)).one_or_none()
        return account_of(user) if user else None


def account_of(user: User) -> Account | None:
    """A user's row as an account; None for one without a role. Of several roles the first of the table counts."""
    names = {role.name for role in user.roles}
    role = next((name for name in ROLES if name in names), None)
    if role is None:
        return None
    listed = frozenset(schools_of(reading(), user.id))
    # A school lead without a school would see all of them: the rule is for coordinators.
    schools = None if not listed and role in {"coordinator", "partner"} else listed
    viewer = Viewer(user.id, user.program_id, user.email, role, schools)
    return Account(viewer, user.fs_uniquifier, active=user.active)


def set_up_accounts(app: Flask) -> None:
    """Let Flask-Security load who is signed in."""
    app.config.update(SETTINGS)
    Security(app, Accounts(), register_blueprint=False)
