"""The command `opsdesk` with all its subcommands."""

from collections.abc import Callable, Mapping

import typer

from opsdesk.commands import (
    access_requests,
    agreement_cover,
    agreements,
    alerts,
    articles,
    attachments,
    blunt_words,
    calendars,
    callers,
    change_requests,
    clocks,
    company,
    contacts,
    deliveries,
    demo,
    directory,
    directory_entries,
    email,
    escalations,
    events,
    files,
    forms,
    gaps,
    goals,
    hand_overs,
    imports,
    improvements,
    linked_systems,
    links,
    login,
    mails,
    maintenance,
    messages,
    mine,
    notices,
    outages,
    priority_matrix,
    problems,
    queue,
    reads,
    responsibilities,
    review_actions,
    review_work,
    reviews,
    status,
    teams,
    ticket_bulk,
    ticket_causes,
    ticket_classification,
    ticket_handover,
    ticket_opening,
    ticket_priority,
    ticket_relations,
    ticket_words,
    ticket_work,
    tickets,
    time,
    token,
    views,
    waivers,
    whoami,
    work,
)
from opsdesk.commands.console import SentenceGroup
from opsdesk.invocation import everywhere

app = typer.Typer(
    name="opsdesk",
    cls=SentenceGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.callback()(everywhere)
app.command()(login.login)
app.command()(whoami.whoami)
app.command()(time.time)
app.command()(demo.demo)
SHIFT: Mapping[str, Callable[..., None]] = {
    "show": tickets.show_,
    "open": ticket_opening.open_,
    "phone": ticket_opening.phone,
    "history": tickets.history,
    "reply": ticket_words.reply,
    "note": ticket_words.note,
    "workaround": ticket_words.workaround,
    "assign": ticket_work.assign,
    "tag": ticket_work.tag,
    "wait": ticket_work.wait,
    "resume": ticket_work.resume,
    "resolve": ticket_work.resolve,
    "verify": ticket_work.verify,
    "reject": ticket_work.reject,
    "close": ticket_work.close,
    "reopen": ticket_work.reopen,
    "merge": ticket_work.merge,
    "unmerge": ticket_relations.unmerge,
    "confirm-unmerge": ticket_relations.confirm_unmerge,
    "split": ticket_relations.split,
    "bulk": ticket_bulk.bulk,
    "triage": ticket_work.triage,
    "forward": ticket_handover.forward,
    "hand-back": ticket_handover.hand_back,
    "prioritise": ticket_priority.prioritise,
    "confirm-priority": ticket_priority.confirm_priority,
    "confirm-blocker": ticket_priority.confirm_blocker,
    "reclassify": ticket_classification.reclassify,
    "confirm-classification": ticket_classification.confirm_classification,
}
"""What a shift does on tickets all day: `opsdesk reply 1021 …`, and `opsdesk tickets reply 1021 …` alike."""

app.command(rich_help_panel="A shift")(queue.queue)
app.command("mine", rich_help_panel="A shift")(mine.list_waiting)
app.command(rich_help_panel="A shift")(queue.search)
for name, command in SHIFT.items():
    app.command(name, rich_help_panel="A shift")(command)
    tickets.app.command(name)(command)
app.add_typer(views.app, name="views")
app.add_typer(mails.app, name="mails")
app.command()(alerts.alerts)
app.add_typer(alerts.posts, name="alert-posts")
app.add_typer(email.app, name="email")
app.add_typer(attachments.app, name="attachments")
for part in (ticket_relations, ticket_causes):
    part.add_commands(tickets.app)
app.add_typer(tickets.app, name="tickets")
app.command()(callers.caller)
app.command()(callers.phone_note)
app.command()(files.attach)
app.command()(files.download)
directory_entries.add_commands()
directory.customers.command("delivery-manager")(responsibilities.delivery_manager)
app.add_typer(directory.customers, name="customers")
app.add_typer(directory.environments, name="environments")
app.add_typer(contacts.app, name="contacts")
app.add_typer(directory.partners, name="partners")
app.add_typer(directory.staff, name="staff")
app.add_typer(responsibilities.services, name="services")
app.command()(responsibilities.responsibilities)
app.add_typer(forms.app, name="forms")
app.add_typer(imports.app, name="import")
app.add_typer(hand_overs.app, name="hand-overs")
app.add_typer(problems.app, name="problems")
app.add_typer(change_requests.app, name="changes")
app.add_typer(access_requests.app, name="access")
app.command()(reads.reads)
app.add_typer(notices.app, name="notices")
app.add_typer(clocks.app, name="clocks")
app.command()(status.status)
app.command()(status.forecast)
app.command()(goals.goals)
app.command()(gaps.gaps)
app.add_typer(waivers.app, name="waivers")
app.add_typer(outages.app, name="outages")
app.add_typer(maintenance.app, name="maintenance")
agreement_cover.add_commands(agreements.app)
app.add_typer(agreements.app, name="agreements")
app.add_typer(calendars.app, name="calendars")
app.add_typer(work.app, name="work")
app.add_typer(escalations.app, name="escalations")
app.command()(escalations.oncall)
app.add_typer(deliveries.app, name="deliveries")
review_work.add_commands(reviews.app)
app.add_typer(reviews.app, name="reviews")
app.add_typer(review_actions.app, name="actions")
app.add_typer(messages.app, name="messages")
app.add_typer(articles.app, name="articles")
linked_systems.add_commands(links.app)
app.add_typer(links.app, name="links")
app.add_typer(teams.app, name="teams")
app.add_typer(priority_matrix.app, name="matrix")
app.add_typer(blunt_words.app, name="blunt-words")
app.add_typer(events.app, name="events")
app.add_typer(improvements.app, name="improvements")
app.add_typer(token.app, name="token")
app.add_typer(company.app, name="company")

if __name__ == "__main__":
    app()
