-- Chats that became tickets, and which of their messages are on the ticket already.

CREATE TABLE chats (
    source text NOT NULL,
    chat_id text NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets,
    PRIMARY KEY (source, chat_id)
);
CREATE INDEX ix_chats_ticket ON chats (ticket_id);

CREATE TABLE chat_messages (
    source text NOT NULL,
    chat_id text NOT NULL,
    line_key text NOT NULL,
    message_id uuid NOT NULL REFERENCES messages,
    PRIMARY KEY (source, chat_id, line_key),
    FOREIGN KEY (source, chat_id) REFERENCES chats
);
COMMENT ON COLUMN chat_messages.line_key IS
    'The chat system''s own id of the message, or a digest of what was said when by whom.';
