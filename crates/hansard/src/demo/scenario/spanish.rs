//! A topic in Spanish.

use super::{Matter, Scenario};

pub(super) static BILLING: Scenario = Scenario {
    id: "billing",
    title: "Billing",
    team: "team-billing",
    language: "es-ES",
    matters: &[
        Matter {
            subject: "Cobro duplicado, factura {order}",
            problems: &[
                "Me han cobrado {amount} dos veces por la factura {order}.",
                "En mi cuenta aparece dos veces la factura {order}.",
            ],
            checks: &[
                ("¿Pagó con tarjeta o por transferencia?", "Con la tarjeta que termina en {last4}."),
                ("¿Qué día se hizo el segundo cobro?", "El {date}."),
            ],
            finding: "Veo dos cobros de {amount} por la misma factura; ha sido un error nuestro.",
            questions: &[
                ("¿Cuánto tarda la devolución?", "Normalmente unos {days} días laborables."),
                ("¿Puede volver a pasar?", "He dejado una nota para que se revise la próxima factura."),
            ],
            solutions: &[("Acabo de devolver {amount} a su tarjeta.", "Estupendo, muchas gracias.")],
            summary: "La factura {order} se cobró dos veces; se devolvieron {amount}.",
            action_item: "Revisar la próxima factura",
        },
        Matter {
            subject: "Aviso de impago por una factura pagada",
            problems: &[
                "Pagué la factura {order} el {date} y me ha llegado un aviso de impago.",
                "Me reclaman {amount} que ya pagué el {date}.",
            ],
            checks: &[
                ("¿Pagó el importe completo?", "Sí, {amount} exactos."),
                ("¿Qué concepto puso en la transferencia?", "Mi número de cliente, creo."),
            ],
            finding: "El pago llegó, pero se anotó en una factura anterior.",
            questions: &[
                ("¿Me van a mandar otro aviso?", "No, ya lo he anulado."),
                ("¿Tengo que pagar el recargo?", "No, también lo he quitado."),
            ],
            solutions: &[("El pago está en su sitio y no debe nada.", "Perfecto, gracias por su ayuda.")],
            summary: "El pago de la factura {order} se anotó en otra; corregido.",
            action_item: "Confirmar el saldo por correo",
        },
    ],
};
