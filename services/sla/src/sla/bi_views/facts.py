"""Views of what happened: tickets, clocks, their firings, outages. One row per fact."""

from common.persistence.bi_views import Column, View

TICKETS = View(
    "tickets",
    "Tickets, as sla knows them: one row each.",
    "tickets",
    (
        Column("ticket_id", "id of the ticket, the same in every service", "id"),
        Column("ticket", "what people call it: OPS-1042", "key"),
        Column("customer_id", "null in triage"),
        Column("customer", "key of the customer"),
        Column("environment", "key of the environment"),
        Column("service", "key of the service"),
        Column("priority", "present one: blocker, critical, major, minor, trivial"),
        Column("kind", "incident, service_request, change_request, problem, question"),
        Column("opened_at", "instant; may lie before it was written down"),
        Column("ended_at", "instant of its resolution or merging; null while it is open"),
        Column("ended_as", "resolved or merged; null while it is open"),
        Column(
            "duration_seconds",
            "from opening to end, by the clock on the wall; null while it is open",
            "extract(epoch FROM ended_at - opened_at)::bigint",
        ),
        Column("agreement", "key of the agreement that covers it; null where none does"),
        Column("agreement_version_id", "see sla_agreements", "agreement_version"),
    ),
)
STATE_CHANGES = View(
    "ticket_state_changes",
    "How tickets ended and began again: one row per change.",
    "ticket_state_changes",
    (
        Column("ticket_id", "see sla_tickets"),
        Column("ordinal", "rises within the ticket"),
        Column("kind", "resolved, rejected (by the second person), reopened, merged, unmerged"),
        Column("at", "instant"),
        Column("customer_id", "null in triage"),
        Column("backlog_change", "by how many the open tickets became more: -1, 0, 1", "change"),
    ),
)
CLOCKS = View(
    "clocks",
    "Clocks: one row per promise on a ticket.",
    "clocks",
    (
        Column("clock_id", "id of the clock", "id"),
        Column("ticket_id", "see sla_tickets"),
        Column("customer_id", "customer of the ticket"),
        Column("metric", "first_response, next_reply, update, workaround, resolution"),
        Column("state", "not_started, running, paused, stopped, no_target, cancelled"),
        Column("deadline", "instant at which the promise breaks; null while paused"),
        Column("stopped_at", "instant; null unless stopped"),
        Column(
            "elapsed_seconds", "counted (working) time of its longest cycle; null unless stopped"
        ),
        Column("breached_at", "instant of the breach that holds; null where there is none"),
        Column(
            "outcome", "met, breached, or waived (a waiver covers the breach); null: still open"
        ),
        Column("outcome_at", "instant at which it was met or breached"),
        Column(
            "contract", "sla: promised to the customer; ola, uc: to us, by second level, a partner"
        ),
        Column("partner", "key of the partner whose promise it is; null unless uc"),
    ),
)
FIRINGS = View(
    "clock_firings",
    "Warnings and breaches as they fired, also those that were taken back: one row each.",
    "clock_inputs WHERE kind = 'fired'",
    (
        Column("clock_id", "see sla_clocks"),
        Column("ordinal", "rises within the clock"),
        Column(
            "kind",
            "breach, warning_50 (percent), warning_3600s_before",
            "body::json #>> '{firing,0}'",
        ),
        Column("due_at", "instant at which it was due", "at"),
        Column("fired_at", "instant at which it fired", "known_at"),
        Column(
            "lag_seconds",
            "from due to fired, with fractions",
            "extract(epoch FROM known_at - at)::float8",
        ),
        Column(
            "reason",
            "deadline, or which change moved it into the past",
            "body::json #>> '{firing,3}'",
        ),
        Column("fired_without_events", "whether sla could not hear of tickets when it fired"),
    ),
)
OUTAGES = View(
    "outages",
    "Outages, as they are known now: one row each.",
    "outages",
    (
        Column("outage_id", "id of the outage", "id"),
        Column("outage", "what people call it: OUT-17", "key"),
        Column("customer_id", "null: of everybody"),
        Column("customer", "key of the customer"),
        Column("environment", "key of the environment"),
        Column("service", "key of the service"),
        Column("source", "monitoring, ticket, manual"),
        Column("effect", "down or degraded; only down counts against availability"),
        Column("started_at", "instant"),
        Column("ended_at", "instant; null while it lasts"),
        Column("counts", "false: it was none, as was found later"),
    ),
)
TIME_ENTRIES = View(
    "time_entries",
    "Booked work: one row per record; a correction is a record of the difference.",
    "time_entries",
    (
        Column("time_entry_id", "id of the record", "id"),
        Column("time_entry", "what people call it: WRK-17", "key"),
        Column("ticket_id", "see sla_tickets"),
        Column("customer_id", "customer of the ticket"),
        Column("agreement_id", "the agreement against whose reserved hours it counts; null: none"),
        Column("person", "sub of who worked"),
        Column("minutes", "of work; may be negative in a correction"),
        Column("day", "date of the work"),
        Column("rate", "name of the rate in the rate card"),
        Column("corrects", "the record that this one corrects; null: it is none"),
        Column("created_at", "instant"),
    ),
)
VIEWS = (TICKETS, STATE_CHANGES, CLOCKS, FIRINGS, OUTAGES, TIME_ENTRIES)
