-- What a delivery must show, in versions, and the first of them.

CREATE TABLE criteria (
    version integer NOT NULL,
    body jsonb NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT pk_criteria PRIMARY KEY (version)
);

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
