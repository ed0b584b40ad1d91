//! A topic in German.

use super::{Matter, Scenario};

pub(super) static DELIVERY: Scenario = Scenario {
    id: "delivery",
    title: "Delivery",
    team: "team-orders",
    language: "de-DE",
    matters: &[
        Matter {
            subject: "Wo bleibt Bestellung {order}?",
            problems: &[
                "Meine Bestellung {order} sollte am {date} hier sein. Wo bleibt sie?",
                "Ich warte seit dem {date} auf mein Paket mit der Nummer {order}.",
            ],
            checks: &[
                ("Welche Postleitzahl haben Sie bitte?", "{postcode}."),
                ("Steht Ihr Name an der Klingel?", "Ja, und es war den ganzen Tag jemand da."),
            ],
            finding: "Das Paket ist im falschen Verteilzentrum gelandet, das tut mir leid.",
            questions: &[
                ("Wann kommt es denn jetzt?", "Morgen zwischen {hours} Uhr."),
                ("Kostet mich das etwas?", "Nein, die zweite Zustellung übernehmen wir."),
                ("Bekomme ich vorher eine Nachricht?", "Ja, das habe ich für Sie eingeschaltet."),
            ],
            solutions: &[(
                "Ich habe eine kostenlose Expresslieferung veranlasst.",
                "Vielen Dank, das ist nett.",
            )],
            summary: "Bestellung {order} lag im falschen Verteilzentrum; Expresslieferung veranlasst.",
            action_item: "Verteilzentrum informieren",
        },
        Matter {
            subject: "Bestellung {order} unvollständig",
            problems: &[
                "Es fehlt ein Teil der Bestellung {order}.",
                "Im Paket {order} waren nur zwei von drei Artikeln.",
            ],
            checks: &[
                ("War der Karton beschädigt?", "Nein, er war fest verschlossen."),
                ("Steht der fehlende Artikel auf dem Lieferschein?", "Ja, mit einem Haken."),
            ],
            finding: "Der Artikel wurde getrennt verpackt und geht morgen hinaus.",
            questions: &[
                ("Warum hat mir das niemand gesagt?", "Die Nachricht dazu wurde leider nicht verschickt."),
                ("Muss ich zu Hause sein?", "Nein, das Paket darf auch beim Nachbarn abgegeben werden."),
            ],
            solutions: &[(
                "Soll ich ihn per Express schicken oder {amount} erstatten?",
                "Bitte schicken Sie ihn.",
            )],
            summary: "Ein Artikel der Bestellung {order} wird nachgeliefert.",
            action_item: "Sendungsnummer nachreichen",
        },
    ],
};
