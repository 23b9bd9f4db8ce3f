-- What a customer's contact reads and writes: the rows of the own customer, whatever a query asks.

CREATE FUNCTION own_customer() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT id FROM intake.customers WHERE key = current_setting('opsdesk.customer', true)
$$;

SELECT open_to_contacts('customers', $$key = (SELECT current_setting('opsdesk.customer', true))$$);
SELECT open_to_contacts('contacts', 'customer_id = (SELECT own_customer())');
SELECT open_to_contacts('environments', 'customer_id = (SELECT own_customer())');
SELECT open_to_contacts('services',
    $$(SELECT current_setting('opsdesk.customer', true)) = ANY (sold_to)$$);
SELECT open_to_contacts('tickets', 'customer_id = (SELECT own_customer())',
    'SELECT, INSERT, UPDATE');
-- Through the ticket, whose own policy decides; notes among staff never.
SELECT open_to_contacts('messages',
    $$visibility = 'public' AND EXISTS (SELECT FROM tickets WHERE tickets.id = ticket_id)$$,
    'SELECT, INSERT');
-- Written and never read: contacts see no reasons.
SELECT open_to_contacts('reasons', $$EXISTS (SELECT FROM tickets WHERE tickets.id = CASE
    WHEN subject LIKE 'ticket/%' THEN substr(subject, 8)::uuid END)$$, 'INSERT');
SELECT open_to_contacts('attachments',
    'EXISTS (SELECT FROM messages WHERE messages.id = message_id)', 'SELECT, INSERT');
SELECT open_to_contacts('change_requests',
    'EXISTS (SELECT FROM tickets WHERE tickets.id = ticket_id)', 'SELECT, INSERT, UPDATE');
SELECT open_to_contacts('notices', $$state = 'sent' AND customer_id = (SELECT own_customer())$$);
GRANT UPDATE (wants_notices) ON contacts TO opsdesk_intake_contact;
GRANT USAGE ON SEQUENCE ticket_numbers TO opsdesk_intake_contact;

-- The search of contacts. Row-level security would keep the index of words from being used (its operator
-- may not be asked before the policy): so the table is closed to them, and this asks for the own customer's.

CREATE FUNCTION documents_for_contact(query tsquery) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET enable_seqscan = off AS $$
BEGIN
    -- Planned for these words, each time.
    RETURN QUERY EXECUTE $sql$
        SELECT ticket_id FROM intake.ticket_documents
        WHERE words @@ $1 AND customer_id = $2 AND audience <> 'staff'
    $sql$ USING query, intake.own_customer();
END $$;

-- Who wrote: the names of ours, and of contacts by whatever account they act; a contact is told those of
-- the own customer alone. The name and no more: the directory of people is closed to contacts.

CREATE FUNCTION names_of(accounts text[]) RETURNS TABLE (account text, name text)
    LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT people.sub, people.name FROM intake.people WHERE people.sub = ANY (accounts)
    UNION ALL
    SELECT asked.account, contacts.name
    FROM unnest(accounts) asked (account)
    CROSS JOIN LATERAL (
        SELECT asked.account WHERE asked.account LIKE 'contact/%'
        UNION ALL SELECT (
            SELECT theirs.account FROM intake.account_addresses own
            JOIN intake.account_addresses theirs USING (address_digest)
            WHERE own.account = asked.account AND own.of_contact
                AND theirs.account LIKE 'contact/%' LIMIT 1)
        WHERE asked.account NOT LIKE 'contact/%') known (contact)
    JOIN intake.contacts ON contacts.id = CASE
        WHEN known.contact ~ '^contact/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        THEN substr(known.contact, 9)::uuid END
    WHERE (current_setting('role') <> 'opsdesk_intake_contact'
            OR contacts.customer_id = intake.own_customer())
        AND NOT EXISTS (SELECT FROM intake.people WHERE people.sub = asked.account)
$$;

-- Who of us watches a ticket, also where one of its customer's contacts acts on it, who sees none of them.

CREATE FUNCTION staff_watchers_of(ticket uuid) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT w.person FROM intake.ticket_watchers w
    JOIN intake.people p ON p.sub = w.person AND NOT p.retired
    WHERE w.ticket_id = ticket AND (current_setting('role') <> 'opsdesk_intake_contact'
        OR EXISTS (SELECT FROM intake.tickets t
            WHERE t.id = ticket AND t.customer_id = intake.own_customer()))
$$;

-- What happened to a ticket of the own customer, of its audit trail: what contacts see of it anyway, and
-- neither reasons, nor refusals, nor notes.

CREATE FUNCTION history_for_contact(ticket uuid)
    RETURNS TABLE ("position" bigint, at timestamptz, who text, action text, grounds jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT a.position, a.at, a.who, a.action, coalesce((
        SELECT jsonb_object_agg(shown.key, shown.value) FROM jsonb_each(a.grounds) shown
        WHERE shown.key IN ('on', 'into', 'to', 'partner', 'customer')), '{}')
    FROM intake.audit a
    WHERE a.subject = 'ticket/' || ticket AND NOT a.grounds ? 'denied'
        AND EXISTS (SELECT FROM intake.tickets
            WHERE tickets.id = ticket AND customer_id = intake.own_customer())
        AND (a.action = ANY (ARRAY['ticket.open', 'ticket.customer_reply', 'ticket.triage',
                'ticket.assign', 'ticket.work_around', 'ticket.wait', 'ticket.resume',
                'ticket.forward', 'ticket.hand_back', 'ticket.resolve', 'ticket.verify',
                'ticket.reject', 'ticket.close', 'ticket.reopen', 'ticket.merge',
                'ticket.confirm_priority', 'ticket.confirm_classification',
                'ticket.confirm_blocker'])
            OR a.action = 'ticket.reply' AND a.grounds ->> 'visibility' = 'public')
$$;
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION names_of SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION staff_watchers_of SET search_path = %I, pg_temp',
        current_schema());
    EXECUTE format('ALTER FUNCTION documents_for_contact SET search_path = %I, pg_temp',
        current_schema());
    EXECUTE format('ALTER FUNCTION history_for_contact SET search_path = %I, pg_temp',
        current_schema());
END $$;
SELECT open_to_contacts('uploads', 'customer_id = (SELECT own_customer())', 'SELECT, UPDATE');
-- Forms for what the customer bought: the services' own policy decides.
SELECT open_to_contacts('request_forms',
    'service IS NULL OR EXISTS (SELECT FROM services WHERE services.key = service)');
SELECT open_to_contacts('filled_forms',
    'EXISTS (SELECT FROM tickets WHERE tickets.id = ticket_id)', 'SELECT, INSERT');
-- What was published for customers, all of them; what readers think of it, the own customer's.
SELECT open_to_contacts('articles', $$state = 'published' AND audience = 'customer'$$);
SELECT open_to_contacts('article_versions', 'EXISTS (SELECT FROM articles'
    ' WHERE articles.id = article_id AND articles.published_version = version)');
SELECT open_to_contacts('article_feedback', 'customer_id = (SELECT own_customer())',
    'SELECT, INSERT, UPDATE');
-- A link shows itself where both of its tickets are the own customer's.
SELECT open_to_contacts('ticket_links',
    'EXISTS (SELECT FROM tickets WHERE tickets.id = ticket_id)
        AND EXISTS (SELECT FROM tickets WHERE tickets.id = other_id)', 'SELECT, INSERT');
SELECT open_to_contacts('ticket_watchers',
    'contact_id IS NOT NULL AND EXISTS (SELECT FROM tickets WHERE tickets.id = ticket_id)',
    'SELECT, INSERT, DELETE');
SELECT open_to_contacts('ticket_feedback',
    'EXISTS (SELECT FROM tickets WHERE tickets.id = ticket_id)', 'SELECT, INSERT');
SELECT open_to_contacts('customer_escalations',
    'EXISTS (SELECT FROM tickets WHERE tickets.id = ticket_id)', 'SELECT, INSERT');
