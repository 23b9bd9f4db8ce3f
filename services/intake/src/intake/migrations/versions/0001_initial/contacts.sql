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
SELECT open_to_contacts('attachments',
    'EXISTS (SELECT FROM messages WHERE messages.id = message_id)', 'SELECT, INSERT');
SELECT open_to_contacts('ticket_documents',
    $$audience <> 'staff' AND customer_id = (SELECT own_customer())$$);
GRANT USAGE ON SEQUENCE ticket_numbers TO opsdesk_intake_contact;

-- Who of ours wrote: the name alone, since the directory of people is closed to contacts.

CREATE FUNCTION staff_names(accounts text[]) RETURNS TABLE (account text, name text)
    LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT people.sub, people.name FROM intake.people WHERE people.sub = ANY (accounts)
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
    EXECUTE format('ALTER FUNCTION staff_names SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION history_for_contact SET search_path = %I, pg_temp',
        current_schema());
END $$;
