"""Where intake stores the sequences of its events and the numbers of its keys."""

from typing import Final

from common.persistence.sequenced import NumberSequence, Sequenced, Subjects
from intake.alerts.tables import alerts
from intake.articles.tables import articles
from intake.directory.tables import contacts, customers, environments, partners, people, teams
from intake.improvements.tables import monitoring_improvements
from intake.revocations.tables import token_revocations
from intake.second_eyes.tables import overdue_second_eyes
from intake.tickets.tables import tickets

SEQUENCED: Final[Subjects] = {
    "ticket": Sequenced(tickets),
    "alert": Sequenced(alerts),
    "article": Sequenced(articles),
    "customer": Sequenced(customers),
    "contact": Sequenced(contacts),
    "environment": Sequenced(environments),
    "partner": Sequenced(partners),
    "person": Sequenced(people),
    "team": Sequenced(teams),
    "improvement": Sequenced(monitoring_improvements),
    "revocation": Sequenced(token_revocations),
    "second-eyes": Sequenced(overdue_second_eyes),
}
NUMBERS: Final = (
    NumberSequence("ticket_numbers", "OPS", "ticket"),
    NumberSequence("monitoring_improvement_numbers", "MON", "improvement"),
    NumberSequence("access_request_numbers", "ACC", None),
    NumberSequence("notice_numbers", "NTC", None),
    NumberSequence("article_numbers", "KB", "article"),
)
