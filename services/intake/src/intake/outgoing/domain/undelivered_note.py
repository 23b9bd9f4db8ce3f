"""What staff read on a ticket whose answer did not arrive. Pure."""


def note_on_undelivered(contact_id: str, problem: str) -> str:
    """The note: what happened, and what to do next. It names the contact by id, never by address."""
    return (
        f"Our answer has not reached contact {contact_id} by mail: {problem}. It is on the ticket, and is"
        " not sent again. Tell the contact in another way, by phone, say; and have the address corrected"
        " if it is wrong: what you answer from then on goes to the new one."
    )
