-- What a delivery must show, in versions, and the first of them.

CREATE TABLE criteria (
    version integer NOT NULL,
    body jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_criteria PRIMARY KEY (version)
);

INSERT INTO criteria (version, body, created_by, created_at) VALUES (1, '
{
  "requirements": {
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
  "strictest_tier": "production",
  "approver_roles": [
    "ops",
    "tom"
  ],
  "max_check_age_seconds": 2592000,
  "approval_timeout_seconds": 2592000
}
', 'opsdesk', statement_timestamp());
