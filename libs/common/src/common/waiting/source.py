"""A kind of thing that can wait for somebody: who may act on it, and where it is found. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Audience = Literal["staff", "contacts", "everybody"]
"""Who may be shown it: our own people, customers' contacts, or both."""


@dataclass(frozen=True, slots=True)
class WaitingSource:
    """One kind, as far as one query finds it; several sources may have the same kind.

    `operations` are those that answer it, `permission` is what these take. `rows` is what follows FROM,
    with its WHERE; the others are expressions over it. Parameters that any of them may name: `:account`
    (the caller's `sub`), `:roles` (text[]), `:at` (the moment).

    `customer` is a key. `due_at` is null where nothing happens at a set time. `first` is the account of
    whoever acted before, for `why`, which names them as `{first}`. `not_by` is null or
    a text[]: whoever is one person with one of these accounts is not shown it (R1). `only` is null or a text[]:
    the accounts that alone are shown it.
    A contact is shown rows of the own customer alone; `rows` may then name only tables that are open to
    contacts.
    """

    kind: str
    operations: tuple[str, ...]
    permission: str
    rows: str
    id: str
    key: str
    title: str
    since: str
    href: str
    why: str
    customer: str = "NULL"
    due_at: str = "NULL"
    first: str = "NULL"
    not_by: str = "NULL"
    only: str = "NULL"
    audience: Audience = "staff"

    def is_for(self, permissions: Iterable[str], *, contact: bool) -> bool:
        """Whether somebody with these permissions may be shown it; `contact`: of a customer."""
        fits = self.audience in {"everybody", "contacts" if contact else "staff"}
        return fits and self.permission in permissions

    def sql(self, number: int) -> str:
        """The statement that finds its rows, with the columns that all sources have and this number."""
        return (
            f"SELECT {number} AS source, '{self.kind}' AS kind, ({self.id})::text AS id, ({self.key})::text AS key,"
            f" ({self.title})::text AS title, ({self.customer})::text AS customer,"
            f" ({self.since})::timestamptz AS since, ({self.due_at})::timestamptz AS due_at,"
            f" ({self.first})::text AS first, ({self.not_by})::text[] AS not_by,"
            f" ({self.only})::text[] AS only_for, ({self.href})::text AS href FROM {self.rows}"
        )


def operations_of(sources: Iterable[WaitingSource]) -> Mapping[str, str]:
    """The kind in which each operation is waited for."""
    return {operation: source.kind for source in sources for operation in source.operations}
