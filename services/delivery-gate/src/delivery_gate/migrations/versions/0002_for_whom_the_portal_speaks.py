"""Contacts, for whom the portal may speak here, too (docs/decisions/0622)."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCRIPT = (
    """
    CREATE TABLE contacts (
        id uuid NOT NULL,
        customer text NOT NULL,
        address_digest text,
        heard bigint NOT NULL,
        CONSTRAINT pk_contacts PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_contacts_address ON contacts (address_digest)
        WHERE address_digest IS NOT NULL
    """,
    "COMMENT ON TABLE contacts IS 'For whom the portal may speak: no name, no address.'",
    "COMMENT ON COLUMN contacts.heard IS 'Sequence of the last word about the contact.'",
)


def upgrade() -> None:
    for statement in SCRIPT:
        op.execute(statement)
