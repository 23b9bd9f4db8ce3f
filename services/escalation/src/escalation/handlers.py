"""Which event is handled where."""

from common.auth import persons
from common.auth.revocation import on_customer_ended, on_tokens_revoked
from common.erasure import on_ticket_erased
from common.events.agreements import (
    AgreementAgreed,
    AgreementEnding,
    AgreementProposed,
    AgreementPublished,
    AgreementRevised,
    AgreementTerminated,
    AgreementTerminationRequested,
    AgreementTerminationWithdrawn,
    AgreementWithdrawn,
)
from common.events.articles import ArticleReviewDue
from common.events.catalogue import ServiceCatalogued
from common.events.clocks import (
    ClockBreached,
    ClockBreachWithdrawn,
    ClockCancelled,
    ClockMet,
    ClockMissed,
    ClockResumed,
    ClockThresholdReached,
)
from common.events.customer_voices import (
    CustomerEscalationAnswered,
    CustomerEscalationTaken,
    TicketEscalatedByCustomer,
)
from common.events.directory import (
    ContactKnown,
    CustomerKnown,
    EnvironmentKnown,
    PersonKnown,
    TokensRevoked,
)
from common.events.environments import (
    EnvironmentCompliant,
    EnvironmentDebtOverdue,
    EnvironmentReleased,
)
from common.events.erasures import TicketErased
from common.events.forecasts import ForecastChanged
from common.events.goals import GoalAtRisk, GoalLost
from common.events.hand_overs import (
    TicketHandOverAcknowledged,
    TicketHandOverOverdue,
    TicketHandOverUnacknowledged,
    TicketPartnerMailUndelivered,
    TicketPartnerRepliedLate,
)
from common.events.improvements import ImprovementOverdue, ImprovementVerified
from common.events.outages import (
    DowntimeBudgetThresholdReached,
    MaintenanceAgreed,
    MaintenanceAnnounced,
    MaintenanceCancelled,
    MaintenanceMoved,
    OutageCorrected,
    OutageCorrectionRefused,
    OutageCorrectionRequested,
    OutageEnded,
    OutageStarted,
    OutageSuperseded,
    ServiceDegraded,
    ServiceRestored,
)
from common.events.problems import TicketFixRequested
from common.events.reserved_hours import ReservedHoursThresholdReached
from common.events.restored import (
    CatalogueHistoryRestored,
    ClockHistoryRestored,
    DeliveryHistoryRestored,
    DirectoryHistoryRestored,
    TicketHistoryRestored,
)
from common.events.reviews import (
    ReviewActionAgreed,
    ReviewActionDue,
    ReviewActionVerified,
    ReviewPublished,
    ReviewReady,
)
from common.events.second_eyes import (
    SecondEyesGiven,
    SecondEyesOverdue,
    TicketAnySecondEyesGiven,
    TicketAnySecondEyesOverdue,
    TicketSecondEyesGiven,
    TicketSecondEyesOverdue,
)
from common.events.tickets import (
    BlockerConfirmed,
    BlockerLifted,
    BlockerRaised,
    TicketClosed,
    TicketHandedBack,
    TicketHandedOver,
    TicketMerged,
    TicketReplyUndelivered,
    TicketResolved,
)
from common.events.usage import UsageLimitApproaching, UsageLimitCleared, UsageLimitReached
from common.events.waivers import (
    PeriodWaiverApproved,
    PeriodWaiverRefused,
    PeriodWaiverRequested,
    WaiverApproved,
    WaiverDecisionReminder,
    WaiverExpired,
    WaiverRefused,
    WaiverRequested,
    WaiverRevoked,
    WaiverWithdrawn,
)
from common.events.watchers import TicketWatchersNotified
from common.messaging.inbox import Handlers, chain, for_each
from common.restoration.handlers import restored_handlers
from escalation.cases.handlers import (
    agreements,
    articles,
    budgets,
    clocks,
    corrections,
    customers,
    deliveries,
    forecasts,
    goals,
    hand_overs,
    improvements,
    outages,
    planned_work,
    problems,
    reserved_hours,
    reviews,
    second_eyes,
    tickets,
    usage,
    waivers,
    watchers,
)
from escalation.directory import handlers as directory

HANDLERS: Handlers = {
    ClockThresholdReached: for_each(clocks.on_threshold_reached),
    ClockBreached: for_each(clocks.on_breached),
    ClockBreachWithdrawn: for_each(clocks.on_breach_withdrawn),
    ClockResumed: for_each(clocks.on_resumed),
    ClockMet: clocks.on_clocks_ended,
    ClockMissed: clocks.on_clocks_ended,
    ClockCancelled: clocks.on_clocks_ended,
    ForecastChanged: for_each(forecasts.on_forecast_changed),
    WaiverRequested: for_each(waivers.on_requested),
    WaiverApproved: for_each(waivers.on_ended),
    WaiverRefused: for_each(waivers.on_ended),
    PeriodWaiverRequested: for_each(waivers.on_requested),
    PeriodWaiverApproved: for_each(waivers.on_ended),
    PeriodWaiverRefused: for_each(waivers.on_ended),
    WaiverDecisionReminder: for_each(waivers.on_reminded),
    WaiverWithdrawn: for_each(waivers.on_ended),
    WaiverExpired: for_each(waivers.on_ended),
    WaiverRevoked: for_each(waivers.on_revoked),
    AgreementProposed: for_each(agreements.on_proposed),
    AgreementAgreed: for_each(agreements.on_agreed),
    AgreementPublished: for_each(agreements.on_published),
    AgreementRevised: for_each(agreements.on_given_up),
    AgreementWithdrawn: for_each(agreements.on_given_up),
    AgreementEnding: for_each(agreements.on_ending),
    AgreementTerminationRequested: for_each(agreements.on_termination_requested),
    AgreementTerminationWithdrawn: for_each(agreements.on_termination_withdrawn),
    AgreementTerminated: for_each(agreements.on_terminated),
    BlockerRaised: chain(for_each(tickets.on_blocker_raised), for_each(outages.on_blocker_raised)),
    BlockerConfirmed: for_each(tickets.on_blocker_confirmed),
    BlockerLifted: for_each(tickets.on_blocker_lifted),
    TicketHandedOver: for_each(hand_overs.on_handed_over),
    TicketFixRequested: for_each(problems.on_fix_requested),
    TicketHandedBack: for_each(hand_overs.on_handed_back),
    TicketHandOverAcknowledged: for_each(hand_overs.on_acknowledged),
    TicketHandOverUnacknowledged: for_each(hand_overs.on_unacknowledged),
    TicketHandOverOverdue: for_each(hand_overs.on_overdue),
    TicketPartnerRepliedLate: for_each(hand_overs.on_partner_replied_late),
    TicketPartnerMailUndelivered: for_each(tickets.on_partner_mail_undelivered),
    TicketReplyUndelivered: for_each(tickets.on_reply_undelivered),
    TicketSecondEyesOverdue: for_each(tickets.on_second_eyes_overdue),
    TicketSecondEyesGiven: for_each(tickets.on_second_eyes_given),
    TicketAnySecondEyesOverdue: for_each(tickets.on_second_eyes_overdue),
    TicketAnySecondEyesGiven: for_each(tickets.on_second_eyes_given),
    SecondEyesOverdue: for_each(second_eyes.on_overdue),
    SecondEyesGiven: for_each(second_eyes.on_given),
    TicketWatchersNotified: for_each(watchers.on_watchers_notified),
    TicketEscalatedByCustomer: for_each(customers.on_escalated),
    CustomerEscalationTaken: for_each(customers.on_taken),
    CustomerEscalationAnswered: for_each(customers.on_answered),
    ImprovementOverdue: for_each(improvements.on_overdue),
    ImprovementVerified: for_each(improvements.on_verified),
    TicketResolved: tickets.on_tickets_ended,
    TicketClosed: tickets.on_tickets_ended,
    TicketMerged: tickets.on_tickets_ended,
    TicketErased: for_each(on_ticket_erased),
    EnvironmentDebtOverdue: for_each(deliveries.on_debt_overdue),
    EnvironmentCompliant: for_each(deliveries.on_environment_compliant),
    EnvironmentReleased: for_each(deliveries.on_environment_released),
    UsageLimitApproaching: for_each(usage.on_limit_approaching),
    UsageLimitReached: for_each(usage.on_limit_reached),
    UsageLimitCleared: for_each(usage.on_limit_cleared),
    DowntimeBudgetThresholdReached: for_each(budgets.on_threshold_reached),
    GoalAtRisk: for_each(goals.on_goal_at_risk),
    GoalLost: for_each(goals.on_goal_lost),
    OutageStarted: for_each(outages.on_started),
    OutageEnded: for_each(outages.on_ended),
    OutageCorrected: chain(for_each(outages.on_corrected), for_each(corrections.on_confirmed)),
    OutageCorrectionRequested: for_each(corrections.on_requested),
    OutageCorrectionRefused: for_each(corrections.on_refused),
    OutageSuperseded: for_each(outages.on_superseded),
    MaintenanceAnnounced: for_each(planned_work.on_maintenance_announced),
    MaintenanceAgreed: for_each(planned_work.on_maintenance_agreed),
    MaintenanceMoved: for_each(planned_work.on_maintenance_moved),
    MaintenanceCancelled: for_each(planned_work.on_maintenance_cancelled),
    ServiceDegraded: for_each(planned_work.on_service_degraded),
    ServiceRestored: for_each(planned_work.on_service_restored),
    ReservedHoursThresholdReached: for_each(reserved_hours.on_threshold_reached),
    ReviewReady: for_each(reviews.on_ready),
    ReviewPublished: for_each(reviews.on_published),
    ReviewActionAgreed: for_each(reviews.on_action_agreed),
    ReviewActionDue: for_each(reviews.on_action_due),
    ReviewActionVerified: for_each(reviews.on_action_verified),
    ArticleReviewDue: for_each(articles.on_review_due),
    PersonKnown: chain(for_each(directory.on_person), for_each(persons.on_person)),
    ContactKnown: for_each(persons.on_contact),
    TokensRevoked: for_each(on_tokens_revoked),
    CustomerKnown: chain(for_each(directory.on_customer), for_each(on_customer_ended)),
    EnvironmentKnown: for_each(directory.on_environment),
    ServiceCatalogued: for_each(directory.on_service),
    **restored_handlers(
        CatalogueHistoryRestored,
        TicketHistoryRestored,
        DirectoryHistoryRestored,
        ClockHistoryRestored,
        DeliveryHistoryRestored,
    ),
}
