"""Builds the runtime; the only place that knows every adapter."""

from functools import lru_cache

from sqlalchemy.orm import sessionmaker

from hvbot.channels.port import Channel
from hvbot.clock import Clock, WallClock
from hvbot.i18n.catalogue import Catalogue, load_catalogue
from hvbot.models.database import make_engine, make_writing
from hvbot.runtime import Runtime
from hvbot.settings import Settings, load_settings, with_secret_key


def build_runtime(
    settings: Settings | None = None,
    *,
    channel: Channel | None = None,
    clock: Clock | None = None,
    connections: int = 8,
) -> Runtime:
    """Put a process's ports together from the environment, or from what is handed in."""
    settings = settings or with_secret_key(load_settings())
    clock = clock or WallClock()
    engine = make_engine(settings.database_url, connections=connections)
    sessions = sessionmaker(engine, expire_on_commit=False)
    return Runtime(
        settings=settings,
        engine=engine,
        sessions=sessions,
        writing=make_writing(engine, sessions),
        channel=channel or channel_of(settings, clock),
        clock=clock,
        catalogue=shipped_catalogue(),
    )


def channel_of(settings: Settings, clock: Clock) -> Channel:
    """The carrier that is configured; Twilio's client is imported only where it is used."""
    if settings.channel == "twilio":
        from hvbot.channels.twilio import TwilioChannel

        return TwilioChannel(settings)
    from hvbot.channels.simulator import SimulatorChannel

    return SimulatorChannel(clock)


@lru_cache(maxsize=1)
def shipped_catalogue() -> Catalogue:
    """The languages on disk, read once a process."""
    return load_catalogue()
