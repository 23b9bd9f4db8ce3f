"""Decide what each alert of a post means: which episodes begin, go on and end, on which tickets. Pure.

One ticket per group and customer and environment (I4): it stays the group's ticket for as long as it
is open, also while none of its alerts fires. An alert is recognised by its key alone; its `startsAt`
says nothing about that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from intake.alerts.domain.alert import Alert
from intake.alerts.domain.alert_ticket import AlertTicket, new_alert_ticket
from intake.alerts.domain.episode import (
    FLAPPING_STARTS,
    Episode,
    repeated,
    start_of,
    was_unseen,
    with_end,
)
from intake.alerts.domain.known import (
    STORM_GROUPS,
    Change,
    Effect,
    GroupKey,
    Key,
    Known,
    Result,
    group_of,
)
from intake.alerts.domain.scope import ScopedAlert
from intake.alerts.domain.severity import assess_severity, is_worse


@dataclass(slots=True)
class Decisions:
    """What the alerts of posts lead to; the caller stores it.

    `received_at` is the moment of the present post.
    `episodes` are the new and changed ones by id, `changes` the events about them in order, `owners`
    the ticket of each new episode, `groups` the tickets that groups got.
    """

    known: Known
    monitor: str
    new_id: Callable[[], UUID]
    received_at: datetime = field(init=False)
    results: list[Result] = field(default_factory=list)
    episodes: dict[UUID, Episode] = field(default_factory=dict)
    changes: list[tuple[Change, Episode]] = field(default_factory=list)
    owners: dict[UUID, AlertTicket] = field(default_factory=dict)
    groups: dict[GroupKey, AlertTicket] = field(default_factory=dict)

    def changed_tickets(self) -> list[AlertTicket]:
        """The tickets of these alerts, each once."""
        found = [one.ticket for one in self.results if one.ticket is not None]
        return list({id(one): one for one in found}.values())

    def ticket_id_of(self, episode: Episode) -> UUID | None:
        """The id of an episode's ticket, once the tickets are opened."""
        owner = self.owners.get(episode.id)
        return owner.ticket.id if owner and owner.ticket else episode.ticket_id

    def decide(self, source: str, one: ScopedAlert) -> None:
        """Decide about one alert of `source`."""
        alert = one.alert
        key = (source, alert.dedup_key)
        previous = self.known.episodes.get(key)
        if alert.status == "firing":
            if previous is not None and previous.is_open:
                self._go_on(key, previous, one)
            else:
                self._begin(key, previous, one)
        elif previous is not None and previous.is_open:
            self._acknowledge_or_end(key, previous, alert)
        elif alert.status == "ended" and not alert.needs_open and was_unseen(alert, previous):
            # The alert was never raised here: raise it, so that availability counts the episode.
            episode = self._add(key, previous, one, None)
            self._end(key, episode, alert)
        else:
            self._result(alert, "duplicate", self._ticket_of(previous))

    def _begin(self, key: Key, previous: Episode | None, one: ScopedAlert) -> None:
        alert = one.alert
        ticket = self._ticket_for(key, one)
        self._add(key, previous, one, ticket)
        starts = self.known.starts[key] = self.known.starts.get(key, 0) + 1
        if previous is not None and previous.ticket_id and ticket.ticket and not ticket.is_storm:
            ticket.lines.append(f"{alert.title} fires again (start {starts} within the hour).")
        self._result(alert, "raised", ticket)

    def _add(
        self, key: Key, previous: Episode | None, one: ScopedAlert, ticket: AlertTicket | None
    ) -> Episode:
        alert, scope = one.alert, one.scope
        known = scope.ticket_scope
        environment = known.environment if known else None
        episode = Episode(
            id=self.new_id(),
            monitor=self.monitor,
            source=key[0],
            dedup_key=alert.dedup_key,
            group_key=group_of(key[0], alert),
            scope=scope.name,
            title=alert.title,
            severity=alert.severity,
            priority=assess_severity(alert.severity).priority,
            service=alert.service,
            customer_id=known.customer_id if known else None,
            customer=known.customer if known else None,
            environment_id=environment.id if environment else None,
            environment=environment.key if environment else None,
            ticket_id=None,
            started_at=start_of(alert, self.received_at, previous),
            received_at=self.received_at,
            last_seen_at=self.received_at,
            needs_quiet=alert.needs_quiet,
        )
        if ticket is not None:
            self.owners[episode.id] = ticket
        self._save(key, episode, "raised")
        return episode

    def _go_on(self, key: Key, episode: Episode, one: ScopedAlert) -> None:
        """Count a repetition; raise what has become worse; open a ticket where there is none any more."""
        alert = one.alert
        ticket = self._ticket_of(episode)
        after = repeated(episode, self.received_at)
        effect: Effect = "duplicate"
        worst = assess_severity(alert.severity).priority if alert.severity else episode.priority
        if is_worse(worst, episode.priority):
            after = replace(
                after, severity=alert.severity, priority=worst, sequence=after.sequence + 1
            )
            effect = "worsened"
        if ticket is None or not ticket.is_open:
            if _needs_new_ticket(ticket, episode, effect):
                ticket = self._ticket_for(key, one)
                self.owners[episode.id] = ticket
                effect = "raised" if effect == "duplicate" else effect
            elif ticket is not None:
                ticket.remark(
                    f"{self.monitor} still reports: {alert.title}. Look before verifying."
                )
        if ticket is not None and ticket.is_open:
            if effect == "worsened":
                ticket.raise_for(alert, alert.severity)
            ticket.remark(*alert.remarks)
        self._save(key, after, "worsened" if effect == "worsened" else None)
        self._result(alert, effect, ticket)

    def _acknowledge_or_end(self, key: Key, episode: Episode, alert: Alert) -> None:
        ticket = self._ticket_of(episode)
        if alert.status == "acknowledged":
            if ticket is not None:
                ticket.remark(f"{alert.title}: acknowledged in the monitor.")
            self._result(alert, "acknowledged", ticket)
        elif episode.end_reported_at is not None:
            self._result(alert, "duplicate", ticket)
        elif self.known.starts.get(key, 0) >= FLAPPING_STARTS:
            after = replace(episode, end_reported_at=self._end_of(alert))
            if ticket is not None:
                ticket.remark(
                    f"{episode.title} flaps: its ends count once it has been quiet for ten minutes."
                )
            self._save(key, after, None)
            self._result(alert, "flapping", ticket)
        else:
            self._end(key, episode, alert)

    def _end(self, key: Key, episode: Episode, alert: Alert) -> None:
        self._save(key, with_end(episode, self._end_of(alert)), "resolved")
        self._result(alert, "resolved", self._ticket_of(episode))

    def _end_of(self, alert: Alert) -> datetime:
        return min(alert.ended_at or self.received_at, self.received_at)

    def _ticket_for(self, key: Key, one: ScopedAlert) -> AlertTicket:
        """The open ticket of the alert's group and scope, else a new one; in a storm a shared one."""
        alert, scope = one.alert, one.scope
        group = (group_of(key[0], alert), scope.name)
        ticket = self.known.groups.get(group)
        if ticket is None or not ticket.is_open:
            self.known.recent_groups += 1
            is_storm = self.known.recent_groups > STORM_GROUPS
            ticket = self.known.storms.get(scope.storm_name) if is_storm else None
            if ticket is None or not ticket.is_open:
                ticket = new_alert_ticket(one, self.received_at, is_storm=is_storm)
                if is_storm:
                    self.known.storms[scope.storm_name] = ticket
            self.known.groups[group] = self.groups[group] = ticket
        if ticket.opening and ticket.opening.alert is not alert:
            ticket.opening.more += 1
        ticket.raise_for(alert, alert.severity)
        joined = (alert.details_on_joining,) if alert.details_on_joining else ()
        is_first = ticket.opening is not None and ticket.opening.alert is alert
        ticket.remark(*alert.remarks, *scope.remarks, *(() if is_first else joined))
        if not one.is_service_known:
            ticket.remark(
                f"{self.monitor} names the service {alert.service}, which is not in the catalogue."
            )
        return ticket

    def _ticket_of(self, episode: Episode | None) -> AlertTicket | None:
        if episode is None:
            return None
        owner = self.owners.get(episode.id)
        return owner or (self.known.tickets.get(episode.ticket_id) if episode.ticket_id else None)

    def _save(self, key: Key, episode: Episode, change: Change | None) -> None:
        self.known.episodes[key] = self.episodes[episode.id] = episode
        if change is not None:
            self.changes.append((change, episode))

    def _result(self, alert: Alert, effect: Effect, ticket: AlertTicket | None) -> None:
        self.results.append(Result(alert.shown_key or alert.dedup_key, effect, ticket))


def _needs_new_ticket(ticket: AlertTicket | None, episode: Episode, effect: Effect) -> bool:
    """Whether an alert that goes on needs a ticket: its own is closed, or was resolved and it is worse.

    One that is resolved waits for a second person, who is shown that the alert still fires.
    """
    if ticket is None or ticket.ticket is None or ticket.ticket.state == "closed":
        return True
    return effect == "worsened" or episode.end_reported_at is not None
