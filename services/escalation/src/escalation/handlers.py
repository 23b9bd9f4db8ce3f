"""Kafka in: what escalation hears, and what it does about it."""

from common.events.clocks import (
    ClockBreached,
    ClockBreachWithdrawn,
    ClockCancelled,
    ClockMet,
    ClockStopped,
    ClockWarned,
    WaiverApproved,
    WaiverRefused,
    WaiverRequested,
)
from common.events.deliveries import EnvironmentCompliant, EnvironmentDebtOverdue
from common.events.directory import CustomerKnown, EnvironmentKnown, PersonKnown
from common.events.forecasts import ClockForecast
from common.events.outages import (
    BudgetUsed,
    OutageCorrected,
    OutageEnded,
    OutageStarted,
    OutageSuperseded,
)
from common.events.reviews import ReviewActionAgreed, ReviewActionDue, ReviewPublished, ReviewReady
from common.events.tickets import (
    BlockerLifted,
    BlockerRaised,
    TicketClosed,
    TicketForwarded,
    TicketMerged,
    TicketResolved,
)
from common.events.usage import UsageLimitAhead, UsageLimitFar, UsageLimitReached
from common.events.waivers import (
    PeriodWaiverApproved,
    PeriodWaiverRefused,
    PeriodWaiverRequested,
    WaiverExpired,
    WaiverReminded,
    WaiverWithdrawn,
)
from common.messaging.inbox import Handlers, each, in_turn
from escalation.cases.handlers import (
    budgets,
    clocks,
    deliveries,
    forecasts,
    outages,
    reviews,
    tickets,
    usage,
    waivers,
)
from escalation.directory import handlers as directory

HANDLERS: Handlers = {
    ClockWarned: each(clocks.on_clock_warned),
    ClockBreached: each(clocks.on_clock_breached),
    ClockBreachWithdrawn: each(clocks.on_breach_withdrawn),
    ClockMet: clocks.on_clocks_ended,
    ClockStopped: clocks.on_clocks_ended,
    ClockCancelled: clocks.on_clocks_ended,
    ClockForecast: each(forecasts.on_forecast),
    WaiverRequested: each(waivers.on_requested),
    WaiverApproved: each(waivers.on_ended),
    WaiverRefused: each(waivers.on_ended),
    PeriodWaiverRequested: each(waivers.on_requested),
    PeriodWaiverApproved: each(waivers.on_ended),
    PeriodWaiverRefused: each(waivers.on_ended),
    WaiverReminded: each(waivers.on_reminded),
    WaiverWithdrawn: each(waivers.on_ended),
    WaiverExpired: each(waivers.on_ended),
    BlockerRaised: in_turn(each(tickets.on_blocker_raised), each(outages.on_blocker_raised)),
    BlockerLifted: each(tickets.on_blocker_lifted),
    TicketForwarded: each(tickets.on_forwarded),
    TicketResolved: tickets.on_tickets_ended,
    TicketClosed: tickets.on_tickets_ended,
    TicketMerged: tickets.on_tickets_ended,
    EnvironmentDebtOverdue: each(deliveries.on_debt_overdue),
    EnvironmentCompliant: each(deliveries.on_environment_compliant),
    UsageLimitAhead: each(usage.on_limit_ahead),
    UsageLimitReached: each(usage.on_limit_reached),
    UsageLimitFar: each(usage.on_limit_far),
    BudgetUsed: each(budgets.on_budget_used),
    OutageStarted: each(outages.on_started),
    OutageEnded: each(outages.on_ended),
    OutageCorrected: each(outages.on_corrected),
    OutageSuperseded: each(outages.on_superseded),
    ReviewReady: each(reviews.on_ready),
    ReviewPublished: each(reviews.on_published),
    ReviewActionAgreed: each(reviews.on_action_agreed),
    ReviewActionDue: each(reviews.on_action_due),
    PersonKnown: each(directory.on_person),
    CustomerKnown: each(directory.on_customer),
    EnvironmentKnown: each(directory.on_environment),
}
