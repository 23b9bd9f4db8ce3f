"""The command `opsdesk` with all its subcommands."""

import typer

from opsdesk.commands import (
    articles,
    clocks,
    company,
    deliveries,
    demo,
    escalations,
    events,
    links,
    login,
    messages,
    outages,
    reviews,
    status,
    ticket_bulk,
    ticket_causes,
    ticket_relations,
    tickets,
    time,
    token,
    waivers,
)

app = typer.Typer(
    name="opsdesk",
    help="OpsDesk on the command line.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(login.login)
app.command()(time.time)
app.command()(demo.demo)
for part in (ticket_relations, ticket_bulk, ticket_causes):
    part.add_commands(tickets.app)
app.add_typer(tickets.app, name="tickets")
app.add_typer(clocks.app, name="clocks")
app.command()(status.status)
app.command()(status.forecast)
app.add_typer(waivers.app, name="waivers")
app.add_typer(outages.app, name="outages")
app.add_typer(escalations.app, name="escalations")
app.command()(escalations.oncall)
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(reviews.app, name="reviews")
app.add_typer(messages.app, name="messages")
app.add_typer(articles.app, name="articles")
app.add_typer(links.app, name="links")
app.add_typer(events.app, name="events")
app.add_typer(token.app, name="token")
app.add_typer(company.app, name="company")

if __name__ == "__main__":
    app()
