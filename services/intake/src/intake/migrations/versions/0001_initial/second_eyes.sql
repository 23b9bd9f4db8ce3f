-- What waits for a second person, by how long it has waited.

CREATE INDEX ix_tickets_to_verify ON tickets (resolved_at, id) WHERE state = 'resolved';
CREATE INDEX ix_tickets_to_lower ON tickets (downgrade_requested_at, id)
    WHERE downgrade_requested_by IS NOT NULL;
CREATE INDEX ix_tickets_to_reclassify ON tickets (reclassification_requested_at, id)
    WHERE reclassification_requested_by IS NOT NULL;
CREATE INDEX ix_tickets_detection_to_confirm ON tickets (detection_requested_at, id)
    WHERE detection_requested_by IS NOT NULL;
CREATE INDEX ix_tickets_unconfirmed_blocker ON tickets (opened_at, id)
    WHERE priority = 'blocker' AND blocker_confirmed_by IS NULL;
