"""Builds the runtime; the only place that knows every adapter."""

import gc
from functools import lru_cache
from importlib.util import find_spec

import structlog
from sqlalchemy.orm import sessionmaker

from hvbot.channels.port import Channel
from hvbot.clock import Clock, WallClock
from hvbot.i18n.catalogue import Catalogue, load_catalogue
from hvbot.models.database import make_connected, make_engine
from hvbot.runtime import Meter, Runtime
from hvbot.settings import Settings, load_settings, with_secret_key

log = structlog.get_logger()


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
        connected=make_connected(engine),
        channel=channel or channel_of(settings, clock),
        clock=clock,
        catalogue=shipped_catalogue(),
        meter=meter_of(settings),
    )


def channel_of(settings: Settings, clock: Clock) -> Channel:
    """The carrier that is configured; Twilio's client is imported only where it is used."""
    if settings.channel == "twilio":
        from hvbot.channels.twilio import TwilioChannel

        return TwilioChannel(settings)
    from hvbot.channels.simulator import SimulatorChannel

    return SimulatorChannel(clock)


def meter_of(settings: Settings) -> Meter | None:
    """What measures, if that is asked for; Prometheus' client is imported only then."""
    if not settings.metrics_token.get_secret_value():
        return None
    if find_spec("prometheus_client") is None:
        log.warning("metrics are off", missing="prometheus-client", mend="install hvbot[metrics]")
        return None
    from hvbot.metrics import PrometheusMeter

    return PrometheusMeter()


@lru_cache(maxsize=1)
def shipped_catalogue() -> Catalogue:
    """The languages on disk, read once a process."""
    catalogue = load_catalogue()
    # They stay as long as the process does: the collector need not walk through them after every few texts.
    gc.collect()
    gc.freeze()
    return catalogue
