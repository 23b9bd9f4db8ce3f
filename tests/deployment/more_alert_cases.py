"""Beside the case of each alert: other ways to it, counters that begin, what is over, and what is raised along with another one."""

from tests.deployment.alert_cases import AWAY, KIND, TOPIC, Case, security, sla, trouble


def _born(values: int) -> str:
    """A counter that nobody had counted yet: its first value is not 0, and it stays at that."""
    return f"_x10 {values}x390"


_DB = {"instance": "db"}

OTHER_WAYS = (
    Case("OpsDeskArchiveFails",
         {'pg_stat_archiver_failed_count{instance="db"}': "3+1x400",
          'pg_stat_archiver_last_archive_age{instance="db"}': " ".join(["NaN"] * 30)}, _DB),
    Case("OpsDeskArchiveFails",
         {'pg_stat_archiver_failed_count{instance="db"}': "3+1x400",
          'pg_stat_archiver_last_archive_age{instance="db"}': "_x400"}, _DB),
    Case("OpsDeskArchiveStandsStill",
         {'pg_stat_archiver_last_archive_age{instance="db"}': " ".join(["NaN"] * 30)}, _DB),
    # postgres_exporter from 0.20 on tells no age where nothing was archived yet.
    Case("OpsDeskArchiveStandsStill", {'pg_stat_archiver_last_archive_age{instance="db"}': "_x400"}, _DB),
    # Another server, whose archive fails, or works: its own alert is another one.
    Case("OpsDeskArchiveStandsStill",
         {'pg_stat_archiver_last_archive_age{instance="db"}': "30+60x400",
          'pg_stat_archiver_last_archive_age{instance="db-2"}': "30x400",
          'pg_stat_archiver_failed_count{instance="db-2"}': "3+1x400"}, _DB),
    Case("OpsDeskUnready", trouble("database"), {"service": "sla", "component": "database"}),
    # Machines that are always asked: each replica's own alert, and that of their service.
    Case("OpsDeskReplicaDown", {sla("up"): "1x10 0x390"}, {"service": "sla", "job": "opsdesk", "instance": "sla-1"}),
    Case("OpsDeskServiceGone",
         {sla("up"): "1x10 stale", 'up{service="sla", job="opsdesk", instance="sla-2"}': "1x10 stale"}),
)  # fmt: skip
"""What raises an alert, too: an archive that has never taken anything, a database that fails for requests alone."""

_KINDS = sla("opsdesk_deadlines_fired_total", 'kind="clock", fired_without_events="true"')

BORN = (
    Case("OpsDeskDeadlinesFailing", {sla("opsdesk_deadlines_failed_total", 'kind="clock"'): _born(1)}, KIND, at=17),
    Case("OpsDeskDeadlinesBlind", {_KINDS: _born(2)}, KIND, at=15),
    Case("OpsDeskNotificationsFail",
         {sla("opsdesk_notifications_total", 'channel="sms", outcome="failed"'): _born(7)},
         {"service": "sla", "channel": "sms"}, at=15),
    Case("OpsDeskRecordsMissed",
         {sla("opsdesk_consumer_records_missed_total", 'topic="opsdesk.clocks", partition="3"'): _born(7)}, TOPIC, at=60),
    Case("OpsDeskLoopRestarts", {sla("opsdesk_background_restarts_total", 'loop="queues"'): _born(7)},
         {"service": "sla", "loop": "queues"}, at=15),
    Case("OpsDeskConnectionsDisplaced",
         {sla("opsdesk_http_connections_closed_total", 'reason="displaced"'): "_x10 100+100x390"}, at=17),
    Case("OpsDeskForgedRecord", security("record_refused", "wrong_source", _born(7)), at=15),
    Case("OpsDeskRevokedTokenUsed", security("authentication_failed", "revoked", _born(7)), at=15),
    Case("OpsDeskIssuerGivesWrongTokens", security("authentication_failed", "mixed", _born(11)),
         {"service": "sla", "reason": "mixed"}, at=15),
    Case("OpsDeskSecondPersonAvoided", security("second_person_required", "SELF_APPROVAL", _born(11)), at=60),
    Case("OpsDeskRightsChangedOften", security("role_changed", "person.roles", _born(51)), at=60),
    Case("OpsDeskContactErased", security("contact_erased", "contact.erase", _born(7)), at=60),
    Case("OpsDeskContactsExported", security("contact_exported", "contact.export", _born(7)), at=60),
    Case("OpsDeskEvidenceRewritten", {sla("opsdesk_evidence_seals_gone_total"): _born(1)}, at=15),
)  # fmt: skip
"""What happens before anybody has looked at the counter: a process that starts, or a label's first value."""

CALM = {
    "what was being sent when Kafka as a whole went away": (
        {sla("opsdesk_relay_held_since_timestamp_seconds", 'topic="opsdesk.clocks", partition="3"'): "60x400",
         sla("opsdesk_relay_kafka_away"): "1x400"}, 20),
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
    "a server in which nobody writes, beside one that is busy": (
        {'pg_stat_archiver_last_archive_age{instance="db-2"}': "30+60x400",
         'pg_stat_archiver_failed_count{instance="db-2"}': "3x400",
         'pg_stat_archiver_failed_count{instance="db"}': "3+1x400"}, 60),
    "a segment could not be archived at once": (
        {'pg_stat_archiver_failed_count{instance="db"}': "3+1x400"}, 20),
    "what was counted long ago stays counted": (
        security("role_changed", "person.roles", "3000x400"), 380),
    "nobody looked for half an hour": (
        security("role_changed", "person.roles", "3000x60 _x30 3000x310"), 150),
    "a database that is back": (
        AWAY | {sla("opsdesk_queues_seen_timestamp_seconds"): "0+60x9 540x4 840+60x380",
                 sla("opsdesk_relay_is_leader"): "1x10 0x4 1x385",
                 **{name: values for one in ("relay", "consumer", "deadlines", "sealer", "database")
                    for name, values in trouble(one, "0x10 1x4 0x385").items()},
                 sla("opsdesk_consumer_records_total", 'outcome="applied"'): "0+60x10 600x4 660+60x385"}, 20),
}  # fmt: skip
"""By a sentence: series on which nothing is raised at that minute, though something was the matter."""

ALSO_RAISED = {
    "OpsDeskErrorsBurnFast": {"OpsDeskErrorsBurnSlowly"},
    "OpsDeskErrorsBurnSlowly": set[str](),
}
"""What is rightly raised beside it: who burns fast burns slowly, too."""
