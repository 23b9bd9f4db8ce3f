"""What is about a contact, part by part: for each part the rows that an erasure of the contact empties.

Bound are `contact` (their id), `name` (`contact/<id>`), `ids` (their tickets) and `mails`, and `accounts` (with
`name` and their addresses) and `subjects` of the acts on them and by them (`intake.reasons.store`); `wholes` are
patterns of their addresses.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from intake.erasures.store import RECEIPTS_OF_TICKETS
from intake.reasons.store import OF_CONTACT

FIRST_ID: Final = UUID(int=0)
MANY: Final = 100
FEW: Final = 5
"""Rows that are read at once: few of those that hold up to 2 million characters."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of `source` that match `where`, in the order of `position`, each as the JSON that `record` makes.

    `before` is a position before the first.
    """

    name: str
    source: str
    where: str
    record: str = "to_jsonb(t)"
    position: str = "t.id"
    before: UUID | int | str = FIRST_ID
    rows: int = MANY

    @property
    def query(self) -> str:
        """The statement that reads one page."""
        return (
            f"SELECT {self.position} AS position,"
            f" jsonb_build_object('part', '{self.name}', 'record', {self.record})::text AS line"
            f" FROM {self.source} WHERE ({self.where}) AND {self.position} > :after"
            f" ORDER BY {self.position} LIMIT {self.rows}"
        )


_OF_TICKETS: Final = "t.ticket_id = ANY(:ids)"
_BY_THEM: Final = "{by} = ANY(:accounts)"
_ABOUT_TICKETS: Final = (
    "t.subject IN (SELECT 'ticket/' || id FROM unnest(CAST(:ids AS uuid[])) given (id))"
)
_ABOUT_MAILS: Final = (
    "t.subject IN (SELECT 'mail/' || id FROM unnest(CAST(:mails AS uuid[])) given (id))"
)
_FILES: Final = """
to_jsonb(t) || jsonb_build_object('attachments', coalesce((
    SELECT jsonb_agg(to_jsonb(a) - 'message_id' ORDER BY a.position)
    FROM attachments a WHERE a.message_id = t.id), '[]'))
"""
_MAIL: Final = """
to_jsonb(m) - 'raw' || jsonb_build_object('bytes', length(t.raw), 'sha256', encode(sha256(t.raw), 'hex'),
    'as_it_came', '/v1/emails/' || t.id || '/raw')
"""
_LINK: Final = """
to_jsonb(t) || jsonb_build_object(
    'sends', coalesce((SELECT jsonb_agg(jsonb_build_object('file', s.remote_file, 'problem', s.problem))
        FROM linked_sends s WHERE s.link_id = t.id), '[]'),
    'conflicts', coalesce((SELECT jsonb_agg(to_jsonb(c)) FROM linked_conflicts c
        WHERE c.link_id = t.id), '[]'))
"""

MESSAGES_OF_CONTACT: Final = """
t.id = ANY(ARRAY(SELECT id FROM messages WHERE ticket_id = ANY(:ids)
    UNION SELECT id FROM messages WHERE author = ANY(:accounts)
    UNION SELECT message_id FROM linked_messages WHERE tickets && :ids))
"""
"""By an index each: joined by OR they would be looked for in all messages."""
PARTS: Final = (
    Part("contact", "contacts t", "t.id = :contact", "to_jsonb(t) - 'sequence'"),
    Part("erasure", "contact_erasures t", "t.contact_id = :contact", position="t.contact_id"),
    Part(
        "accounts",
        "account_addresses t",
        "t.address_digest IN (SELECT address_digest FROM account_addresses WHERE account = :name)",
        position="t.account || t.address_digest",
        before="",
    ),
    Part("tickets", "tickets t", "t.id = ANY(:ids)"),
    Part(
        "messages",
        "messages t",
        MESSAGES_OF_CONTACT,
        _FILES,
        rows=FEW,
    ),
    Part(
        "mails",
        # Without its bytes in the row that becomes JSON: they are up to 25 MiB.
        "mails t CROSS JOIN LATERAL (SELECT t.message_id, t.received_at, t.received_by, t.outcome,"
        " t.reason, t.ticket_id, t.raw_deleted_at, t.raw_deleted_why, t.sender, t.sender_name, t.subject, t.text,"
        " t.authentication, t.id) m",
        "t.id = ANY(:mails)",
        _MAIL,
        rows=FEW,
    ),
    Part(
        "uploads",
        "uploads t",
        f"{_OF_TICKETS} OR {_BY_THEM.format(by='t.uploaded_by')}",
    ),
    Part("imported_files", "imported_files t", _OF_TICKETS),
    Part("filled_forms", "filled_forms t", _OF_TICKETS, position="t.ticket_id"),
    Part(
        "chats",
        "chats t",
        _OF_TICKETS,
        position="concat_ws(' ', t.system, t.source, t.chat_id)",
        before="",
    ),
    Part("hand_overs", "hand_overs t", _OF_TICKETS),
    Part("problems", "problems t", _OF_TICKETS, position="t.ticket_id"),
    Part("change_requests", "change_requests t", _OF_TICKETS, position="t.ticket_id"),
    Part("investigations", "investigations t", _OF_TICKETS),
    Part("monitoring_improvements", "monitoring_improvements t", _OF_TICKETS),
    Part("message_checks", "message_checks t", _OF_TICKETS),
    Part(
        "ratings",
        "ticket_feedback t",
        f"{_OF_TICKETS} OR {_BY_THEM.format(by='t.given_by')}",
    ),
    Part(
        "customer_escalations",
        "customer_escalations t",
        f"{_OF_TICKETS} OR {_BY_THEM.format(by='t.escalated_by')}",
    ),
    Part("article_feedback", "article_feedback t", _BY_THEM.format(by="t.author")),
    Part("access_requests", "access_requests t", "t.person = :name OR t.requested_by = :name"),
    Part("watched_tickets", "ticket_watchers t", "t.contact_id = :contact"),
    Part(
        "outgoing_mails",
        "outgoing_mails t",
        f"t.contact_id = :contact OR {_OF_TICKETS}",
        "to_jsonb(t) - 'lease'",
    ),
    Part("linked_tickets", "linked_tickets t", "t.id IN (SELECT links_of_tickets(:ids))", _LINK),
    Part(
        "linked_receipts",
        "linked_receipts t",
        f"{_OF_TICKETS} OR {RECEIPTS_OF_TICKETS} OR raw ~* ANY(:wholes)",
        rows=FEW,
    ),
    Part(
        "reasons",
        "reasons t",
        OF_CONTACT,
        "to_jsonb(t) - 'salt'",
        position="t.digest",
        before="",
    ),
    Part(
        "reads",
        "personal_data_reads t",
        f"t.subject = :name OR {_ABOUT_TICKETS} OR {_ABOUT_MAILS}",
        position="concat_ws(' ', t.subject, t.who, t.hour)",
        before="",
    ),
    Part(
        "acts",
        "audit t",
        f"t.subject = :name OR {_ABOUT_TICKETS} AND {_BY_THEM.format(by='t.who')}",
        "to_jsonb(t) - 'xid'",
        position="t.position",
        before=0,
    ),
)
