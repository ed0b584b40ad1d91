//! Who may do what: every method of the descriptor asked by every kind of caller, rendered as a table and
//! compared with the reviewed file `authority-matrix.txt`. `UPDATE_MATRIX=1` writes the file anew.

mod records;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use hansard_conformance::answer::Answer;
use hansard_conformance::client::Client;
use hansard_conformance::contract::{Method, methods};
use hansard_conformance::house::{House, unique};
use hansard_conformance::sample::{Sample, Target};
use hansard_conformance::sse::Stream;

const CALLERS: [&str; 11] = [
    "no key",
    "wrong key",
    "expired",
    "other tenant",
    "other profile",
    "operator",
    "admin",
    "supervisor",
    "agent",
    "writer",
    "reader",
];
const STRANGERS: [&str; 3] = ["no key", "wrong key", "expired"];

/// Caller -> result.
type Cells = BTreeMap<&'static str, String>;
/// Method -> caller -> result.
type Matrix = Vec<(&'static Method, Cells)>;

fn client(house: &House, caller: &str, expired: &str) -> Client {
    let keys = &house.keys;
    let key = match caller {
        "no key" => return Client::anonymous(house.server.address()),
        "wrong key" => "hsk_wrong",
        "expired" => expired,
        "other tenant" => &keys.other_tenant,
        "other profile" => &keys.other_profile,
        "operator" => &keys.operator,
        "admin" => &keys.admin,
        "supervisor" => &keys.supervisor,
        "agent" => &keys.agent,
        "writer" => &keys.writer,
        "reader" => &keys.reader,
        _ => panic!("no caller {caller}"),
    };
    house.client(key)
}

/// Prepares what the request is about: of `acme`, in the profile `support`, the agent's own.
fn well_formed(house: &House, method: &Method) -> Sample {
    let of_profile = ["UpdateProfile", "DeleteProfile"].contains(&method.name.as_str());
    let creates_customer = method.name == "CreateCustomer";
    let mut target = Target {
        customer: if creates_customer { unique("customer") } else { "acme".to_owned() },
        profile: if of_profile { unique("profile") } else { "support".to_owned() },
        conversation: unique("conv"),
        item: unique("item"),
    };
    if method.name != "GetProfile" {
        target.prepare(method, &house.operator(), &house.admin());
    }
    target.sample(method)
}

/// Reduces an answer to what the table shows; a stale etag or a customer that is not empty proves that
/// authority has let the caller pass.
fn result(method: &Method, answer: &Answer) -> String {
    match answer.code() {
        "ABORTED" | "FAILED_PRECONDITION"
            if ["DeleteCustomer", "DeleteProfile"].contains(&method.name.as_str()) =>
        {
            "ok".to_owned()
        }
        code => code.to_lowercase(),
    }
}

fn ask(method: &Method, sample: &Sample, client: &Client) -> String {
    if method.name == "WatchChanges" && Stream::open(sample.call(client)).status == 200 {
        return "ok".to_owned();
    }
    result(method, &sample.call(client).send())
}

fn build(house: &House, clients: &[(&'static str, Client)]) -> Matrix {
    let row = |method: &'static Method| {
        let shared = (!method.mutates()).then(|| well_formed(house, method));
        let cell = |client: &Client| {
            let sample = shared.clone().unwrap_or_else(|| well_formed(house, method));
            ask(method, &sample, client)
        };
        (method, clients.iter().map(|(caller, client)| (*caller, cell(client))).collect())
    };
    methods().iter().map(row).collect()
}

fn render<'m>(rows: impl Iterator<Item = (String, &'m Cells)>) -> String {
    let short = |cell: &str| match cell {
        "ok" => "ok".to_owned(),
        "unauthenticated" => "401".to_owned(),
        "permission_denied" => "denied".to_owned(),
        "not_found" => "absent".to_owned(),
        other => other.to_uppercase(),
    };
    let mut table = String::from("# Method x caller. ok: let pass. absent: 404. denied: 403.\n");
    let mut line = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().fold(String::new(), |mut line, cell| {
            write!(line, "{cell:<15}").unwrap();
            line
        });
        writeln!(table, "{name:<60}{}", cells.trim_end()).unwrap();
    };
    line("", CALLERS.map(str::to_owned).to_vec());
    for (name, cells) in rows {
        line(&name, CALLERS.iter().map(|caller| short(&cells[caller])).collect());
    }
    table
}

/// What holds whatever the reviewed file says.
fn check_rules(matrix: &Matrix) {
    for (method, cells) in matrix {
        let name = &method.name;
        for (caller, cell) in cells {
            let expected = ["ok", "unauthenticated", "not_found", "permission_denied"];
            assert!(
                expected.contains(&cell.as_str()),
                "authority decides, not validation: {name} as {caller}: {cell}"
            );
        }
        for stranger in STRANGERS {
            assert_eq!(cells[stranger], "unauthenticated", "4: {name} as {stranger}");
        }
        if method.has_tenant() {
            assert_ne!(cells["other tenant"], "ok", "1: {name}: a caller sees only its own customer");
        }
        if method.binding().template.contains("profiles/*") {
            assert_ne!(cells["other profile"], "ok", "1: {name}: and its own profiles");
        }
        if ["UpdateApiKey", "DeleteApiKey", "RevokeApiKey", "CreateProfile"].contains(&name.as_str()) {
            assert_ne!(
                cells["other profile"], "ok",
                "4: {name}: a limited key does not reach past its limit"
            );
        }
        if method.mutates() {
            assert_ne!(cells["reader"], "ok", "4: {name}: a reader changes nothing");
        }
        if method.service == "ConversationService" {
            assert_ne!(cells["operator"], "ok", "4: {name}: an operator sees no conversations");
        }
        let is_the_operators = ["UpdateCustomer", "DeleteCustomer"].contains(&name.as_str());
        if method.has_tenant() && !is_the_operators {
            assert_eq!(cells["admin"], "ok", "4: {name}: an admin has all of a customer");
        }
    }
    let allowed = |name: &str, caller: &str| {
        let (_, cells) = matrix.iter().find(|(method, _)| method.name == name).unwrap();
        cells[caller] == "ok"
    };
    for name in [
        "StartConversation",
        "CreateConversationMessage",
        "BatchCreateConversationMessages",
        "ImportConversations",
    ] {
        assert!(allowed(name, "writer"), "4: writer (ingest): {name}");
    }
    for name in [
        "GetConversation",
        "ListConversations",
        "ListConversationMessages",
        "AddConversationTag",
        "UpdateConversationSharingState",
    ] {
        assert!(allowed(name, "supervisor"), "4: supervisor (read all, tag, share): {name}");
    }
    for name in ["GetConversation", "ListConversations", "ListConversationMessages"] {
        assert!(allowed(name, "reader") && allowed(name, "agent"), "4: {name}");
    }
    for name in ["DeleteConversation", "DeleteConversationMessage", "CreateApiKey", "ListAuditEntries"] {
        for caller in ["agent", "writer", "reader"] {
            assert!(!allowed(name, caller), "4: {name} as {caller}");
        }
    }
    assert!(allowed("CreateCustomer", "operator") && !allowed("CreateCustomer", "admin"), "4: operator");
}

#[test]
fn the_matrix_is_the_reviewed_one() {
    let house = House::build();
    let expired = house.expired_key();
    let clients = CALLERS.map(|caller| (caller, client(&house, caller, &expired)));
    let matrix = build(&house, &clients);
    let of_records = records::build(&house, &clients);
    let services =
        matrix.iter().map(|(method, cells)| (format!("{}.{}", method.service, method.name), cells));
    let routes = of_records.iter().map(|(route, cells)| (format!("Records.{}", route.name), cells));
    let table = render(services.chain(routes));
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("authority-matrix.txt");
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    check_rules(&matrix);
    records::check_rules(&of_records);
    for (found, reviewed) in table.lines().zip(reviewed.lines()) {
        assert_eq!(found, reviewed, "review it, then write it with UPDATE_MATRIX=1");
    }
    assert_eq!(table.lines().count(), reviewed.lines().count(), "a method without a row:\n{table}");
}
