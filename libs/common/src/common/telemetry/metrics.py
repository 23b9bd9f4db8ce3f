"""All Prometheus metrics of OpsDesk. Names are `opsdesk_<what>_<unit>`.

Labels have few values: path templates of routes, never ids, people or customers.
"""

from prometheus_client import Counter, Gauge, Histogram

LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

# HTTP
HTTP_REQUESTS = Counter(
    "opsdesk_http_requests_total", "Responses sent.", ("method", "route", "status")
)
HTTP_REQUEST_SECONDS = Histogram(
    "opsdesk_http_request_seconds",
    "From the head of the request to the response; outcome: success, refused (4xx) or failed.",
    ("method", "route", "outcome"),
    buckets=LATENCY_BUCKETS,
)
HTTP_CONNECTIONS_CLOSED = Counter(
    "opsdesk_http_connections_closed_total",
    "Connections closed by this side: displaced by a new one, slow_request, head_too_large, not_http, overloaded.",
    ("reason",),
)
SECURITY_EVENTS = Counter(
    "opsdesk_security_events_total",
    "Security events (docs/security-events.md): refused attempts, and changes of rights and settings.",
    ("kind", "reason"),
)
HTTP_RATE_LIMITED = Counter("opsdesk_http_limited_total", "Requests answered with 429.")
TICKET_BATCH_SIZE = Histogram(
    "opsdesk_ticket_batch_size",
    "Tickets created by one statement.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128),
)
COMPONENT_TROUBLE = Gauge(
    "opsdesk_component_trouble",
    "1 while a part of the service does not work; `/health/ready` says why.",
    ("component",),
)
CLOCK_DIFFERENCE = Gauge(
    "opsdesk_clock_difference_seconds",
    "How far this machine's clock is ahead of the database's, as last seen.",
)
BACKGROUND_RESTARTS = Counter(
    "opsdesk_background_restarts_total", "Background loops restarted after a failure.", ("loop",)
)

CONFINED_WORK = Counter(
    "opsdesk_confined_work_total",
    "Foreign bytes worked on in a process of their own: done, refused, or ended for their time,"
    " their memory or a crash.",
    ("kind", "outcome"),
)

RETENTION_DELETED = Counter(
    "opsdesk_retention_deleted_total", "Rows deleted because they are old.", ("what",)
)

# Outbox and relay
RELAY_PUBLISHED = Counter("opsdesk_relay_published_total", "Events acknowledged by Kafka.")
RELAY_IS_LEADER = Gauge("opsdesk_relay_is_leader", "1 where this replica publishes.")
OUTBOX_UNSENT = Gauge("opsdesk_outbox_unsent", "Events not yet on Kafka, as last seen.")
OUTBOX_OLDEST_SECONDS = Gauge("opsdesk_outbox_oldest_seconds", "Age of the oldest unsent event.")
OUTBOX_HELD_KEYS = Gauge(
    "opsdesk_outbox_held_keys", "Keys on hold because Kafka refuses their event."
)
RELAY_HELD_SINCE = Gauge(
    "opsdesk_relay_held_since_timestamp_seconds",
    "Since when Kafka takes no events for a partition, or for a topic (partition all), as Unix time.",
    ("topic", "partition"),
)
RELAY_KAFKA_AWAY = Gauge(
    "opsdesk_relay_kafka_away", "1 where Kafka as a whole does not answer the relay that publishes."
)
PRODUCER_RECREATED = Counter(
    "opsdesk_relay_producers_recreated_total", "Kafka producers discarded."
)

# Inbox and consumer
CONSUMER_RECORDS = Counter(
    "opsdesk_consumer_records_total",
    "Records processed: applied, parked or dead_lettered.",
    ("outcome",),
)
CONSUMER_LAG = Gauge(
    "opsdesk_consumer_lag", "Records not yet applied, in the partitions of this replica."
)
CONSUMER_RETRIES = Counter(
    "opsdesk_consumer_retries_total", "Tries that failed with trouble of our own, no record's."
)
CONSUMER_PARTITION_UNKNOWN = Gauge(
    "opsdesk_consumer_partition_unknown",
    "1 where a partition does not answer; without a partition where the topic does not exist.",
    ("topic", "partition"),
)
CONSUMER_RECORDS_MISSED = Counter(
    "opsdesk_consumer_records_missed_total",
    "Offsets that were deleted before they were read.",
    ("topic", "partition"),
)
CONSUMER_TOPICS_REWOUND = Counter(
    "opsdesk_consumer_rewound_total",
    "Partitions read from their beginning because their topic was created again.",
    ("topic", "partition"),
)
CONSUMER_STOPPED_SOURCES = Gauge(
    "opsdesk_consumer_stopped_sources",
    "Sources that sent a sequence twice and wait for a decision.",
)
CONSUMER_RECREATED = Counter("opsdesk_consumer_recreated_total", "Kafka consumers created again.")
CONSUMER_STOPPED = Gauge("opsdesk_consumer_stopped", "1 after too many dead letters in a row.")
DEAD_LETTERS_OPEN = Gauge("opsdesk_dead_letters_open", "Dead letters neither replayed nor skipped.")
PARKED_RECORDS = Gauge("opsdesk_parked_records", "Records that wait for another one.")
PARKED_OLDEST_SECONDS = Gauge(
    "opsdesk_parked_oldest_seconds",
    "Age of the oldest parked record, without those behind an open dead letter or a fork.",
)
QUEUES_SEEN_TIMESTAMP = Gauge(
    "opsdesk_queues_seen_timestamp_seconds",
    "When the database last answered how long the queues are (Unix time); 0: not yet.",
)
CONSUMER_POLL_SECONDS = Histogram(
    "opsdesk_consumer_poll_seconds",
    "One poll: handlers, inbox and commit.",
    buckets=LATENCY_BUCKETS,
)

# Deadlines
DEADLINES_OLDEST_DUE_SECONDS = Gauge(
    "opsdesk_deadlines_oldest_due_seconds",
    "Age of the oldest deadline that is due and has not fired.",
)
DEADLINES_FIRED = Counter(
    "opsdesk_deadlines_fired_total", "Deadlines fired.", ("kind", "fired_without_events")
)
DEADLINE_LAG_SECONDS = Histogram(
    "opsdesk_deadline_lag_seconds",
    "From the due instant to the firing.",
    ("kind",),
    buckets=(*LATENCY_BUCKETS, 30, 60, 300),
)
DEADLINES_FAILED = Counter(
    "opsdesk_deadlines_failed_total", "Deadlines whose effect failed and is retried.", ("kind",)
)

# Audit
AUDIT_ENTRIES_SEALED = Counter("opsdesk_audit_sealed_total", "Audit entries sealed.")
AUDIT_LAST_SEAL_TIMESTAMP = Gauge(
    "opsdesk_audit_last_seal_timestamp_seconds",
    "When the sealer last finished, or was started (Unix time).",
)

# Evidence (sla)
FACTS_LAST_SEAL_TIMESTAMP = Gauge(
    "opsdesk_evidence_last_seal_timestamp_seconds",
    "When facts were last sealed, or their sealer was started (Unix time).",
)
FACT_SEALS_GONE = Counter(
    "opsdesk_evidence_seals_gone_total",
    "Passes that found a seal of this process gone, or another one in its place.",
)

# Notifications
NOTIFICATIONS = Counter(
    "opsdesk_notifications_total",
    "Notifications: sent, failed, dropped, or retried (tried in vain, and kept).",
    ("channel", "outcome"),
)
OLDEST_PAGE_SECONDS = Gauge(
    "opsdesk_notifications_oldest_page_seconds",
    "Age of the oldest page that is due and that no mail server has accepted.",
)
CUSTOMER_MAILS = Counter(
    "opsdesk_customer_mails_total",
    "Mails to customers' contacts: sent, failed, bounced, withheld, dropped, or retried (tried in vain, and kept).",
    ("purpose", "outcome"),
)
READS_UNSTORED = Gauge(
    "opsdesk_reads_unstored",
    "Notes of who has read personal data that are not stored yet.",
)
LINKED_SENDS = Counter(
    "opsdesk_linked_sends_total",
    "What was sent to linked ticket systems: sent, refused, or away (it is tried again).",
    ("system", "outcome"),
)
LINKED_SYSTEM_HELD = Gauge(
    "opsdesk_linked_system_held",
    "1 while a linked ticket system does not answer and what is for it waits.",
    ("system",),
)
CUSTOMER_MAILS_WAITING = Gauge(
    "opsdesk_customer_mails_waiting",
    "Mails to customers' contacts that were tried, and that the mail server has not accepted yet.",
)
