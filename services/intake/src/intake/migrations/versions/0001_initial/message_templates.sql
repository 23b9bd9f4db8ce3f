-- Templates of messages to customers: each version is a row that never changes. These are a beginning.

CREATE TABLE message_templates (
    key text NOT NULL,
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    version bigint NOT NULL CHECK (version > 0),
    description text NOT NULL,
    text text NOT NULL CHECK (text <> ''),
    written_by text NOT NULL,
    written_at timestamptz NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    PRIMARY KEY (key, language, version)
);

INSERT INTO message_templates (key, language, version, description, text, written_by, written_at)
SELECT key, language, 1, description, text, 'opsdesk', statement_timestamp() FROM (VALUES
    ('received', 'en', 'We have it and work on it', $t$Dear {{contact}},

Thank you for your message about “{{title}}”. We have it as {{ticket}}, and {{sender}} works on it.

You hear from us again by {{next_update}}.

Kind regards
{{sender}}$t$),
    ('received', 'nl', 'We have it and work on it', $t$Beste {{contact}},

Dank u voor uw bericht over “{{title}}”. Wij hebben het onder nummer {{ticket}}, en {{sender}} werkt eraan.

U hoort uiterlijk {{next_update}} weer van ons.

Met vriendelijke groet
{{sender}}$t$),
    ('received', 'de', 'We have it and work on it', $t$Guten Tag {{contact}},

vielen Dank für Ihre Nachricht zu „{{title}}“. Wir führen sie unter {{ticket}}, und {{sender}} kümmert sich darum.

Sie hören spätestens {{next_update}} wieder von uns.

Mit freundlichen Grüßen
{{sender}}$t$),
    ('question', 'en', 'We need to know something from the customer', $t$Dear {{contact}},

To go on with {{ticket}} (“{{title}}”) we need to know something from you:

{{question}}

As soon as we have your answer, we go on.

Kind regards
{{sender}}$t$),
    ('question', 'nl', 'We need to know something from the customer', $t$Beste {{contact}},

Om verder te gaan met {{ticket}} (“{{title}}”) willen wij iets van u weten:

{{question}}

Zodra wij uw antwoord hebben, gaan wij verder.

Met vriendelijke groet
{{sender}}$t$),
    ('question', 'de', 'We need to know something from the customer', $t$Guten Tag {{contact}},

um mit {{ticket}} („{{title}}“) weiterzukommen, brauchen wir etwas von Ihnen:

{{question}}

Sobald wir Ihre Antwort haben, machen wir weiter.

Mit freundlichen Grüßen
{{sender}}$t$),
    ('update', 'en', 'Regular news while an incident lasts', $t$Dear {{contact}},

Here is where we are with {{ticket}} (“{{title}}”):

{{progress}}

You hear from us again by {{next_update}}, also if nothing has changed.

Kind regards
{{sender}}$t$),
    ('update', 'nl', 'Regular news while an incident lasts', $t$Beste {{contact}},

Zo staat het met {{ticket}} (“{{title}}”):

{{progress}}

U hoort uiterlijk {{next_update}} weer van ons, ook als er niets veranderd is.

Met vriendelijke groet
{{sender}}$t$),
    ('update', 'de', 'Regular news while an incident lasts', $t$Guten Tag {{contact}},

so steht es um {{ticket}} („{{title}}“):

{{progress}}

Sie hören spätestens {{next_update}} wieder von uns, auch wenn sich nichts geändert hat.

Mit freundlichen Grüßen
{{sender}}$t$),
    ('workaround', 'en', 'How to go on working until it is resolved', $t$Dear {{contact}},

Until {{ticket}} (“{{title}}”) is resolved, you can go on working like this:

{{workaround}}

We go on looking for the cause.

Kind regards
{{sender}}$t$),
    ('workaround', 'nl', 'How to go on working until it is resolved', $t$Beste {{contact}},

Totdat {{ticket}} (“{{title}}”) is opgelost, kunt u zo verder werken:

{{workaround}}

Wij zoeken verder naar de oorzaak.

Met vriendelijke groet
{{sender}}$t$),
    ('workaround', 'de', 'How to go on working until it is resolved', $t$Guten Tag {{contact}},

bis {{ticket}} („{{title}}“) gelöst ist, können Sie so weiterarbeiten:

{{workaround}}

Wir suchen weiter nach der Ursache.

Mit freundlichen Grüßen
{{sender}}$t$),
    ('resolved', 'en', 'It is resolved', $t$Dear {{contact}},

{{ticket}} (“{{title}}”) is resolved:

{{resolution}}

If anything is still not right, answer this message, and we go on.

Kind regards
{{sender}}$t$),
    ('resolved', 'nl', 'It is resolved', $t$Beste {{contact}},

{{ticket}} (“{{title}}”) is opgelost:

{{resolution}}

Is er nog iets niet in orde? Antwoord dan op dit bericht, en wij gaan verder.

Met vriendelijke groet
{{sender}}$t$),
    ('resolved', 'de', 'It is resolved', $t$Guten Tag {{contact}},

{{ticket}} („{{title}}“) ist gelöst:

{{resolution}}

Falls noch etwas nicht stimmt, antworten Sie auf diese Nachricht, und wir machen weiter.

Mit freundlichen Grüßen
{{sender}}$t$),
    ('forwarded', 'en', 'Somebody else looks at it now', $t$Dear {{contact}},

We have looked at {{ticket}} (“{{title}}”) and handed it to our specialists, with all that we found. You need not explain anything again.

You hear from us again by {{next_update}}.

Kind regards
{{sender}}$t$),
    ('forwarded', 'nl', 'Somebody else looks at it now', $t$Beste {{contact}},

Wij hebben {{ticket}} (“{{title}}”) bekeken en aan onze specialisten gegeven, met alles wat wij gevonden hebben. U hoeft niets opnieuw uit te leggen.

U hoort uiterlijk {{next_update}} weer van ons.

Met vriendelijke groet
{{sender}}$t$),
    ('forwarded', 'de', 'Somebody else looks at it now', $t$Guten Tag {{contact}},

wir haben {{ticket}} („{{title}}“) untersucht und mit allem, was wir fanden, an unsere Fachleute gegeben. Sie müssen nichts noch einmal erklären.

Sie hören spätestens {{next_update}} wieder von uns.

Mit freundlichen Grüßen
{{sender}}$t$)
) AS beginning (key, language, description, text);
