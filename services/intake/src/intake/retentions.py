"""What intake deletes once it is old, beside what every service does. Nothing unprocessed is touched."""

from typing import Final

from sqlalchemy import text

from common.retention import Retention

RETENTIONS: Final = (
    # The row stays: a mail that comes again must still be known as the same (I1), and counted (I2).
    Retention(
        "raw mails",
        text(
            """
            UPDATE mails SET raw = '', raw_deleted_at = intake.now(), raw_deleted_why = 'too_old',
                sender = NULL, sender_name = NULL, subject = NULL, text = NULL WHERE id IN (
                SELECT id FROM mails
                WHERE received_at <= :before AND raw_deleted_at IS NULL AND outcome <> 'received'
                ORDER BY received_at LIMIT :rows FOR UPDATE SKIP LOCKED)
            """
        ),
        lambda settings: settings.raw_mail_days,
    ),
    Retention(
        "alert posts",
        text(
            """
            DELETE FROM alert_posts WHERE id IN (
                SELECT id FROM alert_posts
                WHERE received_at <= :before AND outcome <> 'received'
                ORDER BY received_at LIMIT :rows FOR UPDATE SKIP LOCKED)
            """
        ),
        lambda settings: settings.alert_post_days,
    ),
    # The row stays: a webhook that comes again must still be known as the same.
    Retention(
        "webhooks of linked systems",
        text(
            """
            UPDATE linked_receipts SET raw = NULL WHERE id IN (
                SELECT id FROM linked_receipts WHERE received_at <= :before AND raw IS NOT NULL
                ORDER BY received_at LIMIT :rows FOR UPDATE SKIP LOCKED)
            """
        ),
        lambda settings: settings.alert_post_days,
    ),
    # A group that fires again after this gets a new ticket, as its old one is closed.
    Retention(
        "alert groups",
        text(
            """
            DELETE FROM alert_groups WHERE (monitor, group_key, scope) IN (
                SELECT monitor, group_key, scope FROM alert_groups
                JOIN tickets ON tickets.id = ticket_id
                WHERE alert_groups.opened_at <= :before AND state IN ('closed', 'merged')
                ORDER BY alert_groups.opened_at LIMIT :rows FOR UPDATE OF alert_groups SKIP LOCKED)
            """
        ),
        lambda settings: settings.alert_post_days,
    ),
    # Its case is over at escalation; until then, and while it waits, it is not announced once more.
    Retention(
        "announced second eyes",
        text(
            """
            DELETE FROM overdue_second_eyes WHERE id IN (
                SELECT id FROM overdue_second_eyes
                WHERE given_at <= :before ORDER BY given_at LIMIT :rows FOR UPDATE SKIP LOCKED)
            """
        ),
        lambda settings: settings.alert_post_days,
    ),
    Retention(
        "who has read personal data",
        text(
            """
            DELETE FROM personal_data_reads WHERE (subject, who, hour) IN (
                SELECT subject, who, hour FROM personal_data_reads WHERE hour <= :before
                ORDER BY hour LIMIT :rows FOR UPDATE SKIP LOCKED)
            """
        ),
        lambda settings: settings.read_days,
    ),
    # The message still names the file; its bytes go once no other upload has the same ones.
    Retention(
        "uploaded files",
        text(
            """
            DELETE FROM uploads WHERE id IN (
                SELECT uploads.id FROM uploads JOIN tickets ON tickets.id = ticket_id
                WHERE message_id IS NOT NULL AND state = 'closed' AND closed_at <= :before
                ORDER BY closed_at LIMIT :rows FOR UPDATE OF uploads SKIP LOCKED)
            """
        ),
        lambda settings: settings.attachment_days,
    ),
)
