"""Customers, people and dates as titles say them: by name and in words, not by key."""

from datetime import date

from common.persistence.database import Connection
from escalation.directory import store as directory

EVERYBODY = "all customers"


async def name_customer(tx: Connection, key: str | None) -> str:
    """The name of a customer; the key of one of whom nobody has told us yet."""
    if key is None:
        return EVERYBODY
    return await directory.find_customer_name(tx, key) or key


async def name_person(tx: Connection, account: str) -> str:
    """The name of a member of staff; else the account."""
    known = (await directory.load_people(tx, {account})).get(account)
    return (known.name if known else "") or account


def name_month(month: str) -> str:
    """A month such as `June 2026` for `2026-06`, or for its first date."""
    return f"{date.fromisoformat(f'{month[:7]}-01'):%B %Y}"


def name_day(day: date) -> str:
    """A date such as `Saturday 20 June 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"
