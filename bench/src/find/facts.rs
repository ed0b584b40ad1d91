//! What a conversation of the data is like: the same for the same tenant and number, whoever asks.
//!
//! The load writes it down, and a question takes its values from a conversation drawn at random, so values are asked
//! for as often as they occur. How the values are spread stands here alone.

use super::{
    corpus::{self, Corpus},
    directory::USERS,
    tenant::Tenant,
};
use crate::random::Random;

/// 2024-01-01T00:00:00Z.
pub(crate) const YEAR_BEGIN: i64 = 1_704_067_200;
pub(crate) const YEAR: i64 = 366 * DAY;
pub(crate) const DAY: i64 = 86_400;
const HOUR: f64 = 3_600.0;
pub(crate) const SKILLS: u32 = 30;
pub(crate) const DEPLOYMENTS: u32 = 12;
pub(crate) const REGIONS: [&str; 6] = ["eu-west", "us-east", "us-west", "ap-south", "sa-east", "af-north"];
pub(crate) const LANGUAGES: [&str; 7] = ["en-US", "en-GB", "es-ES", "de-DE", "fr-FR", "zh-CN", "ar"];
const LANGUAGE_PARTS: [(u32, &str); 7] =
    [(70, "en-US"), (10, "en-GB"), (7, "es-ES"), (5, "de-DE"), (4, "fr-FR"), (2, "zh-CN"), (2, "ar")];
const CHANNELS: [(u32, &str); 5] = [(45, "CHAT"), (25, "VOICE"), (15, "EMAIL"), (9, "SMS"), (6, "WHATSAPP")];
const SOURCES: [(u32, &str); 5] = [
    (70, "SOURCE_UNSPECIFIED"),
    (15, "INGESTION_PIPELINE"),
    (12, "BOT"),
    (2, "OPERA_SYNTHETIC"),
    (1, "VA_SIMULATION"),
];
const OUTCOMES: [(u32, &str); 4] = [(80, "COMPLETED"), (10, "ABANDONED"), (6, "TRANSFERRED"), (4, "FAILED")];
const RAISED_HANDS: [(u32, &str); 3] =
    [(2, "RAISE_HAND_ACTIVE"), (3, "RAISE_HAND_HANDLED"), (95, "RAISE_HAND_ABSENT")];
const CORRUPTIONS: [(u32, &str); 4] = [
    (1, "CORRUPTED_REINGEST"),
    (1, "CORRUPTED_STITCH"),
    (2, "SKIPPED_TOO_SHORT"),
    (96, "CORRUPTION_STATE_UNSPECIFIED"),
];
const TAGS: u32 = 300;
const USECASES: u32 = 40;
const VIRTUAL_AGENTS: u32 = 5;
const MESSAGES_MAX: u32 = 40;
const MESSAGES_MEAN: f64 = 5.0;

/// One conversation. Indexes count from 0; what has none is not set.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    tenant: Tenant,
    number: u32,
    /// Seconds of the epoch.
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
    pub(crate) update: i64,
    pub(crate) agent: Option<u32>,
    pub(crate) visitor: u32,
    pub(crate) channel: &'static str,
    pub(crate) source: &'static str,
    pub(crate) language: &'static str,
    pub(crate) status: &'static str,
    pub(crate) is_inbound: bool,
    pub(crate) raised_hand: &'static str,
    pub(crate) corruption: &'static str,
    pub(crate) has_audio: bool,
    pub(crate) is_shared: bool,
    pub(crate) is_to_be_deleted: bool,
    pub(crate) skill: u32,
    /// Even exactly where the direction and the evenness of the skill agree: any two of the three say nothing of
    /// the third.
    pub(crate) deployment: u32,
    pub(crate) usecase: Option<u32>,
    pub(crate) virtual_agent: Option<u32>,
    pub(crate) tags: Vec<u32>,
    pub(crate) region: &'static str,
    pub(crate) score: f64,
    pub(crate) is_vip: Option<bool>,
    pub(crate) has_note: bool,
    pub(crate) has_display_name: bool,
    /// Whether it carries on the one before, with the same correlation id.
    follows: bool,
}

impl Facts {
    pub(crate) fn of(tenant: Tenant, number: u32) -> Self {
        let mut random = Random::of([tenant.number, number, 0]);
        let random = &mut random;
        let start = start(tenant, number, random);
        let end = (!random.chance(0.3)).then(|| start + 20 + random.exponential(420.0) as i64);
        let channel = random.weighted(&CHANNELS);
        let source = random.weighted(&SOURCES);
        let (skill, is_inbound) = (random.zipf(SKILLS), random.chance(0.5));
        let is_even = is_inbound == skill.is_multiple_of(2);
        Self {
            tenant,
            number,
            start,
            end,
            update: end.unwrap_or(start) + random.exponential(6.0 * HOUR) as i64,
            agent: (!random.chance(0.08)).then(|| random.zipf(USERS)),
            visitor: random.below(tenant.conversations / 3 + 1),
            channel,
            source,
            language: random.weighted(&LANGUAGE_PARTS),
            status: if end.is_some() { random.weighted(&OUTCOMES) } else { "ACTIVE" },
            is_inbound,
            raised_hand: random.weighted(&RAISED_HANDS),
            corruption: random.weighted(&CORRUPTIONS),
            has_audio: channel == "VOICE" && random.chance(0.7),
            is_shared: random.chance(0.03),
            is_to_be_deleted: random.chance(0.005),
            skill,
            deployment: random.zipf(DEPLOYMENTS / 2) * 2 + u32::from(!is_even),
            usecase: random.chance(0.8).then(|| random.zipf(USECASES)),
            virtual_agent: (source == "BOT").then(|| random.zipf(VIRTUAL_AGENTS)),
            tags: tags(random),
            region: REGIONS[random.zipf(REGIONS.len() as u32) as usize],
            score: f64::from(random.below(10_000)) / 100.0,
            is_vip: random.chance(0.5).then(|| random.chance(0.1)),
            has_note: random.chance(0.3),
            has_display_name: random.chance(0.6),
            follows: number > 0 && random.chance(0.1),
        }
    }

    pub(crate) fn id(&self) -> String {
        format!("c{:07}", self.number)
    }

    pub(crate) fn name(&self) -> String {
        format!("{}/conversations/{}", self.tenant.profile(), self.id())
    }

    pub(crate) fn platform_id(&self) -> String {
        format!("pc-{:02}-{:07}", self.tenant.number, self.number)
    }

    pub(crate) fn correlation_id(&self) -> String {
        format!("corr-{:07}", self.number - u32::from(self.follows))
    }

    /// A word that no other conversation of the tenant has, also in some of the messages.
    pub(crate) fn reference(&self) -> String {
        let mut random = Random::of([self.tenant.number, self.number, 1]);
        let mut letter = || char::from(*random.pick(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789"));
        let letters: String = (0..4).map(|_| letter()).collect();
        format!("{letters}-{:07}", self.number)
    }

    /// Anti-correlated with the direction: never north where that is outbound.
    pub(crate) fn desk(&self) -> &'static str {
        if self.is_inbound { "north" } else { "south" }
    }

    /// What only the older, or only the newer half of the tenant has.
    pub(crate) fn generation(&self) -> &'static str {
        if self.start < YEAR_BEGIN + YEAR / 2 { "v1" } else { "v2" }
    }

    pub(crate) fn display_name(&self, corpus: &Corpus) -> Option<String> {
        let mut random = Random::of([self.tenant.number, self.number, 2]);
        let mut word = || corpus.word(random.zipf(3_000)).to_owned();
        self.has_display_name.then(|| format!("{} {} {}", word(), word(), word()))
    }

    pub(crate) fn note<'a>(&self, corpus: &'a Corpus) -> Option<&'a str> {
        self.has_note.then(|| corpus.sentence(&mut Random::of([self.tenant.number, self.number, 3])))
    }

    /// The texts of its messages, in order.
    pub(crate) fn messages(&self, corpus: &Corpus) -> Vec<String> {
        let mut random = Random::of([self.tenant.number, self.number, 4]);
        let count = (1 + random.exponential(MESSAGES_MEAN - 0.5) as u32).min(MESSAGES_MAX);
        let message = |_| {
            let mut text = corpus.message(self.language, &mut random);
            text.extend(corpus::reference(&self.reference(), &mut random));
            text
        };
        (0..count).map(message).collect()
    }
}

/// Conversations arrive in the order of their numbers; most have just begun, some are late.
fn start(tenant: Tenant, number: u32, random: &mut Random) -> i64 {
    let arrival = (f64::from(number) / f64::from(tenant.conversations) * YEAR as f64) as i64;
    let late = random.weighted(&[(90, HOUR / 4.0), (8, 12.0 * HOUR), (2, 24.0 * 30.0 * HOUR)]);
    YEAR_BEGIN + (arrival - random.exponential(late) as i64).max(0)
}

fn tags(random: &mut Random) -> Vec<u32> {
    let count = random.weighted(&[(60, 0), (25, 1), (10, 2), (5, 4)]);
    let mut tags: Vec<u32> = (0..count).map(|_| random.zipf(TAGS)).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: Tenant = Tenant { number: 4, conversations: 20_000 };

    #[test]
    fn a_conversation_is_the_same_each_time() {
        let (one, again) = (Facts::of(TENANT, 77), Facts::of(TENANT, 77));
        assert_eq!(format!("{one:?}"), format!("{again:?}"));
        assert_eq!(one.messages(&Corpus::small()), again.messages(&Corpus::small()));
        assert_ne!(one.reference(), Facts::of(TENANT, 78).reference());
    }

    #[test]
    fn values_are_spread_as_told() {
        let all: Vec<Facts> = (0..TENANT.conversations).map(|number| Facts::of(TENANT, number)).collect();
        let part = |holds: &dyn Fn(&Facts) -> bool| {
            all.iter().filter(|facts| holds(facts)).count() as f64 / all.len() as f64
        };
        assert!((0.29..0.31).contains(&part(&|facts| facts.end.is_none())));
        assert!((0.48..0.52).contains(&part(&|facts| facts.is_inbound)));
        assert!((0.38..0.42).contains(&part(&|facts| !facts.tags.is_empty())));
        assert!((0.45..0.55).contains(&part(&|facts| facts.generation() == "v1")));
        let year = YEAR_BEGIN..YEAR_BEGIN + YEAR;
        assert!(all.iter().all(|facts| year.contains(&facts.start)));
        let late = all.windows(2).filter(|pair| pair[1].start < pair[0].start).count();
        assert!(late > all.len() / 10 && late < all.len() * 6 / 10, "{late}");
        let corpus = Corpus::small();
        let messages: usize = all.iter().map(|facts| facts.messages(&corpus).len()).sum();
        assert!((95_000..105_000).contains(&messages), "{messages}");
    }

    #[test]
    fn of_direction_skill_and_deployment_two_say_nothing_of_the_third() {
        let all: Vec<Facts> = (0..TENANT.conversations).map(|number| Facts::of(TENANT, number)).collect();
        let count = |holds: &dyn Fn(&Facts) -> bool| all.iter().filter(|facts| holds(facts)).count();
        let even = |number: u32| number.is_multiple_of(2);
        assert!(count(&|f| f.is_inbound && even(f.skill)) > 3_000);
        assert!(count(&|f| f.is_inbound && !even(f.deployment)) > 3_000);
        assert!(count(&|f| even(f.skill) && !even(f.deployment)) > 3_000);
        assert_eq!(count(&|f| f.is_inbound && even(f.skill) && !even(f.deployment)), 0);
    }
}
