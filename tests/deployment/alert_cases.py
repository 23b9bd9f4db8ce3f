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


def _security(kind: str, reason: str, values: str) -> dict[str, str]:
    return {sla("opsdesk_security_events_total", f'kind="{kind}", reason="{reason}"'): values}


def _born(values: int) -> str:
    """A counter that nobody had counted yet: its first value is not 0, and it stays at that."""
    return f"_x10 {values}x390"


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


def _trouble(component: str, values: str = "1x400") -> dict[str, str]:
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
    **_security("authentication_failed", "expired", "0+1x400"),
    **_security("authorization_denied", "permission", "0+2x400"),
    sla("up"): "1x400",
    sla("opsdesk_relay_is_leader"): "1x400",
    'opsdesk_relay_is_leader{service="sla", job="opsdesk", instance="sla-2"}': "0x400",
    sla("opsdesk_outbox_oldest_seconds"): "0 1 0 2x397",
    sla("opsdesk_outbox_held_keys"): "0x400",
    sla("opsdesk_consumer_lag"): "5x400",
    sla("opsdesk_consumer_retries_total"): "0x400",
    sla("opsdesk_consumer_stopped"): "0x400",
    sla("opsdesk_consumer_stopped_sources"): "0x400",
    sla("opsdesk_dead_letters_open"): "0x400",
    sla("opsdesk_parked_oldest_seconds"): "0 10 0x398",
    **_trouble("clock", "0x400"),
    **_trouble("consumer", "0x400"),
    **_trouble("database", "0x400"),
    **_trouble("deadlines", "0x400"),
    **_trouble("keys", "0x400"),
    **_trouble("relay", "0x400"),
    **_trouble("requests", "0x400"),
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
_KIND = {"service": "sla", "kind": "clock"}
_TOPIC = {"service": "sla", "topic": "opsdesk.clocks"}
_REPLICA = {"service": "sla", "job": "opsdesk", "instance": "sla-1"}

_AWAY = {
    sla("opsdesk_queues_seen_timestamp_seconds"): "0+60x10 600x390",
    sla("opsdesk_relay_is_leader"): "1x10 0x390",
    sla("opsdesk_consumer_lag"): "5x400",
    sla("opsdesk_consumer_records_total", 'outcome="applied"'): "0+60x10 600x390",
    **{
        name: values
        for one in ("relay", "consumer", "deadlines", "sealer", "database")
        for name, values in _trouble(one, "0x10 1x390").items()
    },
}
"""The database is away from the tenth minute on, and nothing works without it."""

CASES = (
    Case("OpsDeskDatabaseAway", _AWAY),
    Case("OpsDeskDeadlinesDue", {sla("opsdesk_deadlines_oldest_due_seconds"): "0+60x400"}),
    Case("OpsDeskPagesUnsent",
         {sla("opsdesk_notifications_oldest_page_seconds"): "0+60x400",
          sla("opsdesk_notifications_total", 'channel="email", outcome="retried"'): "0+1x400"}),
    Case("OpsDeskFactSealingStopped", {sla("opsdesk_evidence_last_seal_timestamp_seconds"): "60x400"}),
    Case("OpsDeskEvidenceRewritten", {sla("opsdesk_evidence_seals_gone_total"): "0x15 1x385"}, at=380),
    Case("OpsDeskConsumerStandsStill", {sla("opsdesk_consumer_records_total", 'outcome="applied"'): "600x400"}),
    Case("OpsDeskUnready", _trouble("keys"), {"service": "sla", "component": "keys"}),
    Case("OpsDeskWorkStandsStill", {**_trouble("consumer"), sla("opsdesk_consumer_retries_total"): "0+30x400"},
         {"service": "sla", "component": "consumer"}),
    Case("OpsDeskDeadlinesLate", _lag({"0.1": "0x400", "1": "0x400", "5": "0x400", "10": "0+60x400", "+Inf": "0+60x400"})),
    Case("OpsDeskDeadlinesFailing", {sla("opsdesk_deadlines_failed_total", 'kind="clock"'): "0+1x400"}, _KIND),
    Case("OpsDeskDeadlinesBlind",
         {sla("opsdesk_deadlines_fired_total", 'kind="clock", fired_without_events="true"'): "0x15 2x385"}, _KIND),
    Case("OpsDeskNotificationsFail",
         {sla("opsdesk_notifications_total", 'channel="email", outcome="failed"'): "0+1x400"}, _CHANNEL),
    Case("OpsDeskCustomersMailsWait", {sla("opsdesk_customer_mails_waiting"): "3x400"}),
    Case("OpsDeskSealingStopped", {sla("opsdesk_audit_last_seal_timestamp_seconds"): "60x400"}),
    Case("OpsDeskEventsUnsent", {sla("opsdesk_outbox_oldest_seconds"): "0+60x400"}),
    Case("OpsDeskRelayWithoutLeader", {sla("opsdesk_relay_is_leader"): "0x400"}),
    Case("OpsDeskTopicHeld",
         {sla("opsdesk_relay_held_since_timestamp_seconds", 'topic="opsdesk.clocks", partition="3"'): "60x400"}, _TOPIC),
    Case("OpsDeskEventRefused", {sla("opsdesk_outbox_held_keys"): "1x400"}),
    Case("OpsDeskConsumerBehind", {sla("opsdesk_consumer_lag"): "5000x400"}),
    Case("OpsDeskConsumerRetries",
         {sla("opsdesk_consumer_retries_total"): "0+30x400",
          **_trouble("consumer", "0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0x378")}),
    Case("OpsDeskTopicUnreadable",
         {sla("opsdesk_consumer_partition_unknown", 'topic="opsdesk.clocks", partition="3"'): "1x400",
          **_trouble("consumer")}, _TOPIC),
    Case("OpsDeskDeadLetters", {sla("opsdesk_dead_letters_open"): "2x400"}),
    Case("OpsDeskConsumerStopped", {sla("opsdesk_consumer_stopped"): "1x400", **_trouble("consumer")}),
    Case("OpsDeskSourceStopped", {sla("opsdesk_consumer_stopped_sources"): "1x400", **_trouble("consumer")}),
    Case("OpsDeskParkedTooLong", {sla("opsdesk_parked_oldest_seconds"): "0+60x400"}),
    Case("OpsDeskRecordsMissed",
         {sla("opsdesk_consumer_records_missed_total", 'topic="opsdesk.clocks", partition="3"'): "0x10 7x390"}, _TOPIC),
    Case("OpsDeskReplicaDown", {sla("up"): "0x400"}, _REPLICA),
    # Its pods are gone, and their series with them.
    Case("OpsDeskServiceGone", {sla("up"): "1x10 stale"}),
    Case("OpsDeskDegraded", _trouble("relay"), {"service": "sla", "component": "relay"}),
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
         {'pg_stat_archiver_failed_count{instance="db"}': "3+1x400", 'pg_stat_archiver_last_archive_age{instance="db"}': "30+60x400"}, {}),
    Case("OpsDeskArchiveStandsStill", {'pg_stat_archiver_last_archive_age{instance="db"}': "30+60x400"}, {}),
    Case("OpsDeskFilesBackupOld",
         {'opsdesk_backup_files_last_success_timestamp_seconds{instance="intake"}': "-100000x400"}, {}),
    Case("OpsDeskDumpsOld",
         {'opsdesk_backup_dumps_last_success_timestamp_seconds{instance="db"}': "-700000x400"}, {}),
    Case("OpsDeskForgedRecord", _security("record_refused", "wrong_source", "0x15 1x385")),
    Case("OpsDeskTokensGuessed", _security("authentication_failed", "malformed", "0+120x400")),
    Case("OpsDeskRevokedTokenUsed", _security("authentication_failed", "revoked", "0+1x400")),
    Case("OpsDeskIssuerGivesWrongTokens", _security("authentication_failed", "mixed", "0+1x400"),
         {"service": "sla", "reason": "mixed"}, at=40),
    Case("OpsDeskRightsProbed", _security("authorization_denied", "permission", "0+60x400"), at=30),
    Case("OpsDeskAddressesProbed", _requests("404", "0+180x400"), at=30),
    Case("OpsDeskSecondPersonAvoided", _security("second_person_required", "SELF_APPROVAL", "0+1x400"), at=60),
    Case("OpsDeskLimitReached", _security("limit_exceeded", "requests", "0+90x400"), at=30),
    Case("OpsDeskRightsChangedOften", _security("role_changed", "person.roles", "0+1x400"), at=60),
    Case("OpsDeskContactErased", _security("contact_erased", "contact.erase", "0x30 8x370"), at=40),
    Case("OpsDeskContactsExported", _security("contact_exported", "contact.export", "0x30 8x370"), at=40),
)  # fmt: skip

OTHER_WAYS = (
    Case("OpsDeskArchiveFails",
         {'pg_stat_archiver_failed_count{instance="db"}': "3+1x400",
          'pg_stat_archiver_last_archive_age{instance="db"}': " ".join(["NaN"] * 30)}, {}),
    Case("OpsDeskArchiveStandsStill",
         {'pg_stat_archiver_last_archive_age{instance="db"}': " ".join(["NaN"] * 30)}, {}),
    Case("OpsDeskUnready", _trouble("database"), {"service": "sla", "component": "database"}),
    # Machines that are always asked: each replica's own alert, and that of their service.
    Case("OpsDeskServiceGone",
         {sla("up"): "1x10 stale", 'up{service="sla", job="opsdesk", instance="sla-2"}': "1x10 stale"}),
)  # fmt: skip
"""What raises an alert, too: an archive that has never taken anything, a database that fails for requests alone."""

_KINDS = sla("opsdesk_deadlines_fired_total", 'kind="clock", fired_without_events="true"')

BORN = (
    Case("OpsDeskDeadlinesFailing", {sla("opsdesk_deadlines_failed_total", 'kind="clock"'): _born(1)}, _KIND, at=17),
    Case("OpsDeskDeadlinesBlind", {_KINDS: _born(2)}, _KIND, at=15),
    Case("OpsDeskNotificationsFail",
         {sla("opsdesk_notifications_total", 'channel="sms", outcome="failed"'): _born(7)},
         {"service": "sla", "channel": "sms"}, at=15),
    Case("OpsDeskRecordsMissed",
         {sla("opsdesk_consumer_records_missed_total", 'topic="opsdesk.clocks", partition="3"'): _born(7)}, _TOPIC, at=60),
    Case("OpsDeskLoopRestarts", {sla("opsdesk_background_restarts_total", 'loop="queues"'): _born(7)},
         {"service": "sla", "loop": "queues"}, at=15),
    Case("OpsDeskConnectionsDisplaced",
         {sla("opsdesk_http_connections_closed_total", 'reason="displaced"'): "_x10 100+100x390"}, at=17),
    Case("OpsDeskForgedRecord", _security("record_refused", "wrong_source", _born(7)), at=15),
    Case("OpsDeskRevokedTokenUsed", _security("authentication_failed", "revoked", _born(7)), at=15),
    Case("OpsDeskIssuerGivesWrongTokens", _security("authentication_failed", "mixed", _born(11)),
         {"service": "sla", "reason": "mixed"}, at=15),
    Case("OpsDeskSecondPersonAvoided", _security("second_person_required", "SELF_APPROVAL", _born(11)), at=60),
    Case("OpsDeskRightsChangedOften", _security("role_changed", "person.roles", _born(51)), at=60),
    Case("OpsDeskContactErased", _security("contact_erased", "contact.erase", _born(7)), at=60),
    Case("OpsDeskContactsExported", _security("contact_exported", "contact.export", _born(7)), at=60),
    Case("OpsDeskEvidenceRewritten", {sla("opsdesk_evidence_seals_gone_total"): _born(1)}, at=15),
)  # fmt: skip
"""What happens before anybody has looked at the counter: a process that starts, or a label's first value."""

CALM = {
    "a mail server is started anew": (
        {sla("opsdesk_notifications_oldest_page_seconds"): "0x10 15 75 0x380"}, 12),
    "a service that was taken away days ago": (
        {'up{service="escalation", job="opsdesk", instance="escalation-1"}': "1x10 stale",
         sla("up"): "1x1700", sla("opsdesk_queues_seen_timestamp_seconds"): "0+60x1700",
         sla("opsdesk_relay_is_leader"): "1x1700",
         sla("opsdesk_audit_last_seal_timestamp_seconds"): "0+60x1700",
         sla("opsdesk_evidence_last_seal_timestamp_seconds"): "0+60x1700",
         'opsdesk_backup_last_success_timestamp_seconds{instance="db"}': "0+60x1700"}, 1460),
    "one of two replicas is gone": (
        {'up{service="sla", job="opsdesk", instance="sla-2"}': "1x10 stale"}, 20),
    "a night in which nobody writes": (
        {'pg_stat_archiver_last_archive_age{instance="db"}': "30+60x400",
         'pg_stat_database_tup_inserted{instance="db", datname="opsdesk"}': "500x400",
         'pg_stat_database_tup_updated{instance="db", datname="opsdesk"}': "500x400"}, 60),
    "a segment could not be archived at once": (
        {'pg_stat_archiver_failed_count{instance="db"}': "3+1x400"}, 20),
    "what was counted long ago stays counted": (
        _security("role_changed", "person.roles", "3000x400"), 380),
    "nobody looked for half an hour": (
        _security("role_changed", "person.roles", "3000x60 _x30 3000x310"), 150),
    "a database that is back": (
        _AWAY | {sla("opsdesk_queues_seen_timestamp_seconds"): "0+60x9 540x4 840+60x380",
                 sla("opsdesk_relay_is_leader"): "1x10 0x4 1x385",
                 **{name: values for one in ("relay", "consumer", "deadlines", "sealer", "database")
                    for name, values in _trouble(one, "0x10 1x4 0x385").items()},
                 sla("opsdesk_consumer_records_total", 'outcome="applied"'): "0+60x10 600x4 660+60x385"}, 20),
}  # fmt: skip
"""By a sentence: series on which nothing is raised at that minute, though something was the matter."""

ALSO_RAISED = {
    "OpsDeskErrorsBurnFast": {"OpsDeskErrorsBurnSlowly"},
    "OpsDeskErrorsBurnSlowly": set[str](),
}
"""What is rightly raised beside it: who burns fast burns slowly, too."""
