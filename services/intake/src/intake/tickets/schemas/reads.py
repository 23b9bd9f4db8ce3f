"""Who has read personal data, as auditors read it."""

from datetime import datetime

from common.http import ResponseModel


class ReadRead(ResponseModel):
    """`who` (a `sub`) has read `subject` in the hour that begins at `hour`, once or often.

    `subject` is `ticket/<id>`, `contact/<id>` or `mail/<id>`; `key` is the ticket's, null for the others.
    `name` is null where the directory does not know the person: a machine.
    """

    subject: str
    key: str | None
    who: str
    name: str | None
    hour: datetime
