-- What waits for somebody, found without looking through what does not.

CREATE INDEX ix_deliveries_in_review ON deliveries (requested_at, id)
    WHERE state IN ('in_review', 'approved');
CREATE INDEX ix_emergency_changes_unapplied ON emergency_changes (id)
    WHERE state IN ('requested', 'authorized');
CREATE INDEX ix_environments_in_debt ON environments (debt_change_id) WHERE debt_change_id IS NOT NULL;
CREATE INDEX ix_follow_ups_open ON follow_ups (id) WHERE state = 'open';
CREATE INDEX ix_follow_ups_closed ON follow_ups (id) WHERE state = 'closed';
