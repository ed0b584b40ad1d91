//! A topic in Spanish.

use super::Scenario;

pub(super) static BILLING: Scenario = Scenario {
    id: "billing",
    title: "Billing",
    team: "team-billing",
    language: "es-ES",
    subjects: &["Factura {order}", "Cobro duplicado", "Consulta sobre mi factura"],
    problems: &[
        "Me han cobrado {amount} dos veces por la factura {order}.",
        "Mi factura es más alta de lo normal y no entiendo por qué.",
        "Pagué la factura {order} y me ha llegado un aviso de impago.",
    ],
    checks: &[
        ("¿Me dice el número de la factura, por favor?", "Es el {order}."),
        ("¿Pagó con tarjeta o por transferencia?", "Con la tarjeta que termina en {last4}."),
        ("¿Qué día se hizo el cobro?", "El {date}."),
    ],
    findings: &[
        "Veo dos cobros de {amount} por la misma factura; ha sido un error nuestro.",
        "El pago llegó, pero se anotó en una factura anterior.",
    ],
    questions: &[
        ("¿Cuánto tarda la devolución?", "Normalmente unos {days} días laborables."),
        ("¿Me van a mandar otro aviso?", "No, ya lo he anulado."),
    ],
    solutions: &[
        ("Acabo de devolver {amount} a su tarjeta.", "Estupendo, muchas gracias."),
        ("La factura está corregida y no debe nada.", "Perfecto, gracias por su ayuda."),
    ],
    summary: "El cliente reclamó {amount} de la factura {order}; el cobro se corrigió.",
    action_item: "Revisar la próxima factura",
};
