"""The names of variables that a start accepts are those that anything in this repository reads."""

import re
from pathlib import Path

from common.settings import PREFIX, Settings
from common.settings_checks import KNOWN_ELSEWHERE
from common.settings_database import AdministrationSettings
from common.settings_process import ProcessSettings
from common.settings_secrets import file_names
from console.settings import ConsoleSettings
from delivery_gate.settings import DeliveryGateSettings
from escalation.settings import EscalationSettings
from intake.settings import IntakeSettings
from sla.settings import SlaSettings

ROOT = Path(__file__).parents[2]
READ_BY_SOME = (
    AdministrationSettings,
    ConsoleSettings,
    DeliveryGateSettings,
    EscalationSettings,
    IntakeSettings,
    SlaSettings,
)
READERS = ("deploy/local/src", "deploy/docker", "opsdesk/src", "docker-compose.yml")
MADE_OF_PARTS = {"INTAKE_URL", "ESCALATION_URL", "DELIVERY_GATE_URL", "TOKEN_FILE"}
"""Read as `OPSDESK_<SERVICE>_URL`, and as a secret's name with `_FILE`."""


def _own_settings() -> set[str]:
    shared = _names_of(Settings)
    return {name for one in READ_BY_SOME for name in _names_of(one) if name not in shared}


def _names_of(settings: type[ProcessSettings]) -> set[str]:
    fields = settings.model_fields
    return {*map(str.upper, fields), *file_names(fields)}


def _named_in_code() -> set[str]:
    found: set[str] = set()
    for reader in map(ROOT.joinpath, READERS):
        for path in [reader] if reader.is_file() else reader.rglob("*"):
            if path.is_file() and path.suffix in {".py", ".yml", ""}:
                text = path.read_text(encoding="utf-8")
                found |= set(re.findall(rf"{PREFIX}([A-Z][A-Z_]*[A-Z])\b", text))
    return found - _names_of(Settings)


def test_every_name_that_anything_reads_is_known_to_all() -> None:
    read = _own_settings() | _named_in_code() | MADE_OF_PARTS
    assert read == KNOWN_ELSEWHERE
