"""What staff read on a ticket whose answer did not arrive. Pure."""


def note_on_undelivered(contact_id: str, problem: str) -> str:
    """The note: what happened, and what to do next. It names the contact by id, never by address."""
    return (
        f"Our answer has not reached contact {contact_id} by mail: {problem}. It is on the ticket, and is"
        " not sent again. Tell the contact in another way, by phone, say; and have the address corrected"
        " if it is wrong: what you answer from then on goes to the new one."
    )


def note_on_undelivered_to_partner(partner: str, problem: str) -> str:
    """The note on a ticket that the partner with this key does not know to be theirs."""
    return (
        f"What we wrote to partner {partner} has not reached them by mail: {problem}. They do not know of it,"
        " and it is not sent again. Call them; have the partner's address corrected if it is wrong, and write"
        " again: that goes to the new one."
    )
