-- Every change of a fact marks its day as dirty, so that its figures are counted again
-- (docs/decisions/0661).

CREATE FUNCTION sla.mark_opened() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT customer_id, date_trunc('minute', opened_at) FROM added
    WHERE customer_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER mark_opened AFTER INSERT ON tickets REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_opened();

CREATE FUNCTION sla.mark_ticket() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE sla.ticket_state_changes state_change SET customer_id = became.customer_id
    FROM became JOIN was USING (id)
    WHERE state_change.ticket_id = id AND was.customer_id IS DISTINCT FROM became.customer_id;
    INSERT INTO sla.dirty_days (customer_id, at)
    WITH counted_otherwise AS MATERIALIZED (
        SELECT became.id, ARRAY[was.customer_id, became.customer_id] AS customers,
            ARRAY[was.opened_at, became.opened_at] AS opened
        FROM was JOIN became USING (id)
        WHERE (was.customer_id, was.service, was.priority, was.kind, was.opened_at,
            was.agreement) IS DISTINCT FROM (became.customer_id, became.service,
            became.priority, became.kind, became.opened_at, became.agreement)
    ), instants AS (
        SELECT customers, unnest(opened) AS at FROM counted_otherwise
        UNION ALL
        SELECT customers, state_change.at FROM counted_otherwise
        JOIN sla.ticket_state_changes state_change ON state_change.ticket_id = id
        UNION ALL
        SELECT customers, unnest(ARRAY[clock.outcome_at, clock.stopped_at])
        FROM counted_otherwise o JOIN sla.clocks clock ON clock.ticket_id = o.id
        UNION ALL
        SELECT ARRAY[became.customer_id], unnest(ARRAY[became.opened_at, was.ended_at,
            became.ended_at]) FROM was JOIN became USING (id)
        WHERE (was.ended_at, was.ended_as) IS DISTINCT FROM (became.ended_at, became.ended_as)
    )
    SELECT DISTINCT customer_id, date_trunc('minute', at)
    FROM instants CROSS JOIN unnest(customers) AS mine (customer_id)
    WHERE at IS NOT NULL AND customer_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER mark_ticket AFTER UPDATE ON tickets
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_ticket();

CREATE FUNCTION sla.mark_state_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT customer_id, date_trunc('minute', at) FROM added
    WHERE customer_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER mark_state_change AFTER INSERT ON ticket_state_changes REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_state_change();

CREATE FUNCTION sla.mark_measured() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT whose, date_trunc('minute', at)
    FROM was JOIN became USING (id) CROSS JOIN LATERAL (VALUES
        (was.customer_id, was.outcome_at), (was.customer_id, was.stopped_at),
        (became.customer_id, became.outcome_at), (became.customer_id, became.stopped_at)
    ) AS instants (whose, at)
    WHERE at IS NOT NULL
        AND (was.customer_id, was.outcome, was.outcome_at, was.stopped_at, was.elapsed_seconds,
            was.agreement) IS DISTINCT FROM (became.customer_id, became.outcome,
            became.outcome_at, became.stopped_at, became.elapsed_seconds, became.agreement);
    RETURN NULL;
END $$;
CREATE TRIGGER mark_measured AFTER UPDATE ON clocks
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_measured();

CREATE FUNCTION sla.mark_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT NEW.id, date_trunc('minute', at) + away * interval '1 day'
    FROM (
        SELECT unnest(ARRAY[opened_at, ended_at]) AS at
        FROM sla.tickets WHERE customer_id = NEW.id
        UNION SELECT at FROM sla.ticket_state_changes WHERE customer_id = NEW.id
        UNION SELECT unnest(ARRAY[outcome_at, stopped_at])
        FROM sla.clocks WHERE customer_id = NEW.id
    ) AS instants CROSS JOIN generate_series(-2, 2) AS away
    WHERE at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER mark_moved AFTER UPDATE ON customers FOR EACH ROW
    WHEN (OLD.day_zone <> NEW.day_zone) EXECUTE FUNCTION sla.mark_moved();

CREATE FUNCTION sla.mark_worked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT worked.customer_id,
        (worked.day + interval '12 hours') AT TIME ZONE customer.day_zone
    FROM added worked JOIN sla.customers customer ON customer.id = worked.customer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER mark_worked AFTER INSERT ON time_entries REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_worked();

CREATE FUNCTION sla.mark_worked_ticket() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT worked.customer_id,
        (worked.day + interval '12 hours') AT TIME ZONE customer.day_zone
    FROM was JOIN became USING (id) JOIN sla.time_entries worked ON worked.ticket_id = became.id
    JOIN sla.customers customer ON customer.id = worked.customer_id
    WHERE (was.service, was.priority, was.kind)
        IS DISTINCT FROM (became.service, became.priority, became.kind);
    RETURN NULL;
END $$;
CREATE TRIGGER mark_worked_ticket AFTER UPDATE ON tickets
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_worked_ticket();

CREATE FUNCTION sla.mark_priced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT worked.customer_id,
        (worked.day + interval '12 hours') AT TIME ZONE customer.day_zone
    FROM sla.time_entries worked JOIN sla.customers customer ON customer.id = worked.customer_id
    WHERE (NEW.customer_id IS NULL OR NEW.customer_id = worked.customer_id)
        AND worked.day >= NEW.valid_from;
    RETURN NULL;
END $$;
CREATE TRIGGER mark_priced AFTER INSERT OR UPDATE ON rate_cards
    FOR EACH ROW EXECUTE FUNCTION sla.mark_priced();
