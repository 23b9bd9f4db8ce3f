"""The reactions of other nouns to changes of clocks, in the same transaction. `sla.app` installs them."""

from sla.clocks.reactions import ClockReactions
from sla.forecasts.reactions import record_handling_times
from sla.waivers.reactions import (
    cover_breaches,
    find_contradictions,
    reconsider_breaches,
    reschedule_reminders,
)

REACTIONS = ClockReactions(
    before_save=(cover_breaches,),
    on_reclassified=(reconsider_breaches,),
    after_save=(record_handling_times, reschedule_reminders),
    on_replay=(find_contradictions,),
)
