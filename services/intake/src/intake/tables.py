"""The tables of the intake schema, as queries name them; the migrations make them."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, DateTime, LargeBinary, Table, Text, Uuid

from common.persistence.database import metadata

METADATA = metadata()


def _moment(name: str, *, nullable: bool = True) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


customers = Table(
    "customers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

contacts = Table(
    "contacts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text),
    Column("phone", Text),
    Column("language", Text, nullable=False),
    Column("erased", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

environments = Table(
    "environments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("tier", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

partners = Table(
    "partners",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("email", Text),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

people = Table(
    "people",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("sub", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text),
    Column("timezone", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

tickets = Table(
    "tickets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("nature", Text),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("priority", Text, nullable=False),
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
    Column("state", Text, nullable=False),
    Column("waiting_on", Text),
    Column("customer_id", Uuid),
    Column("environment_id", Uuid),
    Column("service", Text),
    Column("contact_id", Uuid),
    Column("reporter", Text),
    Column("channel", Text, nullable=False),
    Column("assignee", Text),
    Column("team", Text),
    Column("forwarded_to", Text),
    Column("partner", Text),
    _moment("opened_at", nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("resolution", Text),
    Column("resolved_by", Text),
    _moment("resolved_at"),
    Column("verified_by", Text),
    _moment("verified_at"),
    _moment("closed_at"),
    Column("merged_into", Uuid),
    Column("sequence", BigInteger, nullable=False),
)

messages = Table(
    "messages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Column("automatic", Boolean, nullable=False),
    _moment("at", nullable=False),
    Column("mail_id", Uuid),
)

attachments = Table(
    "attachments",
    METADATA,
    Column("message_id", Uuid, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
)

mails = Table(
    "mails",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("message_id", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("received_by", Text, nullable=False),
    _moment("received_at", nullable=False),
    Column("outcome", Text, nullable=False),
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
    Column("ticket_id", Uuid, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at", nullable=False),
    Column("to", Text, nullable=False),
    Column("partner", Text),
    Column("seen", Text, nullable=False),
    Column("tried", Text, nullable=False),
    Column("excluded", Text, nullable=False),
)

alert_posts = Table(
    "alert_posts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("format", Text, nullable=False),
    Column("monitor", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    _moment("received_at", nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
)

alerts = Table(
    "alerts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("monitor", Text, nullable=False),
    Column("dedup_key", Text, nullable=False),
    Column("episode", Text, nullable=False),
    Column("group_key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("severity", Text),
    Column("service", Text),
    Column("customer_id", Uuid),
    Column("environment_id", Uuid),
    Column("ticket_id", Uuid),
    _moment("started_at", nullable=False),
    _moment("ended_at"),
    Column("sequence", BigInteger, nullable=False),
)
