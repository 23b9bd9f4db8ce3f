"""The process that reads a mail is forked from a server that has what reading needs, and little else."""

from intake.mail.mail_reader import WHOLE
from intake.mail.reading import read
from intake.mail.warm_reading import usual_mails

_MODULES = "set(__import__('sys').modules)"
_FREE_OF = {"sqlalchemy", "pydantic", "fastapi", "structlog", "prometheus_client"}


async def test_no_part_of_the_service_is_in_its_memory() -> None:
    """Each page that a process touches is copied for it: a mail took twice as long with them."""
    imported = await WHOLE.run(eval, _MODULES)
    assert not imported & _FREE_OF


async def test_nothing_is_imported_to_read_a_usual_mail() -> None:
    before = await WHOLE.run(eval, _MODULES)
    for mail in usual_mails():
        code = f"(__import__('intake.mail.reading').mail.reading.read({mail!r}), {_MODULES})"
        assert (await WHOLE.run(eval, code))[1] <= before


def test_the_usual_mails_are_read() -> None:
    for mail in usual_mails():
        found = read(mail)
        assert (found.mail.sender, found.mail.sender_name) == ("jan@mail.example", "Jörg")
        assert found.mail.subject == "Größere Beträge"
        assert found.text
        assert found.reason is None
