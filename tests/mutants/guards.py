"""The guards, each with what replaces it and the test that must then fail.

The texts stand in the code as they are here, once each: `tests/checks/test_mutants.py` compares them
with every run of the tests, so that a guard cannot move away unnoticed.
"""

from typing import Final

from tests.mutants.access_guards import ACCESS_GUARDS
from tests.mutants.deadline_guards import DEADLINE_GUARDS
from tests.mutants.mail_guards import MAIL_GUARDS
from tests.mutants.message_guards import MESSAGE_GUARDS
from tests.mutants.ticket_guards import TICKET_GUARDS

GUARDS: Final = (*MESSAGE_GUARDS, *DEADLINE_GUARDS, *ACCESS_GUARDS, *MAIL_GUARDS, *TICKET_GUARDS)
