"""The tables of the intake schema, as queries name them; the migrations make them."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, DateTime, LargeBinary, Table, Text, Uuid

from common.persistence.database import metadata

METADATA = metadata()


def _moment(name: str) -> Column[datetime]:
    return Column(name, DateTime(timezone=True))


customers = Table(
    "customers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("timezone", Text),
    Column("language", Text),
    Column("retired", Boolean),
    Column("sequence", BigInteger),
)

contacts = Table(
    "contacts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid),
    Column("name", Text),
    Column("address", Text),
    Column("phone", Text),
    Column("language", Text),
    Column("erased", Boolean),
    Column("sequence", BigInteger),
)

environments = Table(
    "environments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer_id", Uuid),
    Column("tier", Text),
    Column("name", Text),
    Column("retired", Boolean),
    Column("sequence", BigInteger),
)

partners = Table(
    "partners",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("timezone", Text),
    Column("email", Text),
    Column("retired", Boolean),
    Column("sequence", BigInteger),
)

people = Table(
    "people",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("sub", Text),
    Column("name", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("timezone", Text),
    Column("roles", ARRAY(Text)),
    Column("retired", Boolean),
    Column("sequence", BigInteger),
)

tickets = Table(
    "tickets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger),
    Column("kind", Text),
    Column("nature", Text),
    Column("title", Text),
    Column("description", Text),
    Column("priority", Text),
    Column("impact", Text),
    Column("urgency", Text),
    Column("priority_by", Text),
    Column("priority_confirmed_by", Text),
    Column("lowering_priority", Text),
    Column("lowering_impact", Text),
    Column("lowering_urgency", Text),
    Column("lowering_by", Text),
    _moment("lowering_at"),
    Column("lowering_reason", Text),
    Column("correction_kind", Text),
    Column("correction_nature", Text),
    Column("correction_service", Text),
    Column("correction_by", Text),
    _moment("correction_at"),
    Column("correction_reason", Text),
    Column("reclassified_by", Text),
    Column("reclassified_confirmed_by", Text),
    Column("state", Text),
    Column("waiting_on", Text),
    Column("customer_id", Uuid),
    Column("environment_id", Uuid),
    Column("service", Text),
    Column("contact_id", Uuid),
    Column("reporter", Text),
    Column("channel", Text),
    Column("assignee", Text),
    Column("team", Text),
    Column("forwarded_to", Text),
    Column("partner", Text),
    _moment("opened_at"),
    Column("opened_by", Text),
    Column("resolution", Text),
    Column("resolved_by", Text),
    _moment("resolved_at"),
    Column("verified_by", Text),
    _moment("verified_at"),
    _moment("closed_at"),
    Column("merged_into", Uuid),
    Column("sequence", BigInteger),
)

messages = Table(
    "messages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid),
    Column("visibility", Text),
    Column("direction", Text),
    Column("author", Text),
    Column("text", Text),
    Column("html", Text),
    Column("automatic", Boolean),
    _moment("at"),
    Column("mail_id", Uuid),
)

attachments = Table(
    "attachments",
    METADATA,
    Column("message_id", Uuid, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("name", Text),
    Column("media_type", Text),
    Column("size", BigInteger),
)

mails = Table(
    "mails",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("message_id", Text),
    Column("fingerprint", Text),
    Column("raw", LargeBinary),
    Column("received_by", Text),
    _moment("received_at"),
    Column("outcome", Text),
    Column("reason", Text),
    Column("ticket_id", Uuid),
)

mail_threads = Table(
    "mail_threads",
    METADATA,
    Column("message_id", Text, primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
)

hand_overs = Table(
    "hand_overs",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid),
    Column("by", Text),
    _moment("at"),
    Column("to", Text),
    Column("partner", Text),
    Column("seen", Text),
    Column("tried", Text),
    Column("excluded", Text),
)

alert_posts = Table(
    "alert_posts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("format", Text),
    Column("monitor", Text),
    Column("raw", LargeBinary),
    _moment("received_at"),
    Column("outcome", Text),
    Column("reason", Text),
)

alerts = Table(
    "alerts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("monitor", Text),
    Column("dedup_key", Text),
    Column("episode", Text),
    Column("group_key", Text),
    Column("title", Text),
    Column("severity", Text),
    Column("service", Text),
    Column("customer_id", Uuid),
    Column("environment_id", Uuid),
    Column("ticket_id", Uuid),
    _moment("started_at"),
    _moment("ended_at"),
    Column("sequence", BigInteger),
)
