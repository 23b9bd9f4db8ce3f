"""Read feeds beside the event loop, each in a process of its own with limits of time and memory."""

from typing import Final

from common.confinement import Confinement, ConfinementUnavailable, LimitExceeded, Limits
from common.telemetry import logger
from sla.calendars.domain.feed import BadFeed, Feed
from sla.calendars.domain.ics import parse_feed
from sla.calendars.domain.zone import Zone

log = logger(__name__)

FEEDS: Final = Confinement(
    "calendar-feed",
    Limits(cpu_s=10, wall_s=15, memory_mib=512),
    ("sla.calendars.domain.ics",),
    waiting=2,
)
"""Who imports a feed holds a connection meanwhile: few may wait."""


async def read_feed(content: bytes, zone: Zone, years: range) -> Feed:
    """The events of these years, as `parse_feed`. Raises BadFeed, ConfinementUnavailable."""
    try:
        return await FEEDS.run(parse_feed, content, zone, years)
    except (BadFeed, ConfinementUnavailable):
        raise
    except LimitExceeded as exceeded:
        raise BadFeed(f"{exceeded}; end its recurring events, or import fewer") from None
    except Exception:
        log.exception("calendars.feed_not_read")
        raise BadFeed("OpsDesk cannot read it; import it from another program") from None
