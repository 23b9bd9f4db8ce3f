-- Reviews: a month put on the table, what was published of it, and what follows from it.

CREATE TABLE review_schedules (
    customer_id uuid PRIMARY KEY REFERENCES customers,
    month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$')
);
COMMENT ON COLUMN review_schedules.month IS
    'The next month to be drawn up, when it is over in the customer''s zone.';

CREATE TABLE reviews (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid NOT NULL REFERENCES customers,
    month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
    figures jsonb NOT NULL,
    generated_by text NOT NULL,
    generated_at timestamptz NOT NULL,
    edition int NOT NULL DEFAULT 0 CHECK (edition >= 0),
    sequence bigint NOT NULL,
    UNIQUE (customer_id, month)
);
COMMENT ON COLUMN reviews.figures IS 'As drawn last; what was published is in the editions.';
COMMENT ON COLUMN reviews.edition IS 'The newest published one; 0 while nothing is published.';
CREATE INDEX ix_reviews_list ON reviews (month DESC, id);

CREATE TABLE review_editions (
    review_id uuid NOT NULL REFERENCES reviews,
    edition int NOT NULL CHECK (edition > 0),
    figures jsonb NOT NULL,
    reason text,
    generated_by text NOT NULL,
    generated_at timestamptz NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (review_id, edition),
    CONSTRAINT ck_review_editions_four_eyes CHECK (published_by <> generated_by),
    CONSTRAINT ck_review_editions_reason CHECK ((edition = 1) = (reason IS NULL))
);
COMMENT ON COLUMN review_editions.reason IS 'Why there is a later edition than the first.';
REVOKE UPDATE, DELETE, TRUNCATE ON review_editions FROM opsdesk_sla;

-- Published editions are never changed. A ticket of a contact who is erased loses its title in them and
-- in the review itself, in the owner's name: in lists of breaches, and as the cause of outages.
CREATE FUNCTION erase_ticket_title(figures jsonb, ticket text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT
    AS $$
    SELECT figures || jsonb_build_object(
        'breaches', coalesce((
            SELECT jsonb_agg(
                CASE WHEN line ->> 'ticket' = ticket THEN line || '{"title": "[erased]"}' ELSE line END
                ORDER BY number)
            FROM jsonb_array_elements(figures -> 'breaches') WITH ORDINALITY AS list (line, number)),
            '[]'),
        'outages', coalesce((
            SELECT jsonb_agg(
                CASE WHEN starts_with(line ->> 'cause', ticket || ': ')
                    THEN line || jsonb_build_object('cause', ticket || ': [erased]') ELSE line END
                ORDER BY number)
            FROM jsonb_array_elements(figures -> 'outages') WITH ORDINALITY AS list (line, number)),
            '[]'))
    $$;
CREATE FUNCTION erase_ticket_in_reviews(customer uuid, ticket text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
    AS $$
    UPDATE review_editions SET figures = erase_ticket_title(figures, ticket)
    WHERE review_id IN (SELECT id FROM reviews WHERE customer_id = customer)
        AND erase_ticket_title(figures, ticket) <> figures;
    UPDATE reviews SET figures = erase_ticket_title(figures, ticket)
    WHERE customer_id = customer AND erase_ticket_title(figures, ticket) <> figures
    $$;
REVOKE EXECUTE ON FUNCTION erase_ticket_in_reviews FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_ticket_in_reviews TO opsdesk_sla;

CREATE TABLE review_agenda (
    review_id uuid NOT NULL REFERENCES reviews,
    number int NOT NULL CHECK (number > 0),
    title text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (review_id, number)
);

CREATE TABLE review_minutes (
    review_id uuid NOT NULL REFERENCES reviews,
    number int NOT NULL CHECK (number > 0),
    text text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (review_id, number)
);
REVOKE UPDATE, DELETE, TRUNCATE ON review_minutes FROM opsdesk_sla;

CREATE TABLE breach_comments (
    clock_id uuid NOT NULL REFERENCES clocks,
    number int NOT NULL CHECK (number > 0),
    text text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (clock_id, number)
);
COMMENT ON TABLE breach_comments IS 'Why a promise was breached, in people''s words; the last counts.';
REVOKE UPDATE, DELETE, TRUNCATE ON breach_comments FROM opsdesk_sla;

CREATE SEQUENCE action_item_numbers;
CREATE TABLE action_items (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid NOT NULL REFERENCES customers,
    review_id uuid NOT NULL REFERENCES reviews,
    month text NOT NULL,
    title text NOT NULL,
    criterion text NOT NULL,
    owner text NOT NULL,
    due date NOT NULL,
    agreed_by text NOT NULL,
    agreed_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'done', 'verified')),
    done_by text,
    done_at timestamptz,
    evidence text,
    verified_by text,
    verified_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT ck_action_items_done_by_owner CHECK (done_by = owner),
    CONSTRAINT ck_action_items_owner_four_eyes CHECK (verified_by <> owner),
    CONSTRAINT ck_action_items_four_eyes CHECK (verified_by <> done_by),
    CONSTRAINT ck_action_items_done CHECK ((state = 'open') = (done_by IS NULL)),
    CONSTRAINT ck_action_items_verified
        CHECK ((state = 'verified') = (verified_by IS NOT NULL)),
    CONSTRAINT ck_action_items_done_at CHECK ((done_by IS NULL) = (done_at IS NULL)),
    CONSTRAINT ck_action_items_evidence CHECK ((done_by IS NULL) = (evidence IS NULL)),
    CONSTRAINT ck_action_items_verified_at
        CHECK ((verified_by IS NULL) = (verified_at IS NULL))
);
CREATE INDEX ix_action_items_customer ON action_items (customer_id, month);
CREATE INDEX ix_action_items_list ON action_items (due, id);
CREATE INDEX ix_action_items_open ON action_items (due, id) WHERE state <> 'verified';

CREATE TABLE review_audiences (
    customer_id uuid PRIMARY KEY REFERENCES customers,
    people text[] NOT NULL,
    contacts uuid[] NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL
);
COMMENT ON TABLE review_audiences IS
    'Who is told of a customer''s reviews; without a row, the delivery managers.';

CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    customer text NOT NULL,
    product text NOT NULL,
    version text NOT NULL,
    environment text NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE deliveries IS 'As delivery-gate last told of each: what is coming, what came.';
CREATE INDEX ix_deliveries_customer ON deliveries (customer, at);

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_publish_review BEFORE INSERT OR UPDATE OF published_by ON review_editions
    FOR EACH ROW WHEN (NEW.published_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('generated_by', 'published_by');

CREATE TRIGGER two_persons_verify_owner BEFORE INSERT OR UPDATE OF verified_by ON action_items
    FOR EACH ROW WHEN (NEW.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('owner', 'verified_by');

CREATE TRIGGER two_persons_verify_action BEFORE INSERT OR UPDATE OF verified_by ON action_items
    FOR EACH ROW WHEN (NEW.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('done_by', 'verified_by');
