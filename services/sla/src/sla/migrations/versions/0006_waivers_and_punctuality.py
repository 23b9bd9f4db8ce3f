"""Waivers and punctuality."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WAIVERS: tuple[str, ...] = (
    "ALTER TABLE waivers ALTER COLUMN clock_id DROP NOT NULL",
    """
    ALTER TABLE waivers
        ADD COLUMN customer_id uuid REFERENCES customers,
        ADD COLUMN customer text,
        ADD COLUMN service text,
        ADD COLUMN starts_at timestamptz,
        ADD COLUMN ends_at timestamptz,
        ADD COLUMN reminded_at timestamptz,
        ADD COLUMN ended_by text,
        ADD COLUMN ended_at timestamptz,
        ADD COLUMN ending text
    """,
    """
    UPDATE waivers SET customer_id = clocks.customer_id, customer = customers.key
    FROM clocks JOIN customers ON customers.id = clocks.customer_id
    WHERE clocks.id = waivers.clock_id
    """,
    "ALTER TABLE waivers DROP CONSTRAINT waivers_state_check, DROP CONSTRAINT waivers_check1",
    """
    ALTER TABLE waivers
        ADD CONSTRAINT ck_waivers_state CHECK (state IN
            ('requested', 'approved', 'refused', 'withdrawn', 'revoked', 'expired')),
        ADD CONSTRAINT ck_waivers_decided CHECK (CASE
            WHEN state IN ('requested', 'withdrawn') THEN decided_by IS NULL
            WHEN state IN ('approved', 'refused', 'revoked') THEN decided_by IS NOT NULL
            ELSE true END),
        ADD CONSTRAINT ck_waivers_scope CHECK (
            (clock_id IS NULL) = (starts_at IS NOT NULL)
            AND (starts_at IS NULL) = (ends_at IS NULL)
            AND (clock_id IS NOT NULL OR customer_id IS NOT NULL)
            AND (ends_at > starts_at)),
        ADD CONSTRAINT ck_waivers_ended CHECK (
            (state IN ('withdrawn', 'revoked')) = (ended_by IS NOT NULL)
            AND (ended_by IS NULL) = (ended_at IS NULL)
            AND (state <> 'withdrawn' OR ended_by = requested_by))
    """,
    "COMMENT ON COLUMN waivers.starts_at IS 'Of a period: which breaches it is about, with ends_at.'",
    """
    CREATE INDEX ix_waivers_standing ON waivers (customer_id, ends_at)
        WHERE clock_id IS NULL AND decided_at IS NOT NULL
    """,
    "CREATE INDEX ix_waivers_list ON waivers (requested_at, id)",
    "CREATE INDEX ix_waivers_customer ON waivers (customer_id, requested_at, id)",
    "CREATE INDEX ix_waivers_open ON waivers (requested_at, id) WHERE state = 'requested'",
)

PUNCTUALITY: tuple[str, ...] = (
    "CREATE INDEX ix_clock_inputs_fired ON clock_inputs (known_at) WHERE kind = 'fired'",
    "CREATE INDEX ix_firings_fired_at ON firings USING brin (fired_at) WITH (autosummarize = on)",
    """
    CREATE TABLE beats (
        run uuid NOT NULL,
        at timestamptz NOT NULL,
        since timestamptz CHECK (since <= at),
        looks int NOT NULL,
        longest interval NOT NULL,
        PRIMARY KEY (run, at)
    )
    """,
    "CREATE INDEX ix_beats_at ON beats (at)",
    """
    COMMENT ON TABLE beats IS
        'A row a minute from each replica whose timers are alive: from since (null: its first) to at.'
    """,
    "COMMENT ON COLUMN beats.longest IS 'The longest real time between two looks at what is due.'",
    """
    CREATE TABLE punctuality_seals (
        number bigint PRIMARY KEY,
        day date NOT NULL,
        closes boolean NOT NULL,
        sealed_at timestamptz NOT NULL,
        size int NOT NULL,
        leaves bytea NOT NULL CHECK (length(leaves) = 32 * size),
        previous bytea NOT NULL,
        chain bytea NOT NULL,
        until_at timestamptz NOT NULL,
        until_name text NOT NULL
    )
    """,
    "CREATE INDEX ix_punctuality_seals_day ON punctuality_seals (day, number)",
    """
    COMMENT ON TABLE punctuality_seals IS
        'A hash chain over each day''s firings and beats; how, stands in sla/punctuality/domain/verifier.py.'
    """,
    """
    CREATE TABLE punctuality_horizon (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        noted_at timestamptz,
        xid bigint,
        cluster bigint
    )
    """,
    "INSERT INTO punctuality_horizon DEFAULT VALUES",
    """
    COMMENT ON COLUMN punctuality_horizon.xid IS
        'Transactions from this one on began after noted_at; once the earlier ones have ended, nothing
        from before noted_at can appear any more.'
    """,
    "REVOKE UPDATE, DELETE, TRUNCATE ON beats, punctuality_seals FROM opsdesk_sla",
)


def upgrade() -> None:
    for statement in (*WAIVERS, *PUNCTUALITY):
        op.execute(statement)
