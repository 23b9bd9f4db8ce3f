"""For each alert: series on which it is raised, and the labels that it is raised with.

Series are written as promtool reads them: `1+2x30` is 1, then 2 more each minute, thirty times.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Case:
    """`series`: name with labels to values, a minute apart. `labels` without the severity. `at`: minutes."""

    alert: str
    series: dict[str, str]
    labels: dict[str, str] = field(default_factory=lambda: {"service": "sla"})
    at: int = 20


def sla(metric: str, more: str = "") -> str:
    """A series of one replica of sla."""
    labels = 'service="sla", job="opsdesk", instance="sla-1"'
    return f"{metric}{{{labels}{', ' if more else ''}{more}}}"


def _lag(values: dict[str, str]) -> dict[str, str]:
    return {
        sla("opsdesk_deadline_lag_seconds_bucket", f'kind="clock", le="{bound}"'): counts
        for bound, counts in values.items()
    }


def security(kind: str, reason: str, values: str) -> dict[str, str]:
    return {sla("opsdesk_security_events_total", f'kind="{kind}", reason="{reason}"'): values}


def _requests(status: str, values: str, route: str = "/v1/clocks") -> dict[str, str]:
    labels = f'method="GET", route="{route}", status="{status}"'
    return {sla("opsdesk_http_requests_total", labels): values}


def _durations(
    within: str, every: str, method: str = "POST", outcome: str = "success"
) -> dict[str, str]:
    labels = f'method="{method}", route="/v1/tickets", outcome="{outcome}"'
    return {
        sla("opsdesk_http_request_seconds_bucket", f'{labels}, le="0.5"'): within,
        sla("opsdesk_http_request_seconds_count", labels): every,
    }


def trouble(component: str, values: str = "1x400") -> dict[str, str]:
    return {sla("opsdesk_component_trouble", f'component="{component}"'): values}


QUIET = {
    **_lag(
        {"0.1": "0+60x400", "1": "0+60x400", "5": "0+60x400", "10": "0+60x400", "+Inf": "0+60x400"}
    ),
    **_requests("200", "0+600x400"),
    **_requests("404", "0+6x400"),
    # Probes, lists and quick refusals are many, and hide nothing.
    **_requests("200", "0+6000x400", "/health/ready"),
    **_requests("200", "0+6000x400", "/metrics"),
    **_durations("0+600x400", "0+600x400"),
    **_durations("0+6000x400", "0+6000x400", "GET"),
    **_durations("0+6000x400", "0+6000x400", outcome="refused"),
    **security("authentication_failed", "expired", "0+1x400"),
    **security("authorization_denied", "permission", "0+2x400"),
    sla("up"): "1x400",
    sla("opsdesk_relay_is_leader"): "1x400",
    'opsdesk_relay_is_leader{service="sla", job="opsdesk", instance="sla-2"}': "0x400",
    sla("opsdesk_outbox_oldest_seconds"): "0 1 0 2x397",
    sla("opsdesk_outbox_held_keys"): "0x400",
    sla("opsdesk_relay_kafka_away"): "0x400",
    sla("opsdesk_consumer_lag"): "5x400",
    sla("opsdesk_consumer_retries_total"): "0x400",
    sla("opsdesk_consumer_stopped"): "0x400",
    sla("opsdesk_consumer_stopped_sources"): "0x400",
    sla("opsdesk_dead_letters_open"): "0x400",
    sla("opsdesk_parked_oldest_seconds"): "0 10 0x398",
    **trouble("clock", "0x400"),
    **trouble("consumer", "0x400"),
    **trouble("database", "0x400"),
    **trouble("deadlines", "0x400"),
    **trouble("keys", "0x400"),
    **trouble("relay", "0x400"),
    **trouble("requests", "0x400"),
    sla("opsdesk_queues_seen_timestamp_seconds"): "0+60x400",
    sla("opsdesk_deadlines_oldest_due_seconds"): "0 1 30 0x397",
    sla("opsdesk_notifications_oldest_page_seconds"): "0 5 50 0x397",
    sla("opsdesk_consumer_records_total", 'outcome="applied"'): "0+60x400",
    sla("opsdesk_evidence_last_seal_timestamp_seconds"): "0+60x400",
    sla("opsdesk_evidence_seals_gone_total"): "0x400",
    sla("opsdesk_clock_difference_seconds"): "-0.2x400",
    sla("opsdesk_audit_last_seal_timestamp_seconds"): "0+60x400",
    sla("opsdesk_notifications_total", 'channel="email", outcome="sent"'): "0+3x400",
    sla("opsdesk_notifications_total", 'channel="email", outcome="retried"'): "0 3x399",
    sla("opsdesk_notifications_total", 'channel="email", outcome="failed"'): "0x400",
    sla("opsdesk_customer_mails_waiting"): "0x400",
    sla("opsdesk_deadlines_fired_total", 'kind="clock", fired_without_events="true"'): "0x400",
    'opsdesk_backup_last_success_timestamp_seconds{instance="db"}': "0+60x400",
    'opsdesk_backup_files_last_success_timestamp_seconds{instance="intake"}': "0+60x400",
    'opsdesk_backup_dumps_last_success_timestamp_seconds{instance="db"}': "0+60x400",
    'pg_stat_database_tup_inserted{instance="db", datname="opsdesk"}': "0+60x400",
    'pg_stat_database_tup_updated{instance="db", datname="opsdesk"}': "0+60x400",
    'pg_stat_archiver_failed_count{instance="db"}': "3x400",
    'pg_stat_archiver_last_archive_age{instance="db"}': "30x400",
}
"""A service that works, for more than six hours: nothing is raised."""

_CHANNEL = {"service": "sla", "channel": "email"}
KIND = {"service": "sla", "kind": "clock"}
TOPIC = {"service": "sla", "topic": "opsdesk.clocks"}
_REPLICA = {"service": "sla", "job": "opsdesk", "instance": "sla-1"}

AWAY = {
    sla("opsdesk_queues_seen_timestamp_seconds"): "0+60x10 600x390",
    sla("opsdesk_relay_is_leader"): "1x10 0x390",
    sla("opsdesk_consumer_lag"): "5x400",
    sla("opsdesk_consumer_records_total", 'outcome="applied"'): "0+60x10 600x390",
    **{
        name: values
        for one in ("relay", "consumer", "deadlines", "sealer", "database")
        for name, values in trouble(one, "0x10 1x390").items()
    },
}
"""The database is away from the tenth minute on, and nothing works without it."""

CASES = (
    Case("OpsDeskDatabaseAway", AWAY),
    Case("OpsDeskDeadlinesDue", {sla("opsdesk_deadlines_oldest_due_seconds"): "0+60x400"}),
    Case("OpsDeskPagesUnsent",
         {sla("opsdesk_notifications_oldest_page_seconds"): "0+60x400",
          sla("opsdesk_notifications_total", 'channel="email", outcome="retried"'): "0+1x400"}),
    Case("OpsDeskFactSealingStopped", {sla("opsdesk_evidence_last_seal_timestamp_seconds"): "60x400"}),
    Case("OpsDeskEvidenceRewritten", {sla("opsdesk_evidence_seals_gone_total"): "0x15 1x385"}, at=380),
    Case("OpsDeskConsumerStandsStill", {sla("opsdesk_consumer_records_total", 'outcome="applied"'): "600x400"}),
    Case("OpsDeskUnready", trouble("keys"), {"service": "sla", "component": "keys"}),
    Case("OpsDeskWorkStandsStill", {**trouble("consumer"), sla("opsdesk_consumer_retries_total"): "0+30x400"},
         {"service": "sla", "component": "consumer"}),
    Case("OpsDeskDeadlinesLate", _lag({"0.1": "0x400", "1": "0x400", "5": "0x400", "10": "0+60x400", "+Inf": "0+60x400"})),
    Case("OpsDeskDeadlinesFailing", {sla("opsdesk_deadlines_failed_total", 'kind="clock"'): "0+1x400"}, KIND),
    Case("OpsDeskDeadlinesBlind",
         {sla("opsdesk_deadlines_fired_total", 'kind="clock", fired_without_events="true"'): "0x15 2x385"}, KIND),
    Case("OpsDeskNotificationsFail",
         {sla("opsdesk_notifications_total", 'channel="email", outcome="failed"'): "0+1x400"}, _CHANNEL),
    Case("OpsDeskCustomersMailsWait", {sla("opsdesk_customer_mails_waiting"): "3x400"}),
    Case("OpsDeskSealingStopped", {sla("opsdesk_audit_last_seal_timestamp_seconds"): "60x400"}),
    Case("OpsDeskEventsUnsent", {sla("opsdesk_outbox_oldest_seconds"): "0+60x400"}),
    Case("OpsDeskRelayWithoutLeader", {sla("opsdesk_relay_is_leader"): "0x400"}),
    Case("OpsDeskTopicHeld",
         {sla("opsdesk_relay_held_since_timestamp_seconds", 'topic="opsdesk.clocks", partition="3"'): "60x400"}, TOPIC),
    Case("OpsDeskEventRefused", {sla("opsdesk_outbox_held_keys"): "1x400"}),
    Case("OpsDeskConsumerBehind", {sla("opsdesk_consumer_lag"): "5000x400"}),
    Case("OpsDeskConsumerRetries",
         {sla("opsdesk_consumer_retries_total"): "0+30x400",
          **trouble("consumer", "0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0x378")}),
    Case("OpsDeskTopicUnreadable",
         {sla("opsdesk_consumer_partition_unknown", 'topic="opsdesk.clocks", partition="3"'): "1x400",
          **trouble("consumer")}, TOPIC),
    Case("OpsDeskDeadLetters", {sla("opsdesk_dead_letters_open"): "2x400"}),
    Case("OpsDeskConsumerStopped", {sla("opsdesk_consumer_stopped"): "1x400", **trouble("consumer")}),
    Case("OpsDeskSourceStopped", {sla("opsdesk_consumer_stopped_sources"): "1x400", **trouble("consumer")}),
    Case("OpsDeskParkedTooLong", {sla("opsdesk_parked_oldest_seconds"): "0+60x400"}),
    Case("OpsDeskRecordsMissed",
         {sla("opsdesk_consumer_records_missed_total", 'topic="opsdesk.clocks", partition="3"'): "0x10 7x390"}, TOPIC),
    Case("OpsDeskReplicaDown", {sla("up"): "0x400"}, _REPLICA),
    # Its pods are gone, and their series with them.
    Case("OpsDeskServiceGone", {sla("up"): "1x10 stale"}),
    Case("OpsDeskDegraded", trouble("relay"), {"service": "sla", "component": "relay"}),
    Case("OpsDeskLoopRestarts", {sla("opsdesk_background_restarts_total", 'loop="queues"'): "0+1x400"},
         {"service": "sla", "loop": "queues"}),
    Case("OpsDeskClockOff", {sla("opsdesk_clock_difference_seconds"): "-40x400"}),
    Case("OpsDeskConnectionsDisplaced",
         {sla("opsdesk_http_connections_closed_total", 'reason="displaced"'): "0+100x400"}),
    Case("OpsDeskLinkedSystemAway", {sla("opsdesk_linked_system_held", 'system="acme-jira"'): "1x400"},
         {"service": "sla", "system": "acme-jira"}, at=40),
    Case("OpsDeskErrorsBurnFast", _requests("503", "0x300 20+20x100"), at=360),
    Case("OpsDeskErrorsBurnSlowly", _requests("503", "0+5x400"), at=380),
    Case("OpsDeskTicketsSlow", _durations("0+420x400", "0+600x400"), at=90),
    # The series begin in 1970: what was before is negative.
    Case("OpsDeskBackupOld", {'opsdesk_backup_last_success_timestamp_seconds{instance="db"}': "-100000x400"}, {}),
    Case("OpsDeskArchiveFails",
         {'pg_stat_archiver_failed_count{instance="db"}': "3+1x400", 'pg_stat_archiver_last_archive_age{instance="db"}': "30+60x400"},
         {"instance": "db"}),
    Case("OpsDeskArchiveStandsStill", {'pg_stat_archiver_last_archive_age{instance="db"}': "30+60x400"}, {"instance": "db"}),
    Case("OpsDeskFilesBackupOld",
         {'opsdesk_backup_files_last_success_timestamp_seconds{instance="intake"}': "-100000x400"}, {}),
    Case("OpsDeskDumpsOld",
         {'opsdesk_backup_dumps_last_success_timestamp_seconds{instance="db"}': "-700000x400"}, {}),
    Case("OpsDeskForgedRecord", security("record_refused", "wrong_source", "0x15 1x385")),
    Case("OpsDeskTokensGuessed", security("authentication_failed", "malformed", "0+120x400")),
    Case("OpsDeskRevokedTokenUsed", security("authentication_failed", "revoked", "0+1x400")),
    Case("OpsDeskIssuerGivesWrongTokens", security("authentication_failed", "mixed", "0+1x400"),
         {"service": "sla", "reason": "mixed"}, at=40),
    Case("OpsDeskRightsProbed", security("authorization_denied", "permission", "0+60x400"), at=30),
    Case("OpsDeskAddressesProbed", _requests("404", "0+180x400"), at=30),
    Case("OpsDeskSecondPersonAvoided", security("second_person_required", "SELF_APPROVAL", "0+1x400"), at=60),
    Case("OpsDeskLimitReached", security("limit_exceeded", "requests", "0+90x400"), at=30),
    Case("OpsDeskRightsChangedOften", security("role_changed", "person.roles", "0+1x400"), at=60),
    Case("OpsDeskContactErased", security("contact_erased", "contact.erase", "0x30 8x370"), at=40),
    Case("OpsDeskContactsExported", security("contact_exported", "contact.export", "0x30 8x370"), at=40),
)  # fmt: skip
