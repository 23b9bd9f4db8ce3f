"""Time in: which function handles each kind of deadline, and how its subjects are locked."""

from common.scheduling.deadlines import Timer, Timers
from intake.alerts import commands as alerts
from intake.alerts.episode_changes import END_KIND
from intake.alerts.store.episodes import lock_available as lock_episodes
from intake.alerts.store.posts import lock_available as lock_posts
from intake.alerts.timers import on_alerts_quiet, on_posts_unprocessed
from intake.articles.commands import REVIEW_KIND
from intake.articles.store.article_rows import lock_available as lock_articles
from intake.articles.timers import on_reviews_due
from intake.improvements.commands import DEADLINE_KIND as IMPROVEMENT_KIND
from intake.improvements.store import lock_available as lock_improvements
from intake.improvements.timers import on_improvements_due
from intake.investigations.store import lock_available as lock_investigations
from intake.investigations.timers import on_investigations_long
from intake.mail import timers as mail
from intake.mail.store import lock_available as lock_mails
from intake.notices.commands import MAINTENANCE_END
from intake.notices.store import lock_available as lock_notices
from intake.notices.timers import on_maintenance_over
from intake.tickets import commands as tickets
from intake.tickets import handing_over
from intake.tickets.ending_investigations import LONG_INVESTIGATION
from intake.tickets.hand_over_timers import on_hand_overs_overdue, on_hand_overs_unacknowledged
from intake.tickets.store.tickets import lock_available as lock_tickets
from intake.tickets.timers import on_holds_over, on_second_eyes_overdue

TIMERS: Timers = {
    mail.RETRY_KIND: Timer(lock_mails, mail.on_mails_unprocessed),
    alerts.RETRY_KIND: Timer(lock_posts, on_posts_unprocessed),
    tickets.SECOND_EYES: Timer(lock_tickets, on_second_eyes_overdue),
    tickets.HOLD_OVER: Timer(lock_tickets, on_holds_over),
    IMPROVEMENT_KIND: Timer(lock_improvements, on_improvements_due),
    LONG_INVESTIGATION: Timer(lock_investigations, on_investigations_long),
    END_KIND: Timer(lock_episodes, on_alerts_quiet),
    handing_over.ACKNOWLEDGEMENT: Timer(lock_tickets, on_hand_overs_unacknowledged),
    MAINTENANCE_END: Timer(lock_notices, on_maintenance_over),
    handing_over.ANSWER: Timer(lock_tickets, on_hand_overs_overdue),
    REVIEW_KIND: Timer(lock_articles, on_reviews_due),
}
