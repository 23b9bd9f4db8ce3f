"""What intake does when time passes: understand what it kept and could not read at first."""

from collections.abc import Sequence
from datetime import datetime

from common.database import Connection
from common.deadlines import Due, Timer, Timers
from intake.alertroom import UNREAD as UNREAD_POST
from intake.alertroom import understand as understand_post
from intake.mailroom import UNREAD as UNREAD_MAIL
from intake.mailroom import understand as understand_mail
from intake.store import alerts, mails


async def on_mails_unread(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    for one in due:
        await understand_mail(tx, one.subject)


async def on_posts_unread(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    for one in due:
        await understand_post(tx, one.subject)


TIMERS: Timers = {
    UNREAD_MAIL: Timer(mails.lock_free, on_mails_unread),
    UNREAD_POST: Timer(alerts.lock_free, on_posts_unread),
}
