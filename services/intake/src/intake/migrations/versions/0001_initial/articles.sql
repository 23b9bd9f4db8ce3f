-- The knowledge base. Whoever wrote a version does not publish it (R1).

CREATE SEQUENCE article_numbers START 1;
CREATE TABLE articles (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    owner text NOT NULL,
    review_days integer NOT NULL CHECK (review_days > 0),
    state text NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    audience text CHECK (audience IN ('internal', 'customer')),
    published_version integer,
    review_due_at timestamptz,
    ticket_id uuid REFERENCES tickets,
    sequence bigint NOT NULL CHECK (sequence > 0),
    CONSTRAINT ck_articles_published CHECK ((published_version IS NULL) = (audience IS NULL)
        AND (state <> 'published' OR (published_version IS NOT NULL AND review_due_at IS NOT NULL)))
);
CREATE INDEX ix_articles_review ON articles (review_due_at) WHERE state = 'published';
CREATE INDEX ix_articles_ticket ON articles (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE TABLE article_versions (
    article_id uuid NOT NULL REFERENCES articles,
    version integer NOT NULL CHECK (version > 0),
    language text NOT NULL,
    audience text NOT NULL CHECK (audience IN ('internal', 'customer')),
    title text NOT NULL CHECK (title <> ''),
    body text NOT NULL CHECK (body <> ''),
    written_by text NOT NULL,
    written_at timestamptz NOT NULL,
    published_by text,
    published_at timestamptz,
    words tsvector NOT NULL GENERATED ALWAYS AS (CASE language
        WHEN 'nl' THEN setweight(to_tsvector('pg_catalog.dutch', title), 'A')
            || to_tsvector('pg_catalog.dutch', body)
        WHEN 'de' THEN setweight(to_tsvector('pg_catalog.german', title), 'A')
            || to_tsvector('pg_catalog.german', body)
        ELSE setweight(to_tsvector('pg_catalog.english', title), 'A')
            || to_tsvector('pg_catalog.english', body) END) STORED,
    PRIMARY KEY (article_id, version),
    CONSTRAINT ck_article_versions_four_eyes CHECK (published_by <> written_by),
    CONSTRAINT ck_article_versions_published CHECK ((published_by IS NULL) = (published_at IS NULL))
);
CREATE INDEX ix_article_versions_words ON article_versions USING gin (words);

CREATE TABLE article_feedback (
    id uuid PRIMARY KEY,
    article_id uuid NOT NULL REFERENCES articles,
    version integer NOT NULL,
    customer_id uuid REFERENCES customers,
    helpful boolean NOT NULL,
    comment text,
    author text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT uq_article_feedback_reader UNIQUE (article_id, version, author)
);
CREATE INDEX ix_article_feedback_article ON article_feedback (article_id, id);

-- One person has one vote, whichever of their accounts they use: those that share an address. For whom a contact
-- counts until a second person confirms them says nothing here: they read for themselves. As the service, since
-- contacts see no other account. One at a time, or two votes at once would not see each other.
CREATE FUNCTION replace_vote_of_same_person() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('intake.article_feedback/' || NEW.article_id, 0));
    DELETE FROM article_feedback vote
    WHERE vote.article_id = NEW.article_id AND vote.version = NEW.version AND vote.author <> NEW.author
        AND vote.author IN (
            SELECT same.account FROM account_addresses own
            JOIN account_addresses same USING (address_digest) WHERE own.account = NEW.author);
    RETURN NEW;
END $$;
CREATE TRIGGER one_vote_for_each_person BEFORE INSERT ON article_feedback
    FOR EACH ROW EXECUTE FUNCTION replace_vote_of_same_person();

-- The lexemes of a text in all our languages, any of which may match.
CREATE FUNCTION any_word_of(words text) RETURNS tsquery LANGUAGE sql STABLE AS $$
    SELECT string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery
    FROM (
        SELECT DISTINCT lexeme FROM (
            SELECT lexeme FROM unnest(to_tsvector('pg_catalog.dutch', words))
            UNION ALL SELECT lexeme FROM unnest(to_tsvector('pg_catalog.german', words))
            UNION ALL SELECT lexeme FROM unnest(to_tsvector('pg_catalog.english', words))
        ) AS all_lexemes ORDER BY lexeme LIMIT 200
    ) AS lexemes
$$;

CREATE TRIGGER two_persons_publish_article BEFORE INSERT OR UPDATE OF published_by ON article_versions
    FOR EACH ROW WHEN (NEW.published_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('written_by', 'published_by');
