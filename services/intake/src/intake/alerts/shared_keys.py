"""Keep apart what senders call by the same key: one of each customer and environment (I4).

Who sends to PagerDuty or Opsgenie chooses the key, so that `disk-full` may be two customers'. An end
names the key alone: it ends what is open under it, whosever it is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import ARRAY, Text, bindparam, text

from common.persistence.database import Connection
from intake.alerts.domain.alert import Alert, AlertBatch
from intake.alerts.domain.known import Key

_BETWEEN: Final = " @ "
_OPEN: Final = text(
    """
    SELECT given.source, given.dedup_key AS given, alerts.dedup_key
    FROM unnest(:sources, :keys) AS given (source, dedup_key)
    JOIN alerts ON alerts.monitor = :monitor AND alerts.source = given.source
        AND alerts.ended_at IS NULL
        AND (alerts.dedup_key = given.dedup_key
            OR starts_with(alerts.dedup_key, given.dedup_key || :between))
    ORDER BY alerts.id
    """
).bindparams(bindparam("sources", type_=ARRAY(Text)), bindparam("keys", type_=ARRAY(Text)))


async def separate_customers(
    tx: Connection, monitor: str, batches: Sequence[AlertBatch]
) -> list[AlertBatch]:
    """The posts, with the key of each alert that its sender chose made one of its customer's own."""
    looked_up = {
        (one.source, alert.dedup_key)
        for one in batches
        if one.are_keys_chosen
        for alert in one.alerts
        if alert.status != "firing" or _named_by(alert) is None
    }
    open_keys = await _list_open(tx, monitor, looked_up) if looked_up else {}
    return [_with_own_keys(one, open_keys) if one.are_keys_chosen else one for one in batches]


def _with_own_keys(batch: AlertBatch, open_keys: Mapping[Key, Sequence[str]]) -> AlertBatch:
    alerts = [
        replace(alert, dedup_key=key, shown_key=alert.dedup_key)
        for alert in batch.alerts
        for key in _keys_of(alert, open_keys.get((batch.source, alert.dedup_key), ()))
    ]
    return replace(batch, alerts=tuple(alerts))


def _keys_of(alert: Alert, open_keys: Sequence[str]) -> Sequence[str]:
    """Under which keys an alert is stored: more than one where an end names nobody."""
    name = _named_by(alert)
    if name is not None:
        own = f"{alert.dedup_key}{_BETWEEN}{name}"
        began_unnamed = own not in open_keys and alert.dedup_key in open_keys
        return [alert.dedup_key if began_unnamed and alert.status != "firing" else own]
    is_clear = alert.status != "firing" or len(open_keys) == 1
    return open_keys if open_keys and is_clear else [alert.dedup_key]


def _named_by(alert: Alert) -> str | None:
    if not alert.customer and not alert.environment:
        return None
    return f"{alert.customer or ''}/{alert.environment or ''}".lower()


async def _list_open(tx: Connection, monitor: str, keys: Collection[Key]) -> dict[Key, list[str]]:
    """Under which keys something is open that was sent under each of these."""
    parameters = {
        "monitor": monitor,
        "sources": [source for source, _ in keys],
        "keys": [key for _, key in keys],
        "between": _BETWEEN,
    }
    found: dict[Key, list[str]] = {}
    for row in await tx.execute(_OPEN, parameters):
        found.setdefault((row.source, row.given), []).append(row.dedup_key)
    return found
