-- Chats that became tickets, and which of their messages are on the ticket already.

CREATE TABLE chats (
    system text NOT NULL,
    source text NOT NULL,
    chat_id text NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets,
    PRIMARY KEY (system, source, chat_id)
);
CREATE INDEX ix_chats_ticket ON chats (ticket_id);

COMMENT ON COLUMN chats.system IS
    'Who sends it, by `sub`: the same source and id of another one is another chat.';

CREATE TABLE chat_messages (
    system text NOT NULL,
    source text NOT NULL,
    chat_id text NOT NULL,
    line_key text NOT NULL,
    message_id uuid NOT NULL REFERENCES messages,
    PRIMARY KEY (system, source, chat_id, line_key),
    FOREIGN KEY (system, source, chat_id) REFERENCES chats
);
COMMENT ON COLUMN chat_messages.line_key IS
    'The chat system''s own id of the message with a digest of its words, or one of what was said when by whom.';
