-- What waits for somebody, found without looking through what does not (with second_eyes.sql).

CREATE INDEX ix_tickets_to_unmerge ON tickets (unmerge_requested_at, id)
    WHERE unmerge_requested_by IS NOT NULL;
CREATE INDEX ix_tickets_open_changes ON tickets (id)
    WHERE kind = 'change_request' AND state NOT IN ('closed', 'merged');
CREATE INDEX ix_tickets_contact_open ON tickets (contact_id)
    WHERE state IN ('new', 'in_progress', 'on_hold', 'forwarded', 'reopened');
CREATE INDEX ix_hand_overs_dm ON hand_overs (ticket_id)
    WHERE acknowledge_by IS NOT NULL AND dm_acknowledged_by IS NULL AND returned_at IS NULL
    AND ended_at IS NULL;
CREATE INDEX ix_hand_overs_po ON hand_overs (ticket_id)
    WHERE acknowledge_by IS NOT NULL AND po_acknowledged_by IS NULL AND returned_at IS NULL
    AND ended_at IS NULL;
CREATE INDEX ix_hand_overs_to_check ON hand_overs (ticket_id) WHERE fixed AND fix_works IS NULL
    AND ended_at IS NULL;
CREATE INDEX ix_problems_fix_requested ON problems (ticket_id) WHERE state = 'fix_requested';
CREATE INDEX ix_problems_to_give_up ON problems (ticket_id)
    WHERE given_up_at IS NOT NULL AND given_up_confirmed_at IS NULL;
CREATE INDEX ix_access_requests_undecided ON access_requests (id) WHERE decision IS NULL;
CREATE INDEX ix_access_requests_to_grant ON access_requests (id)
    WHERE decision = 'approved' AND granted_at IS NULL;
CREATE INDEX ix_article_versions_unpublished ON article_versions (article_id, version)
    WHERE published_at IS NULL;
CREATE INDEX ix_notices_proposed ON notices (id) WHERE state = 'proposed';
CREATE INDEX ix_customer_escalations_unanswered ON customer_escalations (due_at)
    WHERE answered_at IS NULL;
CREATE INDEX ix_linked_conflicts_open ON linked_conflicts (id) WHERE decision IS NULL;
CREATE INDEX ix_contacts_unconfirmed ON contacts (registered_at)
    WHERE registered_by IS NOT NULL AND confirmed_by IS NULL AND NOT retired AND NOT erased;
CREATE INDEX ix_customers_to_end ON customers (end_asked_at)
    WHERE end_asked_by IS NOT NULL AND NOT retired;
CREATE INDEX ix_environments_to_end ON environments (end_asked_at)
    WHERE end_asked_by IS NOT NULL AND NOT retired;
CREATE INDEX ix_people_pending ON people (pending_at) WHERE pending_by IS NOT NULL;
CREATE INDEX ix_contact_erasures_unconfirmed ON contact_erasures (contact_id)
    WHERE confirmed_by IS NULL;
CREATE INDEX ix_mails_held_back ON mails (received_at)
    WHERE outcome = 'ignored' AND ticket_id IS NULL AND set_aside_by IS NULL
        AND raw_deleted_at IS NULL AND next_step IS NULL;
