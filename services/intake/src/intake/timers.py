"""What intake does when time passes: understand what it kept and could not read at first."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer, Timers
from intake.alerts import store as alerts
from intake.alerts.commands import UNREAD as UNREAD_POST
from intake.alerts.commands import understand as understand_post
from intake.mail import store as mails
from intake.mail.commands import UNREAD as UNREAD_MAIL
from intake.mail.commands import understand as understand_mail


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
