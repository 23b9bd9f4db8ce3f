"""Whom a step's targets mean at an instant (E3). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from escalation.policies.domain.policy import Step, Target
from escalation.rotas.domain.rota import Rota, on_call


@dataclass(frozen=True, slots=True)
class Roster:
    """Rotas by key, and every person who can be told with the roles that they hold."""

    rotas: Mapping[str, Rota]
    people: Mapping[str, frozenset[str]]

    def resolve(self, step: Step, at: datetime) -> tuple[str, ...]:
        """Who is told, each once; somebody unknown or gone is nobody."""
        named = (person for target in step.targets for person in self._resolve_target(target, at))
        return tuple(dict.fromkeys(person for person in named if person in self.people))

    def _resolve_target(self, target: Target, at: datetime) -> Iterable[str]:
        if target.kind == "person":
            return (target.name,)
        if target.kind == "role":
            return sorted(p for p, roles in self.people.items() if target.name in roles)
        rota = self.rotas.get(target.name)
        return on_call(rota, at) if rota else ()
