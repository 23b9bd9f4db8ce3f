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
GRANT USAGE ON SEQUENCE ticket_numbers TO opsdesk_intake_contact;
-- What was published for customers, all of them; what readers think of it, the own customer's.
SELECT open_to_contacts('articles', $$state = 'published' AND audience = 'customer'$$);
SELECT open_to_contacts('article_versions', 'EXISTS (SELECT FROM articles'
    ' WHERE articles.id = article_id AND articles.published_version = version)');
SELECT open_to_contacts('article_feedback', 'customer_id = (SELECT own_customer())', 'SELECT, INSERT');
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
