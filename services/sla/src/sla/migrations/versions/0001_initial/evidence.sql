-- Evidence that holds against the owner of the database: every fact has a place in one order, and
-- what stands there is sealed about once a minute (docs/decisions/0635).

CREATE SEQUENCE fact_positions;

CREATE TABLE fact_versions (
    position bigint PRIMARY KEY DEFAULT nextval('fact_positions'),
    relation text NOT NULL,
    operation text NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
    body jsonb NOT NULL,
    written_by text NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
CREATE INDEX ix_fact_versions_relation ON fact_versions (relation, position);
CREATE INDEX ix_fact_versions_xid ON fact_versions USING brin (xid) WITH (autosummarize = on);
COMMENT ON TABLE fact_versions IS
    'What each row of the tables of facts was when it was written, by whom, in which transaction. For
    tables with very many rows: how many rows a statement wrote.';

CREATE TABLE fact_salts (
    position bigint PRIMARY KEY REFERENCES fact_versions,
    salt bytea NOT NULL CHECK (length(salt) = 32)
);
COMMENT ON TABLE fact_salts IS
    'What a version promises of a text that may be erased is a digest over a salt and the text; the
    erasure takes both away.';

CREATE TABLE fact_seals (
    number bigint PRIMARY KEY CHECK (number > 0),
    sealed_at timestamptz NOT NULL,
    relation text,
    layout smallint NOT NULL,
    size int NOT NULL CHECK (size >= 0),
    positions int8multirange NOT NULL,
    leaves bytea NOT NULL CONSTRAINT ck_fact_seals_leaves CHECK (length(leaves) = 32 * size),
    audit_head text NOT NULL,
    rewritten jsonb NOT NULL,
    snapshot text NOT NULL,
    floor bigint NOT NULL,
    cluster bigint NOT NULL,
    previous bytea NOT NULL,
    chain bytea NOT NULL,
    CONSTRAINT ck_fact_seals_relation CHECK ((relation IS NULL) = (size = 0))
);
COMMENT ON TABLE fact_seals IS
    'A hash chain over the facts of about a minute, a table each: see sla/evidence/domain/fact_verifier.py.';
COMMENT ON COLUMN fact_seals.relation IS 'Null: nothing new; the seal says that the service was there.';
COMMENT ON COLUMN fact_seals.leaves IS 'The hashes of the sealed rows in the order of positions, joined.';
COMMENT ON COLUMN fact_seals.rewritten IS
    'What PostgreSQL has counted of UPDATE and DELETE in tables in which nothing is ever changed.';
COMMENT ON COLUMN fact_seals.snapshot IS
    'Which transactions had ended: what they wrote is sealed here or before, all others later.';

CREATE TABLE fact_anchors (
    id uuid PRIMARY KEY,
    number bigint NOT NULL UNIQUE CHECK (number > 0),
    seal bigint NOT NULL REFERENCES fact_seals,
    chain bytea NOT NULL,
    anchored_at timestamptz NOT NULL,
    timestamp_token bytea,
    timestamp_problem text
);
COMMENT ON TABLE fact_anchors IS
    'The heads that were published on the topic opsdesk.evidence, each with the time-stamp of an
    authority where one is set.';
COMMENT ON COLUMN fact_anchors.timestamp_problem IS 'Why there is no time-stamp; null where none is asked for.';
REVOKE UPDATE, DELETE, TRUNCATE ON fact_versions, fact_salts, fact_seals, fact_anchors FROM opsdesk_sla;
REVOKE INSERT ON fact_versions, fact_salts FROM opsdesk_sla;
GRANT UPDATE (timestamp_token, timestamp_problem) ON fact_anchors TO opsdesk_sla;

-- Titles of tickets are intake's, and are erased with their contact: they are no part of the figures'
-- version (the commitment to the whole is).
CREATE FUNCTION without_titles(figures jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT
    AS $$
    SELECT figures || jsonb_build_object(
        'breaches', coalesce((SELECT jsonb_agg(line - 'title' ORDER BY nth)
            FROM jsonb_array_elements(figures -> 'breaches') WITH ORDINALITY AS list (line, nth)), '[]'),
        'outages', coalesce((SELECT jsonb_agg(line - 'cause' ORDER BY nth)
            FROM jsonb_array_elements(figures -> 'outages') WITH ORDINALITY AS list (line, nth)), '[]'))
    $$;

-- Records what a statement has written, in the owner's name, so that the service cannot write a version
-- without its row. The settings make the text of a value the same for every session.
CREATE FUNCTION record_versions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT SET timezone = 'UTC' SET extra_float_digits = 1
    SET intervalstyle = 'postgres' SET bytea_output = 'hex'
    AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO fact_versions (relation, operation, body, written_by)
        SELECT TG_TABLE_NAME, 'delete', to_jsonb(gone), session_user FROM gone;
    ELSE
        INSERT INTO fact_versions (relation, operation, body, written_by)
        SELECT TG_TABLE_NAME, lower(TG_OP), to_jsonb(written), session_user FROM written;
    END IF;
    RETURN NULL;
END $$;

-- The same for a table with a text that may be erased: the version holds a digest in its place. The salts of
-- a row's earlier versions go, and with them all that could be guessed of an earlier text. Arguments: the
-- column of the text, and those of the key.
CREATE FUNCTION record_erasable_versions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT SET timezone = 'UTC' SET extra_float_digits = 1
    SET intervalstyle = 'postgres' SET bytea_output = 'hex'
    AS $$
DECLARE
    erasable text := TG_ARGV[0];
    whole jsonb;
    key jsonb := '{}';
    version jsonb;
    at_position bigint;
    fresh_salt bytea;
BEGIN
    FOR whole IN SELECT to_jsonb(written) FROM written LOOP
        version := whole - erasable;
        IF erasable = 'figures' THEN
            version := version || jsonb_build_object(erasable, without_titles(whole -> erasable));
        END IF;
        FOR nth IN 1 .. TG_NARGS - 1 LOOP
            key := key || jsonb_build_object(TG_ARGV[nth], whole -> TG_ARGV[nth]);
        END LOOP;
        DELETE FROM fact_salts WHERE position IN (
            SELECT position FROM fact_versions WHERE relation = TG_TABLE_NAME AND body @> key);
        fresh_salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        IF whole -> erasable = '"[erased]"' THEN
            version := whole;
        ELSE
            version := version || jsonb_build_object('commitment', encode(sha256(
                fresh_salt || convert_to((whole -> erasable)::text, 'UTF8')), 'hex'));
        END IF;
        INSERT INTO fact_versions (relation, operation, body, written_by)
        VALUES (TG_TABLE_NAME, lower(TG_OP), version, session_user) RETURNING position INTO at_position;
        IF version ? 'commitment' THEN
            INSERT INTO fact_salts VALUES (at_position, fresh_salt);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- For tables with very many rows, whose own rows are sealed: how many a statement has written.
CREATE FUNCTION record_count() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
    AS $$ BEGIN
    INSERT INTO fact_versions (relation, operation, body, written_by)
    SELECT TG_TABLE_NAME, 'insert', jsonb_build_object('rows', count(*)), session_user
    FROM written HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE FUNCTION record_rewriting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
    AS $$ BEGIN
    INSERT INTO fact_versions (relation, operation, body, written_by)
    VALUES (TG_TABLE_NAME, CASE TG_OP WHEN 'UPDATE' THEN 'update' ELSE 'delete' END, '{}', session_user);
    RETURN NULL;
END $$;

DO $$
DECLARE
    fact_table text;
    arguments text;
BEGIN
    FOREACH fact_table IN ARRAY ARRAY[
        'action_items', 'agreement_versions', 'agreements', 'breach_comments', 'bulk_updates', 'calendars',
        'coverage_extensions', 'heartbeats', 'maintenance_windows', 'measured_promises',
        'outage_corrections', 'outage_records', 'outage_rule_requests', 'outage_rules', 'outages', 'rate_cards', 'review_agenda',
        'review_audiences', 'review_minutes', 'series', 'service_versions', 'services', 'time_entries',
        'usage_limits', 'waivers', 'restorations']
    LOOP
        EXECUTE format('CREATE TRIGGER versions_of_inserts AFTER INSERT ON %I REFERENCING NEW TABLE AS written'
            ' FOR EACH STATEMENT EXECUTE FUNCTION record_versions()', fact_table);
        EXECUTE format('CREATE TRIGGER versions_of_updates AFTER UPDATE ON %I REFERENCING NEW TABLE AS written'
            ' FOR EACH STATEMENT EXECUTE FUNCTION record_versions()', fact_table);
        EXECUTE format('CREATE TRIGGER versions_of_deletes AFTER DELETE ON %I REFERENCING OLD TABLE AS gone'
            ' FOR EACH STATEMENT EXECUTE FUNCTION record_versions()', fact_table);
    END LOOP;
    FOREACH fact_table IN ARRAY ARRAY['agreement_comments', 'review_editions'] LOOP
        arguments := CASE fact_table
            WHEN 'review_editions' THEN '''figures'', ''review_id'', ''edition''' ELSE '''comment'', ''id''' END;
        EXECUTE format('CREATE TRIGGER versions_of_inserts AFTER INSERT ON %I REFERENCING NEW TABLE AS written'
            ' FOR EACH STATEMENT EXECUTE FUNCTION record_erasable_versions(%s)', fact_table, arguments);
        EXECUTE format('CREATE TRIGGER versions_of_updates AFTER UPDATE ON %I REFERENCING NEW TABLE AS written'
            ' FOR EACH STATEMENT EXECUTE FUNCTION record_erasable_versions(%s)', fact_table, arguments);
        EXECUTE format('CREATE TRIGGER versions_of_deletes AFTER DELETE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION record_rewriting()', fact_table);
    END LOOP;
    FOREACH fact_table IN ARRAY ARRAY['clock_inputs', 'samples'] LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN position bigint NOT NULL DEFAULT nextval(''fact_positions''),'
            ' ADD COLUMN xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint', fact_table);
        EXECUTE format('CREATE INDEX %I ON %I USING brin (position, xid) WITH (autosummarize = on)',
            'ix_' || fact_table || '_position', fact_table);
        EXECUTE format('CREATE TRIGGER counts_of_inserts AFTER INSERT ON %I REFERENCING NEW TABLE AS written'
            ' FOR EACH STATEMENT EXECUTE FUNCTION record_count()', fact_table);
        EXECUTE format('CREATE TRIGGER counts_of_rewriting AFTER UPDATE OR DELETE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION record_rewriting()', fact_table);
    END LOOP;
END $$;
