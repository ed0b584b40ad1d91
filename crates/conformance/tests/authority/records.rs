//! The rows of the record routes: every one that the OpenAPI document lists, asked by every kind of caller.

use hansard_conformance::client::Client;
use hansard_conformance::house::{House, unique};
use hansard_conformance::sample::Target;
use serde_json::{Value, json};

use super::{Cells, STRANGERS};

const PROJECT: &str = "organization_id=acme&project_id=support";

/// A route of the dialect.
pub(super) struct Route {
    pub(super) name: String,
    verb: String,
    path: String,
}

/// Returns every route that the document lists under records.
fn routes(house: &House) -> Vec<Route> {
    let document = Client::anonymous(house.server.address()).get("/openapi.json").ok();
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().iter().filter(|(_, operation)| operation["tags"] == json!(["Records"])).map(
            |(verb, operation)| Route {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                verb: verb.to_uppercase(),
                path: path.clone(),
            },
        )
    });
    all.collect()
}

impl Route {
    fn mutates(&self) -> bool {
        self.verb != "GET"
    }

    /// Sends a well-formed request about a conversation of `acme`, in the profile `support`, the agent's own.
    fn ask(&self, house: &House, client: &Client) -> String {
        let target = Target {
            customer: "acme".to_owned(),
            profile: "support".to_owned(),
            conversation: unique("record"),
            item: unique("item"),
        };
        if self.name != "CreateRecord" {
            target.start(&house.admin());
        }
        let id = match self.name.as_str() {
            "GetDecommission" => begun_job(house),
            _ => target.conversation.clone(),
        };
        let dates = "startDate=2024-01-01&endDate=2024-12-31";
        let query =
            if self.path.ends_with("by-date-range") { format!("{PROJECT}&{dates}") } else { PROJECT.into() };
        let call = client.call(&self.verb, &format!("{}?{query}", self.path.replace("{id}", &id)));
        let answer = match self.body(&target.conversation) {
            Value::Null => call.send(),
            body => call.json(&body).send(),
        };
        match answer.status {
            200..300 => "ok".to_owned(),
            _ => answer.json()["code"].as_str().unwrap_or("no code").to_lowercase(),
        }
    }

    fn body(&self, conversation: &str) -> Value {
        match self.name.as_str() {
            "CreateRecord" => json!({
                "id": conversation, "organization_id": "acme", "project_id": "support", "channel_id": "c",
                "deployment_config_id": "d", "channel_identifier": "w", "conversation_type": "OTT_CHAT",
            }),
            "DecommissionRecords" => json!({"decommission_service_id": conversation}),
            "AppendRecordMessages" => json!({
                "messageId": "m1", "content": "hello", "message_type": "user", "timestamp": 1_709_856_000, "metadata": {},
            }),
            "SetRecordStatus" => json!({"status": "COMPLETED"}),
            "SetRecordSummary" => {
                json!({"summary": "s", "key_points": [], "action_items": [], "sentiment": "MIXED"})
            }
            "ReportRecordTransfer" => json!({"transfer_target": "1234", "transfer_status": "pending"}),
            name if self.mutates() && self.verb != "DELETE" => panic!("what does {name} take?"),
            _ => Value::Null,
        }
    }
}

/// Returns the id of a job that an admin has begun.
fn begun_job(house: &House) -> String {
    let body = json!({"deployment_config_id": unique("deployment")});
    let begun = house.admin().post(&format!("/v1/conversations/decommission?{PROJECT}"), &body);
    assert_eq!(begun.status, 202, "{begun}");
    begun.json()["data"]["job_id"].as_str().unwrap().to_owned()
}

pub(super) fn build(house: &House, clients: &[(&'static str, Client)]) -> Vec<(Route, Cells)> {
    let row = |route: Route| {
        let cells = clients.iter().map(|(caller, client)| (*caller, route.ask(house, client))).collect();
        (route, cells)
    };
    routes(house).into_iter().map(row).collect()
}

/// What holds whatever the reviewed file says.
pub(super) fn check_rules(rows: &[(Route, Cells)]) {
    assert!(rows.len() >= 15, "every route: {}", rows.len());
    for (route, cells) in rows {
        let name = &route.name;
        for (caller, cell) in cells {
            let expected = ["ok", "unauthenticated", "not_found", "permission_denied"];
            assert!(expected.contains(&cell.as_str()), "authority decides: {name} as {caller}: {cell}");
        }
        for stranger in STRANGERS {
            assert_eq!(cells[stranger], "unauthenticated", "3: {name} as {stranger}");
        }
        for foreign in ["other tenant", "other profile"] {
            assert_eq!(cells[foreign], "not_found", "3: {name} as {foreign}");
        }
        assert_eq!(cells["operator"], "permission_denied", "4: {name}: an operator sees no conversations");
        assert_eq!(cells["admin"], "ok", "4: {name}: an admin has all of a customer");
        if route.mutates() {
            for reader in ["reader", "supervisor"] {
                assert_ne!(cells[reader], "ok", "4: {name} as {reader}");
            }
        }
        if route.verb == "DELETE" {
            for caller in ["agent", "writer"] {
                assert_ne!(cells[caller], "ok", "4: {name} as {caller}");
            }
        }
    }
}
