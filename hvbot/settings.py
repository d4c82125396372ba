"""The only reader of the environment."""

import contextlib
import hashlib
import os
import secrets
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_DATABASE_URL = "sqlite:///var/hvbot.db"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LEAST_TOKEN = 16


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and the remedy."""


class Settings(BaseSettings):
    """What a deployment sets; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: str = DEFAULT_DATABASE_URL
    secret_key: SecretStr = SecretStr("")
    secret_key_previous: SecretStr = SecretStr("")
    public_url: str = ""
    port: int = Field(default=8000, ge=1, le=65535)
    channel: Literal["simulator", "twilio"] = Field(default="simulator", validation_alias="HVBOT_CHANNEL")
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_auth_token_previous: SecretStr = SecretStr("")
    twilio_messaging_service_sid: str = ""
    twilio_from: str = ""
    twilio_api_url: str = ""
    web_concurrency: int | None = Field(default=None, ge=1, le=64)
    metrics_token: SecretStr = SecretStr("")
    heartbeat_url: SecretStr = SecretStr("")
    metrics_port: int | None = Field(default=None, ge=1, le=65535)

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, url: str) -> str:
        """SQLAlchemy refuses `postgres://`, which hosts such as Heroku hand out."""
        scheme, separator, rest = url.partition("://")
        if not separator:
            raise ValueError("is not a database URL, for example sqlite:///var/hvbot.db or postgresql://host/name")
        if scheme in {"postgres", "postgresql"}:
            return f"postgresql+psycopg://{rest}"
        if scheme.split("+")[0] not in {"sqlite", "postgresql"}:
            raise ValueError("must be SQLite or PostgreSQL")
        return url

    @field_validator("public_url", "twilio_api_url")
    @classmethod
    def plain_base(cls, url: str) -> str:
        """A base URL has a scheme and a host and no path, so that signatures are checked against what was signed."""
        if not url:
            return url
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must look like https://visits.example.org")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must have no path")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("must be https; plain http is for this machine only")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("heartbeat_url")
    @classmethod
    def safe_to_call(cls, url: SecretStr) -> SecretStr:
        """The address holds a secret of the watching service, so it goes over https."""
        parts = urlsplit(url.get_secret_value())
        if not url.get_secret_value() or (parts.scheme == "https" and parts.hostname):
            return url
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise ValueError("must be https; plain http is for this machine only")
        return url

    @model_validator(mode="after")
    def complete(self) -> Self:
        """Refuse a Twilio set-up that could not send or could not check a signature."""
        if self.channel == "twilio":
            missing = [name for name, value in self.twilio_needs().items() if not value]
            if missing:
                raise ValueError(f"HVBOT_CHANNEL=twilio also needs {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def guarded(self) -> Self:
        """Refuse figures that anybody could read: they tell how a program goes."""
        token = self.metrics_token.get_secret_value()
        if self.metrics_port and not token:
            raise ValueError("METRICS_PORT also needs METRICS_TOKEN")
        if token and len(token) < LEAST_TOKEN:
            raise ValueError(f"METRICS_TOKEN must have at least {LEAST_TOKEN} characters")
        return self

    def twilio_needs(self) -> dict[str, str]:
        """Name what Twilio cannot do without."""
        return {
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token.get_secret_value(),
            "TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM": self.twilio_messaging_service_sid or self.twilio_from,
            "PUBLIC_URL": self.public_url,
            "SECRET_KEY": self.secret_key.get_secret_value(),
        }

    @property
    def base_url(self) -> str:
        """Where people and the carrier reach us."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @cached_property
    def lookup_key(self) -> bytes:
        """The key for look-ups by number."""
        return self.derive("lookup")

    @cached_property
    def callback_key(self) -> bytes:
        """The key that signs our id in a status callback's URL."""
        return self.derive("callback")

    @cached_property
    def simulator_token(self) -> str:
        """What signs the simulated carrier's requests."""
        return self.derive("simulator").hex()

    def derive(self, purpose: str) -> bytes:
        """One key a purpose, all from SECRET_KEY."""
        return derived(self.secret_key, purpose)

    def keys(self, purpose: str) -> tuple[bytes, ...]:
        """The key of a purpose, and while SECRET_KEY is being changed the one before: what it signed stays good."""
        before = [self.secret_key_previous] if self.secret_key_previous else []
        return tuple(derived(secret, purpose) for secret in (self.secret_key, *before))


def derived(secret: SecretStr, purpose: str) -> bytes:
    """A key for one purpose."""
    return hashlib.sha256(f"{purpose}:{secret.get_secret_value()}".encode()).digest()


def load_settings(**overrides: object) -> Settings:
    """Read the environment.

    Raises:
        SettingsError: a setting is missing or wrong.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as problem:
        raise SettingsError("; ".join(explain(error) for error in problem.errors())) from None


def explain(error: object) -> str:
    """Say which variable is wrong and why, without its value."""
    details = dict(error)  # type: ignore[call-overload]
    name = "_".join(str(part) for part in details.get("loc", ())).upper()
    reason = str(details.get("msg", "")).removeprefix("Value error, ")
    return f"{name} {reason}" if name else reason


def with_secret_key(settings: Settings) -> Settings:
    """Give a trial on SQLite a secret key of its own, so that nobody must think of one; kept next to the database.

    Raises:
        SettingsError: several machines share a PostgreSQL database, and a key made by one would be unknown to the others.
    """
    if settings.secret_key.get_secret_value():
        return settings
    if not settings.database_url.startswith("sqlite"):
        raise SettingsError(
            "SECRET_KEY is missing: set it to a long random text, the same for every process, for example the output of "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    _, _, path = settings.database_url.partition(":///")
    file = Path(path.partition("?")[0])
    key = kept_key(file.with_name("secret_key")) if path and path != ":memory:" else secrets.token_urlsafe(48)
    return settings.model_copy(update={"secret_key": SecretStr(key)})


def kept_key(file: Path) -> str:
    """Read a key from a file that only its owner can read; the first to come makes it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent)  # mode 0600
        with os.fdopen(handle, "w") as fresh:
            fresh.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(name, file)
        Path(name).unlink()
    return file.read_text().strip()
