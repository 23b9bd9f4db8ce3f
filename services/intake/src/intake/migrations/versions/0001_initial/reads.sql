-- Who has read personal data: once an hour for each person and each ticket, contact or mail.

CREATE TABLE personal_data_reads (
    subject text NOT NULL,
    who text NOT NULL,
    hour timestamptz NOT NULL,
    PRIMARY KEY (subject, who, hour)
);
CREATE INDEX ix_personal_data_reads_hour ON personal_data_reads (hour, subject, who);
CREATE INDEX ix_personal_data_reads_who ON personal_data_reads (who, hour);
COMMENT ON TABLE personal_data_reads IS
    'Who of us has read the personal data of a ticket, contact or mail, in which hour. Kept for a time.';
