-- What waits for somebody, found without looking through what does not.

CREATE INDEX ix_agreement_versions_to_sign ON agreement_versions (agreement_id)
    WHERE state IN ('proposed', 'agreed');
CREATE INDEX ix_agreement_versions_declined ON agreement_versions (drafted_by)
    WHERE declined_at IS NOT NULL;
CREATE INDEX ix_agreements_to_terminate ON agreements (id)
    WHERE termination_requested_by IS NOT NULL AND ended_at IS NULL;
CREATE INDEX ix_outage_corrections_undecided ON outage_corrections (outage_id)
    WHERE state = 'requested';
CREATE INDEX ix_maintenance_windows_to_agree ON maintenance_windows (starts_at)
    WHERE agreed_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX ix_action_items_owner ON action_items (owner) WHERE state = 'open';
CREATE INDEX ix_action_items_to_verify ON action_items (id) WHERE state = 'done';
