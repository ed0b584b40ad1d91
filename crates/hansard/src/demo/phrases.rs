//! What is said around every topic: greetings, waiting, closing, in each language.

use super::scenario::Exchange;

/// The phrases of one language.
#[derive(Debug)]
pub(super) struct Phrases {
    /// How an agent answers a call or a chat.
    pub(super) greetings: &'static [&'static str],
    /// What a bot says before an agent is there.
    pub(super) bot: &'static str,
    pub(super) hellos: &'static [&'static str],
    pub(super) sympathies: &'static [&'static str],
    /// Before a line is put on hold, and after it.
    pub(super) holds: &'static [Exchange],
    pub(super) anything_else: &'static [Exchange],
    pub(super) goodbyes: &'static [Exchange],
    /// Before a transfer, and how the customer takes it.
    pub(super) transfers: &'static [Exchange],
    pub(super) takeovers: &'static [&'static str],
    pub(super) are_you_there: &'static [&'static str],
    /// The first and the last lines of an e-mail.
    pub(super) letter: [&'static str; 4],
    pub(super) months: [&'static str; 6],
}

/// The phrases of a language of the scenarios.
pub(super) fn of(language: &str) -> &'static Phrases {
    match language {
        "de-DE" => &GERMAN,
        "es-ES" => &SPANISH,
        _ => &ENGLISH,
    }
}

static ENGLISH: Phrases = Phrases {
    greetings: &[
        "Hello, thank you for contacting us. How can I help you today?",
        "Good day, you've reached customer service. What can I do for you?",
        "Hi there, thanks for waiting. How may I help?",
        "Welcome! What can I help you with?",
    ],
    bot: "Hi! I'm the virtual assistant. Please tell me in a few words what it is about.",
    hellos: &["Hello. ", "Hi! ", "Good morning. ", "Hi there. ", ""],
    sympathies: &[
        "I'm sorry about that. Let me have a look.",
        "That's annoying, I understand. I'll check right away.",
        "Thank you for telling us. I'm looking into it.",
        "I see. Let's sort this out together.",
    ],
    holds: &[
        ("May I put you on hold for a moment?", "Thanks for holding."),
        ("One moment please, I'm asking a colleague.", "I'm back, thank you for waiting."),
    ],
    anything_else: &[
        ("Is there anything else I can do for you?", "No, that's all. Thanks a lot."),
        ("Can I help you with anything else today?", "That was it, thank you."),
        ("Do you have any other question?", "No, you've been very helpful."),
    ],
    goodbyes: &[
        ("Have a lovely day!", "You too, bye."),
        ("Thank you for your patience. Goodbye!", "Goodbye."),
        ("You're welcome. All the best!", "Same to you."),
    ],
    transfers: &[
        ("My colleagues of the specialist team can do that. May I transfer you?", "Yes, please."),
        (
            "I can't change this myself, so I'd like to hand you over.",
            "All right, I hope I don't have to repeat everything.",
        ),
    ],
    takeovers: &[
        "Hello, I have your case in front of me, so you needn't repeat anything.",
        "Hi, I'm taking over from my colleague and have read the notes.",
    ],
    are_you_there: &[
        "Are you still there?",
        "Are you still with me?",
        "I'll wait another minute for your answer.",
    ],
    letter: ["Hello,", "Dear customer,", "Kind regards", "Kind regards\nCustomer service"],
    months: ["March", "April", "May", "June", "September", "October"],
};

static GERMAN: Phrases = Phrases {
    greetings: &[
        "Guten Tag, was kann ich für Sie tun?",
        "Willkommen beim Kundenservice, wie kann ich helfen?",
    ],
    bot: "Hallo! Ich bin der digitale Assistent. Worum geht es bitte?",
    hellos: &["Guten Tag. ", "Hallo! ", ""],
    sympathies: &["Das tut mir leid, ich sehe gleich nach.", "Das ist ärgerlich. Ich prüfe das sofort."],
    holds: &[("Einen Moment bitte, ich frage nach.", "Danke fürs Warten.")],
    anything_else: &[("Kann ich sonst noch etwas für Sie tun?", "Nein, das war alles.")],
    goodbyes: &[("Einen schönen Tag noch!", "Danke, ebenso."), ("Auf Wiederhören!", "Auf Wiederhören.")],
    transfers: &[("Darf ich Sie an die Fachabteilung weitergeben?", "Ja, gern.")],
    takeovers: &["Guten Tag, ich habe Ihren Fall vor mir und übernehme."],
    are_you_there: &["Sind Sie noch da?", "Ich warte noch eine Minute auf Ihre Antwort."],
    letter: [
        "Guten Tag,",
        "Guten Tag,",
        "Mit freundlichen Grüßen",
        "Mit freundlichen Grüßen\nIhr Kundenservice",
    ],
    months: ["März", "April", "Mai", "Juni", "September", "Oktober"],
};

static SPANISH: Phrases = Phrases {
    greetings: &["Buenos días, ¿en qué puedo ayudarle?", "Gracias por llamar, dígame."],
    bot: "¡Hola! Soy el asistente virtual. ¿De qué se trata?",
    hellos: &["Buenos días. ", "¡Hola! ", ""],
    sympathies: &["Lo siento mucho, lo miro ahora mismo.", "Entiendo. Voy a comprobarlo."],
    holds: &[("Un momento, por favor.", "Gracias por esperar.")],
    anything_else: &[("¿Puedo ayudarle en algo más?", "No, eso era todo.")],
    goodbyes: &[("¡Que tenga un buen día!", "Igualmente, adiós.")],
    transfers: &[("¿Le paso con el departamento correspondiente?", "Sí, por favor.")],
    takeovers: &["Buenos días, tengo su caso delante y sigo yo."],
    are_you_there: &["¿Sigue ahí?", "Espero su respuesta un minuto más."],
    letter: ["Buenos días:", "Estimado cliente:", "Un saludo", "Un saludo\nAtención al cliente"],
    months: ["marzo", "abril", "mayo", "junio", "septiembre", "octubre"],
};
