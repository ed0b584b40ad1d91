//! A topic in German.

use super::Scenario;

pub(super) static DELIVERY: Scenario = Scenario {
    id: "delivery",
    title: "Delivery",
    team: "team-orders",
    language: "de-DE",
    subjects: &["Bestellung {order}", "Paket nicht angekommen", "Lieferung vom {date}"],
    problems: &[
        "Meine Bestellung {order} sollte am {date} hier sein. Wo bleibt sie?",
        "Laut Sendungsverfolgung wurde das Paket zugestellt, aber es ist nichts da.",
        "Es fehlt ein Teil der Bestellung {order}.",
    ],
    checks: &[
        ("Wie lautet bitte Ihre Bestellnummer?", "{order}."),
        ("Welche Postleitzahl haben Sie?", "{postcode}."),
        ("Könnte es ein Nachbar angenommen haben?", "Nein, ich habe überall gefragt."),
    ],
    findings: &[
        "Das Paket ist im falschen Verteilzentrum gelandet, das tut mir leid.",
        "Der Fahrer hat es im Paketshop abgegeben, nur die Karte fehlt.",
    ],
    questions: &[
        ("Wann kommt es denn jetzt?", "Am {date}, zwischen {hours}."),
        ("Kostet mich das etwas?", "Nein, die zweite Zustellung übernehmen wir."),
        ("Bekomme ich vorher eine Nachricht?", "Ja, das habe ich für Sie eingeschaltet."),
    ],
    solutions: &[
        ("Ich habe eine kostenlose Expresslieferung veranlasst.", "Vielen Dank, das ist nett."),
        ("Soll ich Ersatz schicken oder {amount} erstatten?", "Bitte schicken Sie Ersatz."),
    ],
    summary: "Bestellung {order} kam nicht an; eine neue Zustellung ist veranlasst.",
    action_item: "Verteilzentrum informieren",
};
