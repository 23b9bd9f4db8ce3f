"""What is heard of every ticket is kept: a clock that starts later than its ticket hears it (C6)."""

from alembic import op

revision = "0013"
down_revision = "0015"  # which was there first
branch_labels = None
depends_on = None

KEPT = (
    """
    ALTER TABLE early_inputs
        ADD COLUMN contract text CHECK (contract IN ('sla', 'ola', 'uc'))
    """,
    """
    COMMENT ON TABLE early_inputs IS
        'What was heard of tickets: for clocks that start after their triage, or when what is
        promised for them changes.'
    """,
    "COMMENT ON COLUMN early_inputs.contract IS 'Whose clocks it speaks to; null: all of them.'",
)

BACKFILL = """
INSERT INTO early_inputs (ticket_id, ordinal, kind, at, forwarded_to, partner, contract)
SELECT ticket_id,
    row_number() OVER (PARTITION BY ticket_id ORDER BY at, kind = 'forwarded', first, kind),
    kind, at, forwarded_to, partner, contract
FROM (
    SELECT clock.ticket_id, heard.kind, heard.at, min(heard.ordinal) AS first,
        NULL AS forwarded_to, NULL AS partner,
        CASE WHEN heard.kind = 'answered' THEN clock.contract END AS contract
    FROM clock_inputs heard JOIN clocks clock ON clock.id = heard.clock_id
    WHERE heard.kind IN ('on_hold', 'resumed', 'customer_replied', 'replied', 'answered',
        'handed_back', 'workaround_provided', 'resolved', 'reopened')
    GROUP BY 1, 2, 3, 5, 6, 7
    UNION ALL
    SELECT DISTINCT clock.ticket_id, 'forwarded', heard.at, 1,
        CASE clock.contract WHEN 'ola' THEN 'second_level' ELSE 'partner' END, clock.partner, NULL
    FROM clock_inputs heard JOIN clocks clock ON clock.id = heard.clock_id
    WHERE clock.forwarding > 0 AND heard.ordinal = 1
) AS known
WHERE NOT EXISTS (SELECT FROM early_inputs kept WHERE kept.ticket_id = known.ticket_id)
"""
"""Of tickets that are there already: as much of it as any of their clocks was told."""


def upgrade() -> None:
    for statement in (*KEPT, BACKFILL):
        op.execute(statement)
