"""The gate's tables. Four eyes, and that nothing unversioned is delivered, are constraints too."""

from alembic import op

from common.persistence import base_schema
from delivery_gate.migrations.deliveries_v1 import DELIVERIES, OBLIGATIONS

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
    base_schema.create_v1(op, "delivery_gate")
    for script in (VERSIONS, PLACES, DELIVERIES, OBLIGATIONS, KEYS, APPEND_ONLY, FIRST_CRITERIA):
        for statement in script.split(";\n"):
            if statement.strip():
                # Plain SQL: a colon in a JSON literal is no parameter.
                op.get_bind().exec_driver_sql(statement)
