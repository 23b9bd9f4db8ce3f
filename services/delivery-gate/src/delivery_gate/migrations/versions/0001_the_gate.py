"""The gate's tables. Four eyes, and that nothing unversioned is delivered, are constraints too."""

from alembic import op

from common import ground

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

VERSIONS = """
CREATE TABLE products (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    versions integer NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (id),
    CONSTRAINT uq_products_key UNIQUE (key)
);
CREATE TABLE versions (
    id uuid NOT NULL,
    product text NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    contains uuid[] NOT NULL,
    ordinal integer NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL,
    CONSTRAINT pk_versions PRIMARY KEY (id),
    CONSTRAINT uq_versions_product_name UNIQUE (product, name),
    CONSTRAINT uq_versions_product_ordinal UNIQUE (product, ordinal),
    CONSTRAINT ck_versions_digest CHECK (digest ~ '^sha256:[0-9a-f]{64}$'),
    CONSTRAINT fk_versions_product FOREIGN KEY (product) REFERENCES products (key)
);
CREATE INDEX ix_versions_digest ON versions (product, digest);
CREATE INDEX ix_versions_registered_at ON versions (registered_at, id);
CREATE TABLE checks (
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    version_id uuid NOT NULL,
    product text NOT NULL,
    digest text NOT NULL,
    kind text NOT NULL,
    result text NOT NULL,
    at timestamptz NOT NULL,
    evidence text,
    reported_by text NOT NULL,
    CONSTRAINT pk_checks PRIMARY KEY (id),
    CONSTRAINT ck_checks_result CHECK (result IN ('passed', 'failed', 'error')),
    CONSTRAINT fk_checks_version_id FOREIGN KEY (version_id) REFERENCES versions (id)
);
CREATE INDEX ix_checks_digest ON checks (product, digest, kind, at, position);
CREATE TABLE criteria (
    version integer NOT NULL,
    body jsonb NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT pk_criteria PRIMARY KEY (version)
);
"""

PLACES = """
CREATE TABLE environments (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    customer_id uuid NOT NULL,
    customer text NOT NULL,
    tier text NOT NULL,
    name text NOT NULL,
    retired boolean NOT NULL,
    debt_change_id uuid,
    debt_change text,
    debt_since timestamptz,
    debt_due_at timestamptz,
    debt_overdue_since timestamptz,
    drift_product text,
    drift_digest text,
    drift_since timestamptz,
    CONSTRAINT pk_environments PRIMARY KEY (id),
    CONSTRAINT ck_environments_debt_is_whole
        CHECK (num_nonnulls(debt_change_id, debt_change, debt_since, debt_due_at) IN (0, 4)),
    CONSTRAINT uq_environments_key UNIQUE (key)
);
CREATE TABLE running (
    environment_id uuid NOT NULL,
    product text NOT NULL,
    digest text NOT NULL,
    CONSTRAINT pk_running PRIMARY KEY (environment_id, product),
    CONSTRAINT fk_running_environment_id FOREIGN KEY (environment_id)
        REFERENCES environments (id)
);
CREATE TABLE blockers (
    ticket_id uuid NOT NULL,
    ticket text NOT NULL,
    environment_id uuid,
    environment text,
    state text NOT NULL,
    CONSTRAINT pk_blockers PRIMARY KEY (ticket_id),
    CONSTRAINT ck_blockers_state CHECK (state IN ('open', 'lowered', 'closed'))
);
CREATE INDEX ix_blockers_open ON blockers (environment_id) WHERE state = 'open';
"""

DELIVERIES = """
CREATE TABLE deliveries (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    product text NOT NULL,
    version text,
    wanted_digest text,
    version_id uuid,
    digest text,
    environment_id uuid NOT NULL,
    environment text NOT NULL,
    customer text NOT NULL,
    tier text NOT NULL,
    lifecycle text NOT NULL,
    readiness jsonb NOT NULL,
    attempt integer NOT NULL,
    counted boolean NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    state text NOT NULL,
    started_by text,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT pk_deliveries PRIMARY KEY (id),
    CONSTRAINT uq_deliveries_id_requested_by UNIQUE (id, requested_by),
    CONSTRAINT ck_deliveries_state
        CHECK (state IN ('evaluating', 'in_review', 'approved', 'delivering', 'verifying',
            'delivered', 'refused', 'rolled_back', 'superseded', 'withdrawn', 'expired')),
    CONSTRAINT ck_deliveries_nothing_unversioned
        CHECK (state NOT IN ('approved', 'delivering', 'verifying', 'delivered') OR (version_id
            IS NOT NULL AND digest IS NOT NULL)),
    CONSTRAINT uq_deliveries_key UNIQUE (key),
    CONSTRAINT fk_deliveries_product FOREIGN KEY (product) REFERENCES products (key),
    CONSTRAINT fk_deliveries_version_id FOREIGN KEY (version_id) REFERENCES versions (id),
    CONSTRAINT fk_deliveries_environment_id FOREIGN KEY (environment_id)
        REFERENCES environments (id)
);
CREATE INDEX ix_deliveries_deferred ON deliveries (product, digest) WHERE state = 'evaluating';
CREATE INDEX ix_deliveries_requested_at ON deliveries (requested_at, id);
CREATE INDEX ix_deliveries_delivered ON deliveries (product, digest) WHERE state = 'delivered';
CREATE INDEX ix_deliveries_waiting ON deliveries (environment_id)
    WHERE state IN ('evaluating', 'in_review', 'approved');
CREATE UNIQUE INDEX uq_deliveries_attempt ON deliveries (environment_id, product, version, attempt)
    WHERE counted;
CREATE UNIQUE INDEX uq_deliveries_one_runs ON deliveries (environment_id)
    WHERE state IN ('delivering', 'verifying');
CREATE TABLE approvals (
    delivery_id uuid NOT NULL,
    approved_by text NOT NULL,
    criteria_version integer NOT NULL,
    requested_by text NOT NULL,
    digest text NOT NULL,
    environment text NOT NULL,
    attempt integer NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_approvals PRIMARY KEY (delivery_id, approved_by, criteria_version),
    CONSTRAINT fk_approvals_delivery_id_requested_by FOREIGN KEY (delivery_id, requested_by)
        REFERENCES deliveries (id, requested_by),
    CONSTRAINT ck_approvals_four_eyes CHECK (approved_by <> requested_by)
);
CREATE TABLE verdicts (
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    delivery_id uuid NOT NULL,
    customer text NOT NULL,
    outcome text NOT NULL,
    reasons jsonb NOT NULL,
    follow_ups jsonb NOT NULL,
    criteria_version integer NOT NULL,
    spoken_by text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_verdicts PRIMARY KEY (id),
    CONSTRAINT ck_verdicts_outcome CHECK (outcome IN ('accepted', 'refused', 'deferred')),
    CONSTRAINT ck_verdicts_no_bare_refusal
        CHECK (outcome <> 'refused' OR (reasons <> '[]' AND follow_ups <> '[]')),
    CONSTRAINT uq_verdicts_position UNIQUE (position),
    CONSTRAINT fk_verdicts_delivery_id FOREIGN KEY (delivery_id) REFERENCES deliveries (id)
);
CREATE INDEX ix_verdicts_delivery_id ON verdicts (delivery_id);
CREATE INDEX ix_verdicts_refused ON verdicts (position) WHERE outcome = 'refused';
"""

OBLIGATIONS = """
CREATE TABLE follow_ups (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    demand text NOT NULL,
    delivery_id uuid,
    environment_id uuid NOT NULL,
    environment text NOT NULL,
    held_product text,
    held_version text,
    held_digest text,
    opened_at timestamptz NOT NULL,
    state text NOT NULL,
    evidence text,
    closed_by text,
    closed_at timestamptz,
    confirmed_by text,
    confirmed_at timestamptz,
    CONSTRAINT pk_follow_ups PRIMARY KEY (id),
    CONSTRAINT ck_follow_ups_kind CHECK (kind IN ('documentation', 'investigation', 'retest')),
    CONSTRAINT ck_follow_ups_state CHECK (state IN ('open', 'closed', 'confirmed')),
    CONSTRAINT ck_follow_ups_four_eyes CHECK (confirmed_by <> closed_by),
    CONSTRAINT ck_follow_ups_evidence
        CHECK (state = 'open' OR num_nonnulls(evidence, closed_by, closed_at) = 3),
    CONSTRAINT ck_follow_ups_confirmed
        CHECK ((state = 'confirmed') = (confirmed_by IS NOT NULL AND confirmed_at IS NOT NULL)),
    CONSTRAINT uq_follow_ups_key UNIQUE (key),
    CONSTRAINT fk_follow_ups_delivery_id FOREIGN KEY (delivery_id) REFERENCES deliveries (id),
    CONSTRAINT fk_follow_ups_environment_id FOREIGN KEY (environment_id)
        REFERENCES environments (id)
);
CREATE INDEX ix_follow_ups_delivery_id ON follow_ups (delivery_id);
CREATE INDEX ix_follow_ups_opened_at ON follow_ups (opened_at, id);
CREATE INDEX ix_follow_ups_holding ON follow_ups (held_product) WHERE state IN ('open', 'closed');
CREATE TABLE emergency_changes (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    environment_id uuid NOT NULL,
    environment text NOT NULL,
    customer text NOT NULL,
    ticket_id uuid NOT NULL,
    ticket text NOT NULL,
    what text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    state text NOT NULL,
    authorized_by text,
    authorized_at timestamptz,
    applied_by text,
    applied_at timestamptz,
    settled_by uuid,
    settled_at timestamptz,
    revoked_at timestamptz,
    revoked_why text,
    CONSTRAINT pk_emergency_changes PRIMARY KEY (id),
    CONSTRAINT ck_emergency_changes_state
        CHECK (state IN ('requested', 'authorized', 'applied', 'settled', 'revoked')),
    CONSTRAINT ck_emergency_changes_four_eyes CHECK (authorized_by <> requested_by),
    CONSTRAINT ck_emergency_changes_authorized
        CHECK (state NOT IN ('authorized', 'applied', 'settled') OR authorized_by IS NOT NULL),
    CONSTRAINT ck_emergency_changes_applied
        CHECK (state NOT IN ('applied', 'settled') OR applied_by IS NOT NULL),
    CONSTRAINT uq_emergency_changes_key UNIQUE (key),
    CONSTRAINT fk_emergency_changes_environment_id FOREIGN KEY (environment_id)
        REFERENCES environments (id),
    CONSTRAINT fk_emergency_changes_settled_by FOREIGN KEY (settled_by)
        REFERENCES deliveries (id)
);
CREATE UNIQUE INDEX uq_emergency_changes_one_open ON emergency_changes (environment_id)
    WHERE state IN ('requested', 'authorized', 'applied');
"""

KEYS = """
CREATE SEQUENCE delivery_numbers START 1001;
CREATE SEQUENCE follow_up_numbers START 1001;
CREATE SEQUENCE emergency_numbers START 1001;
"""

APPEND_ONLY = """
REVOKE UPDATE, DELETE, TRUNCATE ON versions, checks, verdicts, approvals FROM opsdesk_delivery_gate;
"""

FIRST_CRITERIA = """
INSERT INTO criteria (version, body, made_by, made_at) VALUES (1, '
{
  "demands": {
    "production": {
      "checks": [
        "regression_test",
        "vulnerability_scan"
      ],
      "readiness": [
        "customer_communication",
        "rollback_plan",
        "stakeholder_approvals",
        "documentation",
        "knowledge_session"
      ],
      "approvals": 2,
      "promotion": {
        "standard": [
          "staging"
        ],
        "hotfix": []
      }
    },
    "staging": {
      "checks": [
        "regression_test"
      ],
      "readiness": [],
      "approvals": 1,
      "promotion": {
        "standard": [],
        "hotfix": []
      }
    }
  },
  "strictest": "production",
  "approver_roles": [
    "ops",
    "tom"
  ],
  "check_age_seconds": 2592000,
  "patience_seconds": 2592000
}
', 'opsdesk', statement_timestamp());
"""


def upgrade() -> None:
    ground.create_v1(op, "delivery_gate")
    for script in (VERSIONS, PLACES, DELIVERIES, OBLIGATIONS, KEYS, APPEND_ONLY, FIRST_CRITERIA):
        for statement in script.split(";\n"):
            if statement.strip():
                # Plain SQL: a colon in a JSON literal is no parameter.
                op.get_bind().exec_driver_sql(statement)
