//! Random lives of records against a small model of section 2: status, history, transfers, and what watchers hear.

use hansard_conformance::answer::Answer;
use hansard_conformance::desk::column;
use hansard_conformance::records::{MIDNIGHT, Records};
use serde_json::{Value, json};

use super::attributes::STATUSES;
use super::dice::Dice;

const LIVES: u64 = 40;
const STEPS: usize = 16;

/// One thing that a provider or an operator does.
#[derive(Debug, Clone)]
enum Step {
    Status(&'static str),
    /// A transfer that was not heard of before, in this status.
    NewTransfer(&'static str),
    /// News of the latest transfer.
    Transfer(&'static str),
    Decommission,
    /// The Conversation Service's updateState LIVE.
    Reopen,
}

/// What a step must do.
#[derive(Debug, PartialEq)]
enum Effect {
    /// The status becomes this, with one history entry.
    Moves(&'static str),
    /// The transfer changes, the status does not.
    Notes,
    /// Nothing changes; the answer is the record.
    Repeats,
    /// 409 that names both states.
    Conflicts,
}

/// What is known of a record.
#[derive(Debug)]
struct Model {
    status: &'static str,
    history: Vec<&'static str>,
    transfers: Vec<&'static str>,
}

impl Model {
    fn latest(&self) -> &'static str {
        self.transfers.last().copied().unwrap_or("none")
    }

    /// Returns what the contract demands of a step, and takes it.
    fn take(&mut self, step: &Step) -> Effect {
        let effect = match step {
            Step::Status(to) if *to == self.status => Effect::Repeats,
            Step::Status(to) if self.status == "ACTIVE" => Effect::Moves(to),
            Step::Status(_) => Effect::Conflicts,
            Step::NewTransfer(news) => {
                self.transfers.push(news);
                if *news == "completed" { Effect::Moves("TRANSFERRED") } else { Effect::Notes }
            }
            Step::Transfer(news) if *news == self.latest() => Effect::Repeats,
            Step::Transfer(news) => {
                *self.transfers.last_mut().unwrap() = news;
                match *news {
                    "completed" => Effect::Moves("TRANSFERRED"),
                    "returned" => Effect::Moves("ACTIVE"),
                    _ => Effect::Notes,
                }
            }
            Step::Decommission if self.status == "ACTIVE" => {
                if let Some(pending) = self.transfers.last_mut().filter(|status| **status == "pending") {
                    *pending = "failed";
                }
                Effect::Moves("COMPLETED")
            }
            Step::Decommission => Effect::Repeats,
            Step::Reopen if self.status == "ACTIVE" => Effect::Repeats,
            Step::Reopen => Effect::Moves("ACTIVE"),
        };
        if let Effect::Moves(to) = effect {
            self.status = to;
            self.history.push(to);
        }
        effect
    }

    /// Returns a step of which the contract says what it does.
    fn draw(&self, dice: &mut Dice) -> Step {
        let pending = self.latest() == "pending";
        loop {
            let step = match dice.below(11) {
                0..=2 => Step::Status(dice.word(STATUSES)),
                3 | 4 => Step::NewTransfer(dice.word(&["pending", "pending", "completed", "failed"])),
                5..=8 => Step::Transfer(dice.word(&["pending", "completed", "failed", "returned"])),
                9 => Step::Decommission,
                _ => Step::Reopen,
            };
            let is_told = match &step {
                // What becomes of a pending transfer is told for decommissioning alone.
                Step::Status(to) => !(pending && *to != "ACTIVE" && self.status == "ACTIVE"),
                Step::NewTransfer(_) => self.status == "ACTIVE" && !pending,
                Step::Transfer(news) => self.is_next(news),
                Step::Decommission | Step::Reopen => true,
            };
            if is_told {
                return step;
            }
        }
    }

    /// Returns whether the news of the latest transfer lead on from what is known, or repeat it.
    fn is_next(&self, news: &str) -> bool {
        match (self.latest(), self.status) {
            ("none", _) => false,
            ("pending", "ACTIVE") => ["pending", "completed", "failed"].contains(&news),
            ("completed", "TRANSFERRED") => ["completed", "returned"].contains(&news),
            (known, _) => known == news,
        }
    }
}

/// One life: the record, its model, and how far the change log was read.
struct Life<'a> {
    records: &'a Records,
    id: String,
    model: Model,
    cursor: String,
    record: Value,
}

impl Life<'_> {
    fn send(&self, step: &Step) -> Answer {
        match step {
            Step::Status(to) => {
                self.records.set_status(&self.id, &json!({"status": to, "reason": "told so"}))
            }
            Step::NewTransfer(news) | Step::Transfer(news) => {
                self.records.transfer(&self.id, &transfer(self.model.transfers.len(), news))
            }
            Step::Decommission => self.records.decommission(&self.id),
            Step::Reopen => self.records.desk.verb(&self.id, "updateState", &json!({"state": "LIVE"})),
        }
    }

    /// Takes a step in both worlds and compares them.
    fn step(&mut self, step: &Step) {
        let from = self.model.status;
        let effect = self.model.take(step);
        let answer = self.send(step);
        let place = format!("{}: {step:?} from {from}: {effect:?}: {answer}", self.id);
        match (&effect, step) {
            (Effect::Conflicts, Step::Status(to)) => {
                answer.refused(409);
                assert!(answer.names(from) && answer.names(to), "2: names both states: {place}");
            }
            _ => assert_eq!(answer.status, 200, "{place}"),
        }
        let after = self.records.get(&self.id);
        self.compare(&after, &effect, &place);
        self.record = after;
    }

    fn compare(&mut self, after: &Value, effect: &Effect, place: &str) {
        let model = &self.model;
        assert_eq!(after["status"], model.status, "{place}");
        let (before, entries) = (&self.record["state_history"], after["state_history"].as_array().unwrap());
        assert_eq!(column(entries, "status"), model.history, "{place}");
        assert_eq!(
            entries[..before.as_array().unwrap().len()],
            before.as_array().unwrap()[..],
            "append-only: {place}"
        );
        let changes = self.records.desk.changes_after(&self.cursor);
        if let Some(last) = changes.last() {
            self.cursor = last["cursor"].as_str().unwrap().to_owned();
        }
        let kinds = column(&changes, "kind");
        match effect {
            Effect::Repeats | Effect::Conflicts => {
                assert_eq!(after, &self.record, "nothing changes: {place}");
                assert!(kinds.is_empty(), "nobody hears of nothing: {place}");
            }
            Effect::Moves("ACTIVE") => {
                assert!(kinds.contains(&json!("CONVERSATION_REOPENED")), "{kinds:?}: {place}");
            }
            Effect::Moves(_) => assert!(kinds.contains(&json!("CONVERSATION_CLOSED")), "{kinds:?}: {place}"),
            Effect::Notes => assert!(!kinds.is_empty(), "watchers hear of it: {place}"),
        }
        let shown = after["call_transfer"]["transfer_status"].as_str();
        assert_eq!(shown, model.transfers.last().copied(), "the latest transfer: {place}");
        let seen = self.records.desk.conversation(&self.id);
        let state = if model.status == "ACTIVE" { "LIVE" } else { "CLOSED" };
        assert_eq!([&seen["state"], &seen["status"]], [state, model.status], "in the service: {place}");
        assert_eq!(seen.get("endTime").is_some(), state == "CLOSED", "{place}");
        let kept = seen["transfers"].as_array().map_or(vec![], |all| column(all, "status"));
        let expected: Vec<String> = model.transfers.iter().map(|status| status.to_uppercase()).collect();
        assert_eq!(kept, expected, "all are kept: {place}");
    }
}

/// Returns the news of a record's transfer of this number.
fn transfer(number: usize, status: &str) -> Value {
    json!({
        "transfer_target": format!("10{number}"),
        "transfer_status": status,
        "transfer_initiated_at": MIDNIGHT + 60_000 * i64::try_from(number).unwrap(),
    })
}

#[test]
fn random_lives_follow_the_table() {
    let records = Records::open();
    let mut taken = std::collections::BTreeSet::new();
    for seed in 0..LIVES {
        let id = format!("life-{seed}");
        let record = records.begin(&id, &json!({"created_at": MIDNIGHT}));
        let cursor = records.desk.changes().last().unwrap()["cursor"].as_str().unwrap().to_owned();
        let model = Model { status: "ACTIVE", history: vec!["ACTIVE"], transfers: Vec::new() };
        let mut life = Life { records: &records, id, model, cursor, record };
        let mut dice = Dice::new(seed);
        for _ in 0..STEPS {
            let step = life.model.draw(&mut dice);
            taken.insert(format!("{} {step:?}", life.model.status));
            life.step(&step);
        }
    }
    let missing: Vec<String> = STATUSES
        .iter()
        .flat_map(|from| STATUSES.iter().map(move |to| format!("{from} Status({to:?})")))
        .filter(|step| !taken.contains(step))
        .collect();
    assert_eq!(missing, [""; 0], "every step of the table is taken; {} were", taken.len());
}
