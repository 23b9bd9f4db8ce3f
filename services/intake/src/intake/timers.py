"""Time in: which function handles each kind of deadline, and how its subjects are locked."""

from common.scheduling.deadlines import Timer, Timers
from intake.alerts import commands as alerts
from intake.alerts.store import lock_available as lock_posts
from intake.alerts.timers import on_posts_unprocessed
from intake.mail import commands as mail
from intake.mail.store import lock_available as lock_mails
from intake.mail.timers import on_mails_unprocessed

TIMERS: Timers = {
    mail.RETRY_KIND: Timer(lock_mails, on_mails_unprocessed),
    alerts.RETRY_KIND: Timer(lock_posts, on_posts_unprocessed),
}
