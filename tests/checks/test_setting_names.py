"""The names of variables that a start accepts are those that anything in this repository reads."""

import re
from pathlib import Path

from common.settings import PREFIX, Settings
from common.settings_checks import KNOWN_ELSEWHERE
from delivery_gate.settings import DeliveryGateSettings
from escalation.settings import EscalationSettings
from intake.settings import IntakeSettings
from sla.settings import SlaSettings

ROOT = Path(__file__).parents[2]
SERVICES = (DeliveryGateSettings, EscalationSettings, IntakeSettings, SlaSettings)
READERS = ("deploy/local/src", "deploy/docker", "opsdesk/src", "docker-compose.yml")
MADE_OF_PARTS = {"INTAKE_URL", "ESCALATION_URL", "DELIVERY_GATE_URL"}
"""Read as `OPSDESK_<SERVICE>_URL`."""


def _own_settings() -> set[str]:
    shared = set(Settings.model_fields)
    return {name.upper() for one in SERVICES for name in one.model_fields if name not in shared}


def _named_in_code() -> set[str]:
    found: set[str] = set()
    for reader in map(ROOT.joinpath, READERS):
        for path in [reader] if reader.is_file() else reader.rglob("*"):
            if path.is_file() and path.suffix in {".py", ".yml", ""}:
                text = path.read_text(encoding="utf-8")
                found |= set(re.findall(rf"{PREFIX}([A-Z][A-Z_]*[A-Z])\b", text))
    return found - {name.upper() for name in Settings.model_fields}


def test_every_name_that_anything_reads_is_known_to_all() -> None:
    read = _own_settings() | _named_in_code() | MADE_OF_PARTS
    assert read == KNOWN_ELSEWHERE
