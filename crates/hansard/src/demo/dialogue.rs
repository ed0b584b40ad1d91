//! What is said in one conversation, in order, from a topic's blocks.
//!
//! It gives no times and no ids.

use std::collections::BTreeMap;

use super::{
    phrases::{self, Phrases},
    random::Random,
    scenario::Matter,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Agent,
    Customer,
    Bot,
    /// The line goes on hold, or comes back.
    Hold,
    Unhold,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) who: Who,
    pub(super) text: String,
}

/// How a conversation goes on and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    Solved,
    /// The customer stops answering.
    GivenUp,
    /// The line breaks.
    Broken,
    HandedOver,
    /// It comes from another agent and is solved.
    TakenOver,
    /// It has only begun.
    Open,
    /// Step after step, hundreds of turns.
    Long,
}

/// What the slots of one conversation hold.
#[derive(Debug, Clone)]
pub(super) struct Slots(BTreeMap<&'static str, String>);

impl Slots {
    pub(super) fn draw(language: &str, random: &mut Random) -> Self {
        const PRODUCTS: [&str; 8] = [
            "camera",
            "desk lamp",
            "backpack",
            "coffee grinder",
            "tablet",
            "suitcase",
            "bicycle",
            "rain jacket",
        ];
        let month = *random.pick(&phrases::of(language).months);
        let day = random.between(1, 28);
        let (whole, cents) = (random.between(9, 380), random.between(0, 99));
        let hour = random.between(8, 16);
        let (date, amount, hours) = match language {
            "de-DE" => (
                format!("{day}. {month}"),
                format!("{whole},{cents:02} €"),
                format!("{hour} und {}", hour + 3),
            ),
            "es-ES" => (
                format!("{day} de {month}"),
                format!("{whole},{cents:02} €"),
                format!("{hour} y {}", hour + 3),
            ),
            _ => (
                format!("{month} {day}"),
                format!("${whole}.{cents:02}"),
                format!("{hour}:00 and {}:00", hour + 3),
            ),
        };
        Self(BTreeMap::from([
            ("order", format!("{}-{}", random.pick(&["A", "B", "C", "K"]), random.between(10_000, 99_999))),
            ("ticket", format!("T-{}", random.between(100_000, 999_999))),
            ("amount", amount),
            ("month", month.to_owned()),
            ("date", date),
            ("days", random.between(2, 7).to_string()),
            ("hours", hours),
            ("last4", format!("{:04}", random.between(0, 9999))),
            ("postcode", format!("{:05}", random.between(10_000, 99_999))),
            ("product", (*random.pick(&PRODUCTS)).to_owned()),
            ("speed", random.between(1, 30).to_string()),
        ]))
    }

    pub(super) fn fill(&self, template: &str) -> String {
        self.0
            .iter()
            .fold(template.to_owned(), |text, (slot, value)| text.replace(&format!("{{{slot}}}"), value))
    }

    pub(super) fn get(&self, slot: &str) -> &str {
        self.0.get(slot).map(String::as_str).unwrap_or_default()
    }
}

/// What a dialog is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Topic<'a> {
    pub(super) language: &'a str,
    pub(super) matter: &'static Matter,
    pub(super) slots: &'a Slots,
    /// Whether it is a call, in which a line may go on hold and no bot writes first.
    pub(super) spoken: bool,
}

/// Writes the dialog of a topic.
pub(super) fn write(topic: Topic<'_>, course: Course, random: &mut Random) -> Vec<Line> {
    let Topic { language, matter, slots, spoken } = topic;
    let mut script = Script { phrases: phrases::of(language), slots, random, lines: Vec::new() };
    script.open(matter, course, spoken);
    match course {
        Course::Open => script.ask(matter, 1),
        Course::GivenUp => {
            script.ask(matter, 1);
            script.wait_in_vain();
        }
        Course::Broken => {
            script.ask(matter, 2);
            script.say(Who::Agent, matter.finding);
        }
        Course::HandedOver => {
            script.ask(matter, 2);
            script.exchange_one(script.phrases.transfers);
        }
        Course::TakenOver => script.solve(matter, spoken),
        Course::Solved => {
            let checks = script.random.between(2, 3) as usize;
            script.ask(matter, checks);
            script.solve(matter, spoken);
        }
        Course::Long => {
            script.ask(matter, 3);
            script.measure(150);
            script.solve(matter, spoken);
        }
    }
    script.lines
}

struct Script<'a> {
    phrases: &'static Phrases,
    slots: &'a Slots,
    random: &'a mut Random,
    lines: Vec<Line>,
}

impl Script<'_> {
    fn say(&mut self, who: Who, template: &str) {
        self.lines.push(Line { who, text: self.slots.fill(template) });
    }

    fn agent_one(&mut self, choices: &[&'static str]) {
        let text = *self.random.pick(choices);
        self.say(Who::Agent, text);
    }

    /// The agent begins, the customer answers.
    fn exchange_one(&mut self, choices: &[(&'static str, &'static str)]) {
        let (agent, customer) = *self.random.pick(choices);
        self.say(Who::Agent, agent);
        self.say(Who::Customer, customer);
    }

    fn open(&mut self, matter: &Matter, course: Course, spoken: bool) {
        let problem = *self.random.pick(matter.problems);
        if course == Course::TakenOver {
            self.agent_one(self.phrases.takeovers);
            self.say(Who::Customer, problem);
            return;
        }
        let hello = *self.random.pick(self.phrases.hellos);
        let begins_with_bot = !spoken && self.random.percent(40);
        if begins_with_bot {
            self.say(Who::Bot, self.phrases.bot);
            self.say(Who::Customer, problem);
        } else {
            self.agent_one(self.phrases.greetings);
            self.say(Who::Customer, &format!("{hello}{problem}"));
        }
        self.agent_one(self.phrases.sympathies);
    }

    fn ask(&mut self, matter: &Matter, count: usize) {
        for (question, answer) in self.random.draw(matter.checks, count) {
            self.say(Who::Agent, question);
            self.say(Who::Customer, answer);
        }
    }

    fn solve(&mut self, matter: &Matter, spoken: bool) {
        if spoken && self.random.percent(35) {
            let (before, after) = *self.random.pick(self.phrases.holds);
            self.say(Who::Agent, before);
            self.say(Who::Hold, "");
            self.say(Who::Unhold, "");
            self.say(Who::Agent, after);
        }
        self.say(Who::Agent, matter.finding);
        let questions = self.random.between(1, 2) as usize;
        for (question, answer) in self.random.draw(matter.questions, questions) {
            self.say(Who::Customer, question);
            self.say(Who::Agent, answer);
        }
        self.exchange_one(matter.solutions);
        self.exchange_one(self.phrases.anything_else);
        self.exchange_one(self.phrases.goodbyes);
    }

    fn wait_in_vain(&mut self) {
        for text in self.random.draw(self.phrases.are_you_there, 2) {
            self.say(Who::Agent, text);
        }
    }

    fn measure(&mut self, rounds: u64) {
        for _ in 0..rounds {
            let (agent, customer) = measurement(self.random);
            self.say(Who::Agent, &agent);
            self.say(Who::Customer, &customer);
        }
    }
}

/// One round of a technical session: something to try, and what came of it.
pub(super) fn measurement(random: &mut Random) -> (String, String) {
    const PLACES: [&str; 6] = ["kitchen", "study", "hallway", "living room", "bedroom", "cellar"];
    const REACTIONS: [&str; 6] = [
        "Still not good.",
        "A bit better.",
        "Worse than before.",
        "That's more like it.",
        "Hm, no change.",
        "It jumps up and down.",
    ];
    let channel = random.between(1, 13);
    let (speed, delay) = (random.between(2, 96), random.between(8, 240));
    let place = *random.pick(&PLACES);
    let reaction = *random.pick(&REACTIONS);
    let requests = [
        format!("I've set the router to channel {channel}. What does the test show now?"),
        format!("Could you test it in the {place}, please?"),
        format!("Please unplug the cable for {} seconds and measure again.", random.between(10, 60)),
        format!("I lowered the power on port {channel}. And now?"),
        "Let's measure once more with everything else switched off.".to_owned(),
    ];
    let answers = [
        format!("{speed} megabits, {delay} milliseconds. {reaction}"),
        format!("In the {place} I get {speed} megabits. {reaction}"),
        format!("{reaction} It says {speed}."),
        format!("One moment ... {speed} down and {} up.", 1 + speed / 4),
    ];
    (random.pick(&requests).clone(), random.pick(&answers).clone())
}
