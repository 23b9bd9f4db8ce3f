"""What intake does when time passes: understand what it kept and could not read at first."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer, Timers
from intake.alerts import store as alerts
from intake.alerts.commands import RETRY_KIND as UNREAD_POST
from intake.alerts.commands import process as understand_post
from intake.mail import store as mails
from intake.mail.commands import RETRY_KIND as UNREAD_MAIL
from intake.mail.commands import process as understand_mail


async def retry_mails(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    for one in due:
        await understand_mail(tx, one.subject)


async def retry_alert_posts(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    for one in due:
        await understand_post(tx, one.subject)


TIMERS: Timers = {
    UNREAD_MAIL: Timer(mails.lock_available, retry_mails),
    UNREAD_POST: Timer(alerts.lock_available, retry_alert_posts),
}
