"""The life of agreements: whom and what they cover, who stands for them, and how they end."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PARTIES = """
ALTER TABLE agreements
    ALTER COLUMN customer_id DROP NOT NULL,
    ADD COLUMN partner text,
    ADD COLUMN team text,
    ADD COLUMN ending_asked_by text,
    ADD COLUMN ending_asked_at timestamptz,
    ADD COLUMN ending_reason text,
    ADD COLUMN ended_by text,
    ADD COLUMN ended_at timestamptz,
    ADD CHECK (customer_id IS NOT NULL OR contract <> 'sla'),
    ADD CHECK (partner IS NULL OR contract = 'uc'),
    ADD CHECK (team IS NULL OR contract = 'ola'),
    ADD CHECK ((ending_asked_by IS NULL) = (ending_asked_at IS NULL)),
    ADD CHECK ((ending_asked_by IS NULL) = (ending_reason IS NULL)),
    ADD CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    ADD CHECK (ended_by IS NULL OR ending_asked_by IS NOT NULL),
    ADD CHECK (ending_asked_by <> ended_by);
COMMENT ON COLUMN agreements.ended_by IS
    'Deactivated by another person than the one who asked: it cancels open clocks (C10).';
"""

VERSIONS = """
ALTER TABLE agreement_versions
    ADD COLUMN services text[] NOT NULL DEFAULT '{}',
    ADD COLUMN customers uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN state text NOT NULL DEFAULT 'draft' CHECK (state IN
        ('draft', 'proposed', 'agreed', 'published', 'superseded', 'withdrawn')),
    ADD COLUMN customer_signs boolean NOT NULL DEFAULT false,
    ADD COLUMN supersedes int,
    ADD COLUMN approved_by text,
    ADD COLUMN approved_at timestamptz,
    ADD COLUMN countersigned_by text,
    ADD COLUMN countersigned_at timestamptz,
    ADD COLUMN cover jsonb;
UPDATE agreement_versions v SET customers = ARRAY[a.customer_id]
FROM agreements a WHERE a.id = v.agreement_id;
UPDATE agreement_versions SET services = ARRAY[service] WHERE service IS NOT NULL;
UPDATE agreement_versions SET state = 'published',
    approved_by = drafted_by, approved_at = drafted_at,
    countersigned_by = published_by, countersigned_at = published_at
WHERE published_at IS NOT NULL;
WITH later AS (
    SELECT v.id, min(next.valid_from) AS begins FROM agreement_versions v
    JOIN agreement_versions next ON next.agreement_id = v.agreement_id
        AND next.version > v.version AND next.published_at IS NOT NULL
    WHERE v.published_at IS NOT NULL GROUP BY v.id)
UPDATE agreement_versions v SET state = 'superseded',
    valid_until = LEAST(v.valid_until, later.begins)
FROM later WHERE later.id = v.id AND v.valid_from < later.begins;
WITH later AS (
    SELECT v.id, min(next.valid_from) AS begins FROM agreement_versions v
    JOIN agreement_versions next ON next.agreement_id = v.agreement_id
        AND next.version > v.version AND next.published_at IS NOT NULL
    WHERE v.state = 'published' GROUP BY v.id)
UPDATE agreement_versions v SET state = 'withdrawn', published_by = NULL, published_at = NULL
FROM later WHERE later.id = v.id AND v.valid_from >= later.begins;
ALTER TABLE agreement_versions
    ADD CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    ADD CHECK ((countersigned_by IS NULL) = (countersigned_at IS NULL)),
    ADD CHECK (approved_by <> countersigned_by),
    ADD CHECK (state IN ('draft', 'proposed', 'withdrawn')
        OR (approved_by IS NOT NULL AND countersigned_by IS NOT NULL)),
    ADD CHECK (state NOT IN ('published', 'superseded') OR published_by IS NOT NULL),
    ADD CHECK (supersedes < version),
    ADD EXCLUDE USING gist (
        int8range(uuid_hash_extended(agreement_id, 0), uuid_hash_extended(agreement_id, 0), '[]')
            WITH &&,
        tstzrange(valid_from, valid_until) WITH &&
    ) WHERE (state IN ('published', 'superseded'));
CREATE INDEX ix_agreement_versions_customers ON agreement_versions USING gin (customers)
    WHERE published_at IS NOT NULL;
CREATE INDEX ix_tickets_agreement_version ON tickets (agreement_version, id);
COMMENT ON COLUMN agreement_versions.services IS 'By key; none named: all services.';
COMMENT ON COLUMN agreement_versions.service IS 'Of the release before; see services.';
COMMENT ON COLUMN agreement_versions.customers IS
    'All whom it covers; none named: everybody (ola and uc alone).';
COMMENT ON COLUMN agreement_versions.countersigned_by IS
    'For the other side: a contact of the customer, or the second of our own people.';
COMMENT ON COLUMN agreement_versions.cover IS
    'The calendars with their dated cover extensions, by priority; null without any.';
CREATE TABLE agreement_comments (
    id uuid PRIMARY KEY,
    version_id uuid NOT NULL REFERENCES agreement_versions,
    created_by text NOT NULL,
    side text NOT NULL CHECK (side IN ('own', 'counterparty')),
    created_at timestamptz NOT NULL,
    comment text NOT NULL
);
CREATE INDEX ix_agreement_comments_version ON agreement_comments (version_id, id);
REVOKE UPDATE, DELETE, TRUNCATE ON agreement_comments FROM opsdesk_sla;
"""

CHANGES = """
CREATE TABLE cover_extensions (
    id uuid PRIMARY KEY,
    agreement_id uuid NOT NULL REFERENCES agreements,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    priorities text[] NOT NULL,
    reason text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_cover_extensions_agreement ON cover_extensions (agreement_id, starts_at, id);
COMMENT ON TABLE cover_extensions IS 'Extra hours around a go-live or milestone; clocks follow them.';
CREATE TABLE clock_sweeps (
    id uuid PRIMARY KEY,
    agreement_id uuid NOT NULL REFERENCES agreements,
    kind text NOT NULL CHECK (kind IN ('cancel', 'move', 'extend')),
    version_id uuid REFERENCES agreement_versions,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    confirmed_by text,
    looks int NOT NULL DEFAULT 0,
    changed int NOT NULL DEFAULT 0,
    done_at timestamptz,
    CHECK (kind <> 'move' OR version_id IS NOT NULL),
    CHECK (kind = 'extend' OR confirmed_by IS NOT NULL),
    CHECK (decided_by <> confirmed_by)
);
CREATE INDEX ix_clock_sweeps_agreement ON clock_sweeps (agreement_id, id);
COMMENT ON TABLE clock_sweeps IS
    'A change of all open clocks of an agreement, carried out in batches by the timers.';
COMMENT ON COLUMN clock_sweeps.confirmed_by IS
    'Who published the version that clocks move to, or asked for the end: another person (R1).';
CREATE TABLE clock_sweep_items (
    sweep_id uuid NOT NULL REFERENCES clock_sweeps,
    clock_id uuid NOT NULL REFERENCES clocks,
    PRIMARY KEY (sweep_id, clock_id)
);
COMMENT ON TABLE clock_sweep_items IS 'The clocks that a sweep has found and not changed yet.';
"""


def upgrade() -> None:
    for script in (PARTIES, VERSIONS, CHANGES):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
