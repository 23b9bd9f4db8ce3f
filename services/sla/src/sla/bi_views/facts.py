"""Views of what happened: tickets, clocks, their firings, outages. One row per fact."""

from common.persistence.bi_views import Shown, View

TICKETS = View(
    "tickets",
    "Tickets, as sla knows them: one row each.",
    "tickets",
    (
        Shown("ticket_id", "id of the ticket, the same in every service", "id"),
        Shown("ticket", "what people call it: OPS-1042", "key"),
        Shown("customer_id", "null in triage"),
        Shown("customer", "key of the customer"),
        Shown("environment", "key of the environment"),
        Shown("service", "key of the service"),
        Shown("priority", "present one: blocker, critical, major, minor, trivial"),
        Shown("kind", "incident, service_request, change_request, problem, question"),
        Shown("opened_at", "instant; may lie before it was written down"),
        Shown("ended_at", "instant of its resolution or merging; null while it is open"),
        Shown("ended_as", "resolved or merged; null while it is open"),
        Shown(
            "elapsed_seconds",
            "from opening to end, by the clock on the wall; null while it is open",
            "extract(epoch FROM ended_at - opened_at)::bigint",
        ),
        Shown("agreement", "key of the agreement that covers it; null where none does"),
        Shown("agreement_version_id", "see sla_agreements", "agreement_version"),
    ),
)
TURNS = View(
    "ticket_turns",
    "How tickets ended and began again: one row per turn.",
    "ticket_turns",
    (
        Shown("ticket_id", "see sla_tickets"),
        Shown("ordinal", "rises within the ticket"),
        Shown("kind", "resolved, rejected (by the second person), reopened, merged"),
        Shown("at", "instant"),
        Shown("customer_id", "null in triage"),
        Shown("change", "by how many the open tickets became more: -1, 0, 1"),
    ),
)
CLOCKS = View(
    "clocks",
    "Clocks: one row per promise on a ticket.",
    "clocks",
    (
        Shown("clock_id", "id of the clock", "id"),
        Shown("ticket_id", "see sla_tickets"),
        Shown("customer_id", "customer of the ticket"),
        Shown("metric", "first_response, next_reply, update, workaround, resolution"),
        Shown("state", "idle, running, paused, stopped, withdrawn, cancelled"),
        Shown("deadline", "instant at which the promise breaks; null while paused"),
        Shown("stopped_at", "instant; null unless stopped"),
        Shown("took_seconds", "counted (working) time of its longest cycle; null unless stopped"),
        Shown("broken_at", "instant of the breach that holds; null where there is none"),
        Shown(
            "outcome", "met, breached, or excused (a waiver covers the breach); null: still open"
        ),
        Shown("outcome_at", "instant at which it was met or broke"),
        Shown(
            "contract", "sla: promised to the customer; ola, uc: to us, by second level, a partner"
        ),
        Shown("partner", "key of the partner whose promise it is; null unless uc"),
    ),
)
FIRINGS = View(
    "clock_firings",
    "Warnings and breaches as they fired, also those that were taken back: one row each.",
    "clock_inputs WHERE kind = 'fired'",
    (
        Shown("clock_id", "see sla_clocks"),
        Shown("ordinal", "rises within the clock"),
        Shown(
            "kind",
            "breach, warning_50 (percent), warning_3600s_before",
            "body::json #>> '{firing,0}'",
        ),
        Shown("due_at", "instant at which it was due", "at"),
        Shown("fired_at", "instant at which it fired", "known_at"),
        Shown(
            "lag_seconds",
            "from due to fired, with fractions",
            "extract(epoch FROM known_at - at)::float8",
        ),
        Shown(
            "reason",
            "deadline, or which change moved it into the past",
            "body::json #>> '{firing,3}'",
        ),
        Shown("blind", "whether sla could not hear of tickets when it fired"),
    ),
)
OUTAGES = View(
    "outages",
    "Outages, as they are known now: one row each.",
    "outages",
    (
        Shown("outage_id", "id of the outage", "id"),
        Shown("outage", "what people call it: OUT-17", "key"),
        Shown("customer_id", "null: of everybody"),
        Shown("customer", "key of the customer"),
        Shown("environment", "key of the environment"),
        Shown("service", "key of the service"),
        Shown("source", "monitoring, ticket, hand"),
        Shown("effect", "down or impaired; only down counts against availability"),
        Shown("started_at", "instant"),
        Shown("ended_at", "instant; null while it lasts"),
        Shown("counts", "false: it was none, as was found later"),
    ),
)
WORK = View(
    "work",
    "Booked work: one row per record; a correction is a record of the difference.",
    "work",
    (
        Shown("work_id", "id of the record", "id"),
        Shown("work", "what people call it: WRK-17", "key"),
        Shown("ticket_id", "see sla_tickets"),
        Shown("customer_id", "customer of the ticket"),
        Shown("agreement_id", "the agreement against whose reserved hours it counts; null: none"),
        Shown("person", "sub of who worked"),
        Shown("minutes", "of work; may be negative in a correction"),
        Shown("day", "date of the work"),
        Shown("rate", "name of the rate in the rate sheet"),
        Shown("corrects", "the record that this one corrects; null: it is none"),
        Shown("recorded_at", "instant"),
    ),
)
VIEWS = (TICKETS, TURNS, CLOCKS, FIRINGS, OUTAGES, WORK)
