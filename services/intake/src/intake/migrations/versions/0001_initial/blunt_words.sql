-- Words that hurt customers, by language. These are a beginning: PUT /v1/blunt-words/{language}.

CREATE TABLE blunt_words (
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    phrase text NOT NULL CHECK (phrase <> ''),
    instead text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (language, phrase)
);

INSERT INTO blunt_words (language, phrase, instead, changed_by, changed_at)
SELECT language, phrase, instead, 'opsdesk', statement_timestamp() FROM (VALUES
    ('en', 'as I already said', 'say it once more, in other words'),
    ('en', 'as already mentioned', 'say it once more, in other words'),
    ('en', 'obviously', 'leave it out: it was not obvious to the reader'),
    ('en', 'you failed to', 'say what is missing and how to give it'),
    ('en', 'you should have', 'say what to do from now on'),
    ('en', 'your fault', 'say what happened, not whose fault it is'),
    ('en', 'not our problem', 'say who can help, and how to reach them'),
    ('en', 'user error', 'say what happened and what to do instead'),
    ('en', 'calm down', 'say that you understand, and what you do now'),
    ('en', 'read the manual', 'name the page, and say the one sentence that helps'),
    ('en', 'impossible', 'say what can be done instead'),
    ('en', 'nonsense', 'say what is different from what was written'),
    ('en', 'stupid', 'leave it out'),
    ('nl', 'zoals ik al zei', 'zeg het nog eens, in andere woorden'),
    ('nl', 'zoals eerder vermeld', 'zeg het nog eens, in andere woorden'),
    ('nl', 'uiteraard', 'laat het weg: voor de lezer was het niet vanzelfsprekend'),
    ('nl', 'u had moeten', 'zeg wat er vanaf nu te doen is'),
    ('nl', 'uw fout', 'zeg wat er gebeurde, niet wiens fout het is'),
    ('nl', 'eigen schuld', 'zeg wat er gebeurde, niet wiens schuld het is'),
    ('nl', 'niet ons probleem', 'zeg wie kan helpen, en hoe die te bereiken is'),
    ('nl', 'gebruikersfout', 'zeg wat er gebeurde en wat er in plaats daarvan te doen is'),
    ('nl', 'rustig aan', 'zeg dat u het begrijpt, en wat u nu doet'),
    ('nl', 'onmogelijk', 'zeg wat er wel kan'),
    ('nl', 'onzin', 'zeg wat er anders is dan er geschreven werd'),
    ('de', 'wie bereits erwähnt', 'sagen Sie es noch einmal, mit anderen Worten'),
    ('de', 'wie ich schon sagte', 'sagen Sie es noch einmal, mit anderen Worten'),
    ('de', 'selbstverständlich', 'weglassen: dem Leser war es nicht selbstverständlich'),
    ('de', 'Sie hätten', 'sagen Sie, was von jetzt an zu tun ist'),
    ('de', 'Ihr Fehler', 'sagen Sie, was geschah, nicht wessen Fehler es ist'),
    ('de', 'selbst schuld', 'sagen Sie, was geschah, nicht wer schuld ist'),
    ('de', 'nicht unser Problem', 'sagen Sie, wer helfen kann und wie man ihn erreicht'),
    ('de', 'Bedienungsfehler', 'sagen Sie, was geschah und was statt dessen zu tun ist'),
    ('de', 'beruhigen Sie sich', 'sagen Sie, dass Sie es verstehen, und was Sie jetzt tun'),
    ('de', 'unmöglich', 'sagen Sie, was möglich ist'),
    ('de', 'Unsinn', 'sagen Sie, was anders ist, als geschrieben wurde')
) AS beginning (language, phrase, instead);
