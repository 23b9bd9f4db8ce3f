"""Clocks of every contract: what partners and second level promised runs beside the customer's."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CLOCKS = """
ALTER TABLE clocks
    ADD COLUMN contract text NOT NULL DEFAULT 'sla' CHECK (contract IN ('sla', 'ola', 'uc')),
    ADD COLUMN forwarding smallint NOT NULL DEFAULT 0 CHECK (forwarding >= 0),
    ADD COLUMN partner text,
    ADD COLUMN agreement_version uuid REFERENCES agreement_versions,
    ADD COLUMN agreement text,
    ADD CHECK ((contract = 'sla') = (forwarding = 0)),
    ADD CHECK ((contract = 'sla') = (agreement_version IS NULL)),
    ADD CHECK ((contract = 'uc') = (partner IS NOT NULL));
ALTER TABLE clocks DROP CONSTRAINT clocks_ticket_id_metric_key;
ALTER TABLE clocks ADD UNIQUE (ticket_id, forwarding, metric);
CREATE INDEX ix_clocks_agreement_version ON clocks (agreement_version)
    WHERE agreement_version IS NOT NULL;
COMMENT ON COLUMN clocks.forwarding IS
    'Which forwarding of the ticket it belongs to, from 1; 0: what the customer was promised.';
COMMENT ON COLUMN clocks.agreement_version IS
    'Of a partner''s or second level''s clock; else that of the ticket holds.';
-- Ended clocks are hardly touched again: a fifth of each page kept free was a hundred bytes a clock.
ALTER TABLE clocks SET (fillfactor = 90);
ALTER TABLE early_inputs
    ADD COLUMN forwarded_to text CHECK (forwarded_to IN ('second_level', 'partner')),
    ADD COLUMN partner text,
    ADD CHECK ((kind = 'forwarded') = (forwarded_to IS NOT NULL));
"""

QUEUES = """
DROP INDEX ix_clocks_customer, ix_clocks_queue;
CREATE INDEX ix_clocks_queue ON clocks (deadline) WHERE state IN ('running', 'paused');
CREATE INDEX ix_clocks_queue_of ON clocks (customer_id, deadline)
    WHERE state IN ('running', 'paused');
CREATE INDEX ix_clocks_paused ON clocks (deadline, id) WHERE state = 'paused';
CREATE INDEX ix_clocks_paused_of ON clocks (customer_id, deadline, id) WHERE state = 'paused';
CREATE INDEX ix_clocks_past ON clocks (state, deadline, id)
    WHERE state NOT IN ('running', 'paused');
CREATE INDEX ix_clocks_past_of ON clocks (customer_id, state, deadline, id)
    WHERE state NOT IN ('running', 'paused');
CREATE INDEX ix_clocks_behind ON clocks (contract, deadline, id)
    WHERE contract <> 'sla' AND state IN ('running', 'paused');
COMMENT ON INDEX ix_clocks_queue IS
    'Without the id: clocks that break at one instant are few, and sorted when they are read.';
COMMENT ON INDEX ix_clocks_paused IS
    'Those that wait have no deadline and stand behind all that run: they need a queue of their own.';
"""

CONTACTS = """
CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    customer text NOT NULL,
    address_digest text,
    sequence bigint NOT NULL
);
CREATE INDEX ix_contacts_address ON contacts (address_digest) WHERE address_digest IS NOT NULL;
COMMENT ON TABLE contacts IS 'For whom the portal may speak: no name, no address.';
"""


def upgrade() -> None:
    for script in (CLOCKS, QUEUES, CONTACTS):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
