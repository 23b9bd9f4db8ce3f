"""The goals of an agreement as reviews name them. Pure."""

from sla.goals.domain.goal_result import GoalResult
from sla.reviews.documents.review_words import Formats


def name_goal(goal: GoalResult, formats: Formats) -> str:
    """A goal by what it is about: `First responses in time (Blocker and Critical, Billing)`."""
    name = formats.words(f"goal_{goal.metric}")
    priorities = formats.names_of([formats.words.or_name(one) for one in goal.priorities])
    service = "" if goal.service is None else formats.names.service(goal.service)
    about = ", ".join(part for part in (priorities, service) if part)
    return formats.words("goal_of", goal=name, about=about) if about else name
