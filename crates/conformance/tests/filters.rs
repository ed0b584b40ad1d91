//! Random filters compared with a plain in-memory model of section 5.
//!
//! The model reads the conversations as GetConversation shows them. A run that fails prints the filter.

use std::collections::BTreeSet;
use std::time::Duration;

use hansard_conformance::desk::{Desk, id_of};
use hansard_conformance::house::{house, seconds_ago, unique};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

const CONVERSATIONS: usize = 60;
const FILTERS: usize = 250;

/// A small generator of pseudo-random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn some(&mut self, of: &[&str]) -> Value {
        (0..=self.below(2)).map(|_| self.one(of)).collect::<Vec<_>>().into()
    }
}

const CHANNELS: [&str; 6] = ["CHANNEL_UNSPECIFIED", "CHAT", "VOICE", "EMAIL", "SMS", "WHATSAPP"];
const SOURCES: [&str; 4] = ["SOURCE_UNSPECIFIED", "BOT", "INGESTION_PIPELINE", "OPERA_SYNTHETIC"];
const DIRECTIONS: [&str; 3] = ["DIRECTION_UNSPECIFIED", "INBOUND", "OUTBOUND"];
const CORRUPTIONS: [&str; 3] = ["CORRUPTION_STATE_UNSPECIFIED", "CORRUPTED_STITCH", "SKIPPED_TOO_SHORT"];
const PERSISTENCES: [&str; 2] = ["PERSISTENCE_STATE_UNSPECIFIED", "TO_BE_DELETED"];
const SHARINGS: [&str; 2] = ["SHARING_STATE_UNSPECIFIED", "SHARING_STATE_SHARED"];
const HANDS: [&str; 3] = ["RAISE_HAND_ABSENT", "RAISE_HAND_ACTIVE", "RAISE_HAND_HANDLED"];
const STATUSES: [&str; 5] = ["ACTIVE", "COMPLETED", "FAILED", "ABANDONED", "TRANSFERRED"];
const LANGUAGES: [&str; 2] = ["en-US", "de-DE"];
const SKILLS: [&str; 3] = ["billing", "sales", "Überweisung"];
const IDS: [&str; 4] = ["i1", "i2", "i3", "i4"];
const AGES: [u64; 6] = [0, 1000, 2000, 3000, 5000, 100_000];

/// What the conversations refer to.
struct World {
    desk: Desk,
    users: Vec<String>,
    teams: Vec<String>,
    tags: Vec<String>,
    base: Timestamp,
}

impl World {
    fn build() -> Self {
        let desk = house().desk();
        let admin = house().admin();
        let make = |collection: &str, id: &str, body: &Value| {
            let path = format!("/v1/customers/acme/{collection}?{id}={}", unique("model"));
            admin.post(&path, body).ok()["name"].as_str().unwrap().to_owned()
        };
        let teams: Vec<String> = (0..2).map(|_| make("teams", "teamId", &json!({}))).collect();
        let user = |team: &str, dev: bool| make("users", "userId", &json!({"team": team, "isDevUser": dev}));
        let users = vec![
            user(&teams[0], false),
            user(&teams[0], false),
            user(&teams[1], false),
            user(&teams[1], true),
        ];
        let tags = ["red", "green"].map(|id| desk.create_tag(id)).to_vec();
        let base = seconds_ago(0).parse().unwrap();
        let world = Self { desk, users, teams, tags, base };
        let mut dice = Dice(7);
        for index in 0..CONVERSATIONS {
            world.start(&mut dice, &format!("c{index:02}"));
        }
        world
    }

    fn ago(&self, seconds: u64) -> String {
        (self.base - Duration::from_secs(seconds)).to_string()
    }

    fn start(&self, dice: &mut Dice, id: &str) {
        let profile = &self.desk.profile;
        let mut body = json!({
            "startTime": self.ago(3000 + u64::try_from(dice.below(4)).unwrap() * 1000),
            "channel": dice.one(&CHANNELS), "source": dice.one(&SOURCES), "direction": dice.one(&DIRECTIONS),
            "corruptionState": dice.one(&CORRUPTIONS), "persistenceState": dice.one(&PERSISTENCES),
            "raiseHandState": dice.one(&HANDS), "languageCode": dice.one(&LANGUAGES),
            "displayName": dice.one(&["Refund", "rEFUND of order", "Straße", "100% off_now"]),
            "usecase": format!("{profile}/usecases/{}", dice.one(&IDS)),
            "virtualAgent": format!("{profile}/virtualAgents/{}", dice.one(&IDS)),
            "visitor": {"platformVisitorId": dice.one(&IDS)},
            "deployment": {"deploymentConfigId": dice.one(&IDS)},
            "conversationCorrelationId": dice.one(&IDS),
            "platformInfo": {"platformConversationId": dice.one(&IDS)},
            "metadata": {"n": {"values": [dice.below(5)]}, dice.one(&["k", "l.m"]): {"values": [dice.one(&["US", "USA", "DE"])]}},
        });
        let user = dice.below(self.users.len() + 1);
        if let Some(user) = self.users.get(user) {
            body["agent"] = user.as_str().into();
        }
        if dice.below(3) > 0 {
            body["skill"] = dice.one(&SKILLS).into();
        }
        self.desk.start(id, &body);
        self.adorn(dice, id);
    }

    fn adorn(&self, dice: &mut Dice, id: &str) {
        let desk = &self.desk;
        if dice.below(2) == 0 {
            desk.client.post(&desk.path(id, "/tags"), &json!({"tag": self.tags[dice.below(2)]})).ok();
        }
        if dice.below(2) == 0 {
            desk.verb(id, "updateSharingState", &json!({"sharingState": "SHARING_STATE_SHARED"})).ok();
        }
        if dice.below(3) == 0 {
            let audio =
                json!({"audioPersistenceState": "PERSISTED", "persistedAudioUri": "s3://calls/1.wav"});
            desk.verb(id, "updateAudioPersistenceState", &audio).ok();
        }
        if dice.below(3) > 0 {
            let end = self.ago(u64::try_from(dice.below(3)).unwrap() * 1000);
            let close = json!({"state": "CLOSED", "status": dice.one(&STATUSES[1..]), "endTime": end});
            desk.verb(id, "updateState", &close).ok();
        }
    }

    /// Draws one field of a filter.
    fn draw(&self, dice: &mut Dice) -> (&'static str, Value) {
        let name = |names: &[String], dice: &mut Dice| Value::from(names[dice.below(names.len())].as_str());
        let ago = |dice: &mut Dice| Value::from(self.ago(AGES[dice.below(AGES.len())]));
        match dice.below(34) {
            0 => ("rangeStartTime", ago(dice)),
            1 => ("rangeEndTime", ago(dice)),
            2 => (
                "users",
                json!([{"userName": name(&self.users, dice)}, {"teamName": name(&self.teams, dice)}]),
            ),
            3 => {
                ("users", json!([{"userName": name(&self.users, dice), "teamName": name(&self.teams, dice)}]))
            }
            4 => ("usersOrTeamsUsers", json!([name(&self.users, dice)])),
            5 => ("usersOrTeamsTeams", json!([name(&self.teams, dice)])),
            6 => ("includeDevUsers", false.into()),
            7 => ("platformConversationId", dice.one(&IDS).into()),
            8 => ("conversationCorrelationId", dice.one(&IDS).into()),
            9 => ("conversationCorrelationOrPlatformId", dice.one(&IDS).into()),
            10 => ("minConversationDuration", dice.one(&["1000s", "2000.5s", "3000s"]).into()),
            11 => ("maxConversationDuration", dice.one(&["1000s", "2999.5s", "4000s"]).into()),
            12 => ("liveFilter", dice.one(&["LIVE_ONLY", "CLOSED_ONLY"]).into()),
            13 => ("includeDevUsers", true.into()),
            14 => ("audioLinkStatus", dice.one(&["WITH_AUDIO", "WITHOUT_AUDIO"]).into()),
            15 => ("languageCode", dice.one(&LANGUAGES).into()),
            16 => ("languageCodes", dice.some(&LANGUAGES)),
            17 => ("usecaseIds", dice.some(&IDS)),
            18 => ("sources", dice.some(&SOURCES)),
            19 => ("sharingState", dice.some(&SHARINGS)),
            20 => ("channel", dice.one(&CHANNELS[1..]).into()),
            21 => ("corruptionStates", dice.some(&CORRUPTIONS)),
            22 => ("persistenceStates", dice.some(&PERSISTENCES)),
            23 => ("tags", json!([name(&self.tags, dice), name(&self.tags, dice)])),
            24 => ("skills", dice.some(&["billing", "sales", "Überweisung", ""])),
            25 => ("statuses", dice.some(&STATUSES)),
            26 => ("directions", dice.some(&DIRECTIONS)),
            27 => ("visitorIds", dice.some(&IDS)),
            28 => {
                ("virtualAgents", json!([format!("{}/virtualAgents/{}", self.desk.profile, dice.one(&IDS))]))
            }
            29 => ("deploymentConfigIds", dice.some(&IDS)),
            30 => ("raiseHandStates", dice.some(&HANDS)),
            31 => ("channels", dice.some(&CHANNELS)),
            32 => ("unassigned", true.into()),
            _ => ("displayNameContains", dice.one(&["refund", "OF", "STRA", "%", "_", "zzz"]).into()),
        }
    }
}

/// Decides whether one field of a filter holds of a conversation.
fn holds(field: &str, filter: &Value, conversation: &Value) -> bool {
    let wanted = &filter[field];
    let text = |field: &str| conversation[field].as_str().unwrap_or("");
    let one_of = |value: &str| wanted.as_array().unwrap().iter().any(|wanted| wanted == value);
    let or = |field: &str, zero: &'static str| one_of(conversation[field].as_str().unwrap_or(zero));
    let id = |field: &str| text(field).rsplit('/').next().unwrap_or("").to_owned();
    let platform = conversation["platformInfo"]["platformConversationId"].as_str().unwrap_or("");
    match field {
        "rangeStartTime" => conversation.get("endTime").is_none_or(|end| time(end) >= time(wanted)),
        "rangeEndTime" => time(&conversation["startTime"]) <= time(wanted),
        "users" => wanted.as_array().unwrap().iter().any(|entry| {
            let holds = |key: &str, field: &str| entry[key].is_null() || entry[key] == text(field);
            holds("userName", "agent") && holds("teamName", "team")
        }),
        "usersOrTeamsUsers" | "usersOrTeamsTeams" => {
            let listed = |key: &str, value: &str| {
                filter[key].as_array().is_some_and(|list| list.iter().any(|wanted| wanted == value))
            };
            listed("usersOrTeamsUsers", text("agent")) || listed("usersOrTeamsTeams", text("team"))
        }
        "platformConversationId" => wanted == platform,
        "conversationCorrelationId" => wanted == text(field),
        "conversationCorrelationOrPlatformId" => {
            wanted == platform || wanted == text("conversationCorrelationId")
        }
        "minConversationDuration" => lasted(conversation) >= seconds(wanted),
        "maxConversationDuration" => lasted(conversation) <= seconds(wanted),
        "liveFilter" => (wanted == "LIVE_ONLY") == (text("state") == "LIVE"),
        "includeDevUsers" => true,
        "audioLinkStatus" => (wanted == "WITH_AUDIO") != text("persistedAudioUri").is_empty(),
        "languageCode" | "channel" => wanted == text(field),
        "languageCodes" => one_of(text("languageCode")),
        "usecaseIds" => one_of(&id("usecase")),
        "sources" => or("source", SOURCES[0]),
        "sharingState" => or("sharingState", SHARINGS[0]),
        "corruptionStates" => or("corruptionState", CORRUPTIONS[0]),
        "persistenceStates" => or("persistenceState", PERSISTENCES[0]),
        "tags" => conversation["tags"]
            .as_array()
            .is_some_and(|tags| tags.iter().any(|tag| one_of(tag.as_str().unwrap()))),
        "skills" => or("skill", ""),
        "statuses" => one_of(text("status")),
        "directions" => or("direction", DIRECTIONS[0]),
        "visitorIds" => one_of(conversation["visitor"]["platformVisitorId"].as_str().unwrap_or("")),
        "virtualAgents" => one_of(text("virtualAgent")),
        "deploymentConfigIds" => {
            one_of(conversation["deployment"]["deploymentConfigId"].as_str().unwrap_or(""))
        }
        "raiseHandStates" => one_of(text("raiseHandState")),
        "channels" => or("channel", CHANNELS[0]),
        "unassigned" => text("agent").is_empty(),
        "displayNameContains" => {
            text("displayName").to_lowercase().contains(&wanted.as_str().unwrap().to_lowercase())
        }
        _ => panic!("the model knows no field {field}"),
    }
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn seconds(duration: &Value) -> f64 {
    duration.as_str().unwrap().trim_end_matches('s').parse().unwrap()
}

/// Returns the duration in seconds, until now for a LIVE one.
fn lasted(conversation: &Value) -> f64 {
    let end = conversation.get("endTime").map_or_else(Timestamp::now, time);
    end.duration_since(time(&conversation["startTime"])).as_secs_f64()
}

#[test]
fn random_filters_select_what_the_model_selects() {
    let world = World::build();
    let dev = &world.users[3];
    let population: Vec<Value> =
        (0..CONVERSATIONS).map(|index| world.desk.conversation(&format!("c{index:02}"))).collect();
    let mut dice = Dice(42);
    let mut selected_some = 0;
    for _ in 0..FILTERS {
        let filter: Map<String, Value> = (0..=dice.below(3))
            .map(|_| world.draw(&mut dice))
            .map(|(field, value)| (field.to_owned(), value))
            .collect();
        let filter = Value::Object(filter);
        let fields = filter.as_object().unwrap();
        let visible =
            |conversation: &Value| filter["includeDevUsers"] == true || conversation["agent"] != dev.as_str();
        let expected: BTreeSet<String> = population
            .iter()
            .filter(|conversation| {
                visible(conversation) && fields.keys().all(|field| holds(field, &filter, conversation))
            })
            .map(id_of)
            .collect();
        let listed: BTreeSet<String> = world.desk.select(&filter).into_iter().collect();
        assert_eq!(listed, expected, "{filter}");
        let count =
            world.desk.client.post(&world.desk.at("/conversations:count"), &json!({"filter": filter})).ok();
        assert_eq!(count["count"], expected.len().to_string(), "{filter}");
        selected_some += usize::from(!expected.is_empty() && expected.len() < CONVERSATIONS);
    }
    assert!(selected_some > FILTERS / 2, "most filters select some and leave out some: {selected_some}");
}

#[test]
fn metadata_conditions() {
    let desk = house().desk();
    let start = |id: &str, metadata: Value| desk.start(id, &json!({"metadata": metadata}));
    start("us", json!({"region": {"values": ["US"]}, "total": {"values": [10]}}));
    start("usa", json!({"region": {"values": ["USA", "CA"]}, "total": {"values": [20.5]}}));
    start("flag", json!({"flag": {"values": [true]}}));
    start("none", json!({}));
    let select = |condition: Value| desk.select(&json!({"metadata": [condition]}));
    assert_eq!(select(json!({"key": "region", "exists": true})), ["us", "usa"]);
    assert_eq!(select(json!({"key": "region", "exists": false})), ["flag", "none"]);
    assert_eq!(select(json!({"key": "region", "equals": "US"})), ["us"]);
    assert_eq!(select(json!({"key": "region", "equals": {"stringValue": "CA"}})), ["usa"]);
    assert_eq!(select(json!({"key": "flag", "equals": true})), ["flag"]);
    assert_eq!(select(json!({"key": "region", "anyOf": {"values": ["US", "CA"]}})), ["us", "usa"]);
    assert_eq!(select(json!({"key": "region", "prefix": "US"})), ["us", "usa"]);
    assert_eq!(select(json!({"key": "total", "range": {"min": 10}})), ["us", "usa"], "inclusive");
    assert_eq!(select(json!({"key": "total", "range": {"min": 10.5, "max": 20.5}})), ["usa"]);
    assert_eq!(select(json!({"key": "total", "equals": "10"})), Vec::<String>::new(), "a text is no number");
    desk.try_list(&json!({"filter": {"metadata": [{"key": "region"}]}})).fails("INVALID_ARGUMENT");
    desk.try_list(&json!({"filter": {"metadata": [{"exists": true}]}})).fails("INVALID_ARGUMENT");
}

#[test]
fn users_or_groups_by_users_alone() {
    let desk = house().desk();
    for user in ["ada", "bob"] {
        desk.start(user, &json!({"agent": format!("customers/acme/users/{user}")}));
    }
    let filter = json!({"usersOrGroups": {"users": ["customers/acme/users/bob"]}});
    assert_eq!(desk.select(&filter), ["bob"], "issue 2, section 1: only groups are left for later");
}

#[test]
fn update_time_is_a_closed_range() {
    let desk = house().desk();
    for id in ["a", "b", "c"] {
        desk.start(id, &json!({}));
    }
    let updated = desk.conversation("b")["updateTime"].clone();
    assert_eq!(
        desk.select(&json!({"updateTimeStart": updated, "updateTimeEnd": updated})),
        ["b"],
        "both inclusive"
    );
    assert_eq!(desk.select(&json!({"updateTimeStart": updated})), ["b", "c"]);
    assert_eq!(desk.select(&json!({"updateTimeEnd": updated})), ["a", "b"]);
}

#[test]
fn references_in_a_filter_are_of_the_callers_customer() {
    let desk = house().desk();
    let foreign = [
        ("userName", json!({"users": [{"userName": "customers/globex/users/u"}]})),
        ("usersOrTeamsTeams[0]", json!({"usersOrTeamsTeams": ["customers/globex/teams/t"]})),
        ("usersOrTeamsUsers[0]", json!({"usersOrTeamsUsers": ["ada"]})),
        ("tags[0]", json!({"tags": ["vip"]})),
    ];
    for (field, filter) in foreign {
        desk.try_list(&json!({"filter": filter})).invalid(field);
    }
}
