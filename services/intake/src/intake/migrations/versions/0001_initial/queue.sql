-- The queue: every open ticket with the next promise that breaks. What sla announces of clocks is copied
-- here. Opening a ticket writes nothing here: see search.sql for how new ones come in (decision 0741).

CREATE TABLE promises (
    clock_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    metric text NOT NULL,
    contract text NOT NULL CHECK (contract IN ('sla', 'ola', 'uc')),
    partner text,
    due_at timestamptz,
    sequence bigint NOT NULL
);
CREATE INDEX ix_promises_ticket ON promises (ticket_id, due_at);
COMMENT ON TABLE promises IS 'Clocks of sla that run or are paused; a clock that ends leaves.';
COMMENT ON COLUMN promises.due_at IS 'Null while the clock is paused.';

CREATE TABLE queue_entries (
    ticket_id uuid PRIMARY KEY REFERENCES tickets,
    kind text NOT NULL,
    priority text NOT NULL,
    state text NOT NULL,
    customer_id uuid,
    environment_id uuid,
    assignee text,
    team text,
    due_at timestamptz NOT NULL,
    metric text,
    contract text,
    partner text,
    CONSTRAINT ck_queue_entries_promise CHECK ((metric IS NULL) = (contract IS NULL))
) WITH (fillfactor = 85);
CREATE INDEX ix_queue_entries_due ON queue_entries (due_at, ticket_id);
CREATE INDEX ix_queue_entries_customer ON queue_entries (customer_id, due_at, ticket_id);
CREATE INDEX ix_queue_entries_assignee ON queue_entries (assignee, due_at, ticket_id);
CREATE INDEX ix_queue_entries_team ON queue_entries (team, due_at, ticket_id);
COMMENT ON COLUMN queue_entries.due_at IS
    'Never null, so that an index can begin at any place: the year 9999 where nothing is due.';

-- What the queue shows of these tickets, as it is now; those that are not open are left out.

CREATE FUNCTION queue_rows(ids uuid[]) RETURNS SETOF queue_entries LANGUAGE sql STABLE AS $$
    SELECT t.id, t.kind, t.priority, t.state, t.customer_id, t.environment_id, t.assignee, t.team,
        coalesce(p.due_at, '9999-01-01 00:00:00+00'), p.metric, p.contract, p.partner
    FROM intake.tickets t LEFT JOIN LATERAL (
        SELECT * FROM intake.promises WHERE promises.ticket_id = t.id
        ORDER BY promises.due_at NULLS LAST, promises.clock_id LIMIT 1) p ON true
    WHERE t.id = ANY (ids) AND t.state IN ('new', 'in_progress', 'on_hold', 'forwarded', 'reopened')
$$;

-- Contacts' replies change tickets too, and contacts' role reaches no queue: hence the definer's rights.

CREATE FUNCTION follow_ticket_in_queue() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER AS $$
BEGIN
    IF NEW.state IN ('new', 'in_progress', 'on_hold', 'forwarded', 'reopened') THEN
        INSERT INTO queue_entries SELECT * FROM queue_rows(ARRAY[NEW.id])
        ON CONFLICT (ticket_id) DO UPDATE SET kind = NEW.kind, priority = NEW.priority,
            state = NEW.state, customer_id = NEW.customer_id, environment_id = NEW.environment_id,
            assignee = NEW.assignee, team = NEW.team;
    ELSE
        DELETE FROM queue_entries WHERE ticket_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER followed_in_queue
    AFTER UPDATE OF kind, priority, state, customer_id, environment_id, assignee, team ON tickets
    FOR EACH ROW WHEN ((NEW.kind, NEW.priority, NEW.state, NEW.customer_id, NEW.environment_id,
        NEW.assignee, NEW.team) IS DISTINCT FROM (OLD.kind, OLD.priority, OLD.state,
        OLD.customer_id, OLD.environment_id, OLD.assignee, OLD.team))
    EXECUTE FUNCTION follow_ticket_in_queue();
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION follow_ticket_in_queue SET search_path = %I, pg_temp', current_schema());
END $$;
