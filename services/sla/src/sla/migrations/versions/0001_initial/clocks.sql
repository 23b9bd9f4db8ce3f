-- Clocks of every contract: promises to customers, and those of partners and second level to us.

-- Ended clocks hardly change, so pages are filled. Index-only scans of open clocks need pages that were
-- vacuumed since their last change, so vacuum runs often.
CREATE TABLE clocks (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    customer_id uuid NOT NULL,
    sequence bigint NOT NULL,
    ordinal int NOT NULL,
    forwarding smallint NOT NULL DEFAULT 0 CHECK (forwarding >= 0),
    contract text NOT NULL DEFAULT 'sla' CHECK (contract IN ('sla', 'ola', 'uc')),
    partner text,
    agreement_version uuid REFERENCES agreement_versions,
    agreement text,
    service text,
    metric text NOT NULL,
    state text NOT NULL,
    deadline timestamptz,
    breached_at timestamptz,
    breached boolean NOT NULL GENERATED ALWAYS AS (breached_at IS NOT NULL) STORED,
    outcome text CHECK (outcome IN ('met', 'breached', 'waived')),
    outcome_at timestamptz,
    stopped_at timestamptz,
    elapsed_seconds bigint,
    next_at timestamptz,
    state_json text NOT NULL,
    UNIQUE (ticket_id, forwarding, metric),
    CONSTRAINT ck_clocks_outcome_at CHECK ((outcome IS NULL) = (outcome_at IS NULL)),
    CONSTRAINT ck_clocks_forwarding CHECK ((contract = 'sla') = (forwarding = 0)),
    CONSTRAINT ck_clocks_agreement_version
        CHECK ((contract = 'sla') = (agreement_version IS NULL)),
    CONSTRAINT ck_clocks_partner CHECK ((contract = 'uc') = (partner IS NOT NULL))
) WITH (fillfactor = 97, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02);
CREATE INDEX ix_clocks_queue ON clocks (deadline) WHERE state IN ('running', 'paused');
CREATE INDEX ix_clocks_queue_of ON clocks (customer_id, deadline) INCLUDE (service, breached, outcome)
    WHERE state IN ('running', 'paused');
CREATE INDEX ix_clocks_paused ON clocks (deadline, id) WHERE state = 'paused';
CREATE INDEX ix_clocks_paused_of ON clocks (customer_id, deadline, id) WHERE state = 'paused';
CREATE INDEX ix_clocks_past ON clocks (state, deadline, id)
    WHERE state NOT IN ('running', 'paused');
CREATE INDEX ix_clocks_past_of ON clocks (customer_id, state, deadline, id)
    WHERE state NOT IN ('running', 'paused');
CREATE INDEX ix_clocks_behind ON clocks (contract, deadline, id)
    WHERE contract <> 'sla' AND state IN ('running', 'paused');
CREATE INDEX ix_clocks_agreement_version ON clocks (agreement_version)
    WHERE agreement_version IS NOT NULL;
CREATE INDEX ix_clocks_outcome ON clocks (outcome_at) WHERE outcome IS NOT NULL;
CREATE INDEX ix_clocks_decided ON clocks (customer_id, outcome_at) WHERE outcome IS NOT NULL;
CREATE INDEX ix_clocks_stopped ON clocks (customer_id, stopped_at) WHERE stopped_at IS NOT NULL;
COMMENT ON COLUMN clocks.forwarding IS
    'The forwarding of the ticket that the clock belongs to, from 1; 0: a promise to the customer.';
COMMENT ON COLUMN clocks.agreement_version IS
    'Of a clock of a partner or second level; null: that of the ticket.';
COMMENT ON COLUMN clocks.service IS
    'The service of the ticket of an open customer clock, empty where the ticket names none. Null for
    clocks of suppliers and for clocks that are not open.';
COMMENT ON COLUMN clocks.breached IS
    'For the index: one byte per entry, where a mostly null instant takes 16.';
COMMENT ON COLUMN clocks.elapsed_seconds IS
    'Counted time of its longest cycle, once it has stopped; null before.';
COMMENT ON COLUMN clocks.state_json IS 'The clock after its last input, as canonical JSON.';
COMMENT ON INDEX ix_clocks_queue IS
    'Without the id: few clocks have the same deadline, and they are sorted when they are read.';
COMMENT ON INDEX ix_clocks_paused IS
    'Paused clocks have no deadline and come after all running ones: they have a queue of their own.';

CREATE FUNCTION sla.name_service() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.service := (SELECT coalesce(service, '') FROM sla.tickets WHERE id = NEW.ticket_id);
    RETURN NEW;
END $$;
CREATE TRIGGER name_service BEFORE INSERT ON clocks
    FOR EACH ROW WHEN (NEW.contract = 'sla' AND NEW.service IS NULL)
    EXECUTE FUNCTION sla.name_service();
-- For a clock that is reopened after its ticket was reclassified.
CREATE TRIGGER name_service_again BEFORE UPDATE ON clocks FOR EACH ROW
    WHEN (NEW.contract = 'sla' AND NEW.state IN ('running', 'paused')
        AND OLD.state NOT IN ('running', 'paused'))
    EXECUTE FUNCTION sla.name_service();

CREATE FUNCTION sla.name_service_of_clocks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE sla.clocks SET service = coalesce(NEW.service, '')
    WHERE ticket_id = NEW.id AND contract = 'sla' AND state IN ('running', 'paused');
    RETURN NULL;
END $$;
CREATE TRIGGER name_service_of_clocks AFTER UPDATE OF service ON tickets FOR EACH ROW
    WHEN (OLD.service IS DISTINCT FROM NEW.service)
    EXECUTE FUNCTION sla.name_service_of_clocks();

CREATE TABLE clock_inputs (
    clock_id uuid NOT NULL REFERENCES clocks,
    ordinal int NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    body text,
    fired_without_events boolean NOT NULL DEFAULT false,
    PRIMARY KEY (clock_id, ordinal)
);
CREATE INDEX ix_clock_inputs_fired ON clock_inputs (known_at) WHERE kind = 'fired';
COMMENT ON TABLE clock_inputs IS 'The inputs of each clock, in order; folded, they give the clock (C9).';
REVOKE UPDATE, DELETE, TRUNCATE ON clock_inputs FROM opsdesk_sla;

CREATE TABLE bulk_updates (
    id uuid PRIMARY KEY,
    agreement_id uuid NOT NULL REFERENCES agreements,
    kind text NOT NULL
        CONSTRAINT ck_bulk_updates_kind
            CHECK (kind IN ('cancel', 'move', 'extend', 'shorten', 'calendar')),
    version_id uuid REFERENCES agreement_versions,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    confirmed_by text,
    looks int NOT NULL DEFAULT 0,
    changed int NOT NULL DEFAULT 0,
    done_at timestamptz,
    effective_at timestamptz,
    CONSTRAINT ck_bulk_updates_version CHECK (kind <> 'move' OR version_id IS NOT NULL),
    CONSTRAINT ck_bulk_updates_stood_for CHECK (kind = 'extend' OR confirmed_by IS NOT NULL),
    CONSTRAINT ck_bulk_updates_four_eyes CHECK (decided_by <> confirmed_by)
);
CREATE INDEX ix_bulk_updates_agreement ON bulk_updates (agreement_id, id);
COMMENT ON TABLE bulk_updates IS
    'A change of all open clocks of an agreement, carried out in batches by the timers.';
COMMENT ON COLUMN bulk_updates.effective_at IS
    'From when on the clocks are changed; null: from the decision on.';
COMMENT ON COLUMN bulk_updates.confirmed_by IS
    'Who published the version that clocks move to, or asked for the end: another person (R1).';

CREATE TABLE bulk_update_items (
    bulk_update_id uuid NOT NULL REFERENCES bulk_updates,
    clock_id uuid NOT NULL REFERENCES clocks,
    PRIMARY KEY (bulk_update_id, clock_id)
);
COMMENT ON TABLE bulk_update_items IS 'The clocks that a bulk update has found and not changed yet.';

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_bulk_update BEFORE INSERT OR UPDATE OF confirmed_by ON bulk_updates
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('decided_by', 'confirmed_by');
