"""People who sign in: added by a command, let in by a link that works once, thrown out with one change."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from hvbot.models import Program, Role, School, SignInLink, User, UserRole, UserSchool
from hvbot.runtime import Runtime
from hvbot.services.audit import audit_row, record
from hvbot.services.programs import the_program

ROLES = {
    "coordinator": "works with the families of all schools, or of the listed ones",
    "school_lead": "sees how the own schools are doing, without numbers and texts",
    "educator": "sees the own visits",
    "partner": "sees totals",
}
NEEDS_SCHOOL = ("school_lead",)
LINK_LASTS = timedelta(hours=24)
LONGEST_EMAIL = 254
LINKS: Any = SignInLink.__table__


class UserProblem(ValueError):
    """A user cannot be added as asked; the message names the remedy."""


class LinkRefused(Exception):
    """A sign-in link does not let anybody in. `why`: unknown, used, expired or closed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Added:
    """A user who may sign in. `is_new` is false for one who was there before and only got a fresh link."""

    user_id: int
    email: str
    role: str
    url: str
    expires_at: datetime
    is_new: bool


def add_user(runtime: Runtime, email: str, role: str, school_refs: Sequence[str] = ()) -> Added:
    """Add a user, or give one who is there the role and the schools named; either way a fresh one-time link.

    Raises:
        UserProblem: the address, the role or a school cannot be used.
    """
    address = readable_email(email)
    check_role(role, school_refs)
    token = secrets.token_urlsafe(32)
    with runtime.writing() as session:
        now = runtime.clock.now()
        program = the_program(session, now)
        schools = school_ids(session, program, school_refs)
        user = session.scalars(select(User).where(User.email == address)).one_or_none()
        is_new = user is None
        user = user or new_user(session, program, address, now)
        give_role(session, user, role, schools, now)
        expires_at = add_link(session, user.id, token, now)
        event = audit_row(
            program.id, now, "command", "user.link", "user", user.id, detail={"role": role, "new": is_new}
        )
        record(session, event)
        return Added(user.id, address, role, sign_in_url(runtime, token), expires_at, is_new)


def sign_in_url(runtime: Runtime, token: str) -> str:
    """Where the link leads."""
    return f"{runtime.settings.base_url}/sign-in/{token}"


def readable_email(text: str) -> str:
    """The address as it is compared: trimmed, in small letters."""
    address = text.strip().lower()
    name, at, domain = address.rpartition("@")
    if not (name and at and "." in domain) or " " in address or len(address) > LONGEST_EMAIL:
        raise UserProblem(f"'{text}' is not an e-mail address: write it like name@example.org")
    return address


def check_role(role: str, school_refs: Sequence[str]) -> None:
    if role not in ROLES:
        raise UserProblem(f"unknown role '{role}': use one of {', '.join(ROLES)}")
    if role in NEEDS_SCHOOL and not school_refs:
        raise UserProblem(f"a {role} belongs to a school: add --school ID")


def school_ids(session: Session, program: Program, refs: Sequence[str]) -> list[int]:
    """The schools named."""
    known = dict(session.execute(select(School.ref, School.id).where(School.program_id == program.id)).all())
    unknown = sorted(set(refs) - set(known))
    if unknown:
        raise UserProblem(
            f"unknown school {', '.join(unknown)}: the roster has {', '.join(list(known)[:20]) or 'none yet'}"
        )
    return [known[ref] for ref in dict.fromkeys(refs)]


def new_user(session: Session, program: Program, email: str, now: datetime) -> User:
    user = User(
        program_id=program.id, email=email, active=True, fs_uniquifier=secrets.token_hex(32), create_datetime=now
    )
    session.add(user)
    session.flush()
    return user


def give_role(session: Session, user: User, role: str, schools: Sequence[int], now: datetime) -> None:
    """Set the role and the schools; a change ends the user's sessions, so that nobody keeps what was taken away."""
    before = ({each.name for each in user.roles}, set(schools_of(session, user.id)))
    if before == ({role}, set(schools)):
        return
    if before[0]:
        end_sessions(user, now)
    session.execute(delete(UserRole).where(UserRole.user_id == user.id))
    session.execute(delete(UserSchool).where(UserSchool.user_id == user.id))
    session.execute(insert(UserRole).values(user_id=user.id, role_id=role_id(session, role)))
    for school in schools:
        session.execute(insert(UserSchool).values(user_id=user.id, school_id=school))
    session.expire(user, ["roles"])


def role_id(session: Session, name: str) -> int:
    """The role's row, made at first use."""
    role = session.scalars(select(Role).where(Role.name == name)).one_or_none()
    if role is None:
        role = Role(name=name)
        session.add(role)
        session.flush()
    return role.id


def schools_of(session: Session, user_id: int) -> list[int]:
    """The schools a user is limited to; none means all of the program's."""
    return list(session.scalars(select(UserSchool.school_id).where(UserSchool.user_id == user_id)))


def end_sessions(user: User, now: datetime) -> None:
    """End every session of a user: what the browsers hold names nobody any more."""
    user.fs_uniquifier = secrets.token_hex(32)
    user.update_datetime = now


def token_hash(token: str) -> str:
    """Links are stored as hashes; a copy of the database lets nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_link(session: Session, user_id: int, token: str, now: datetime) -> datetime:
    """Store a link and void the older ones."""
    session.execute(update(LINKS).where(LINKS.c.user_id == user_id, LINKS.c.used_at.is_(None)).values(expires_at=now))
    expires_at = now + LINK_LASTS
    session.add(SignInLink(user_id=user_id, token_hash=token_hash(token), expires_at=expires_at))
    return expires_at


def look_at_link(session: Session, token: str, now: datetime) -> User:
    """Whose link it is. Looking changes nothing: mail scanners look.

    Raises:
        LinkRefused: the link lets nobody in.
    """
    found = session.execute(
        select(User, LINKS.c.used_at, LINKS.c.expires_at)
        .join(LINKS, LINKS.c.user_id == User.id)
        .where(LINKS.c.token_hash == token_hash(token))
    ).one_or_none()
    if found is None:
        raise LinkRefused("unknown")
    user: User = found[0]
    used_at, expires_at = found[1:]
    if used_at is not None:
        raise LinkRefused("used")
    if expires_at <= now:
        raise LinkRefused("expired")
    if not user.active:
        raise LinkRefused("closed")
    return user


def use_link(session: Session, token: str, now: datetime) -> User:
    """Use a link up; of two who try at once one succeeds.

    Raises:
        LinkRefused: the link lets nobody in.
    """
    user = look_at_link(session, token, now)
    mine = LINKS.c.token_hash == token_hash(token)
    done = session.execute(update(LINKS).where(mine, LINKS.c.used_at.is_(None)).values(used_at=now))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise LinkRefused("used")
    record(session, audit_row(user.program_id, now, f"user:{user.id}", "user.signed_in", "user", user.id))
    return user


def sign_out(session: Session, user_id: int, now: datetime) -> None:
    """End all sessions of a user, on every device."""
    user = session.get_one(User, user_id)
    end_sessions(user, now)
    record(session, audit_row(user.program_id, now, f"user:{user.id}", "user.signed_out", "user", user.id))
