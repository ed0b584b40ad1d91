//! The detector: settings compiled once, and the one way from a text to its hits.
//!
//! A recogniser sees a text only if it has what all of its values have (a digit, an @, a topic), so that ordinary text costs
//! little more than cutting it into words.

use std::{collections::BTreeMap, error::Error, fmt, ops::Range};

use crate::{
    Earlier, Entity, address, birth, card, crypto,
    custom::{Allowed, Compiled, Pattern},
    document, email, iban, national, net,
    normal::Normal,
    person, phone,
    runs::{Run, runs},
    scene::{Candidate, Scene},
    token::{Gap, Tokens},
    us,
    words::{Topics, Traits},
};

/// The confidence of an organisation's own patterns.
const CERTAIN: f32 = 1.0;

/// What a profile sets; the default looks for every built-in kind.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Confidences from which a hit of a kind counts, where they are not the built-in ones; above 1 a kind is off.
    pub thresholds: BTreeMap<Entity, f32>,
    /// What the organisation looks for besides.
    pub patterns: Vec<Pattern>,
    /// Values that are never hits, however they are written.
    pub allowed: Vec<String>,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    pub setting: String,
    pub reason: String,
}

impl SettingsError {
    pub(crate) fn new(setting: &str, reason: &str) -> Self {
        Self { setting: setting.to_owned(), reason: reason.to_owned() }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.reason)
    }
}

impl Error for SettingsError {}

/// A piece of personal data: bytes of the text, always whole characters.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub entity: Entity,
    pub range: Range<usize>,
    /// From 0 to 1.
    pub confidence: f32,
}

/// Finds personal data by one profile's settings.
#[derive(Debug, Clone, Default)]
pub struct Detector {
    thresholds: BTreeMap<Entity, f32>,
    patterns: Vec<Compiled>,
    allowed: Allowed,
}

impl Detector {
    /// Compiles settings; an error names the one at fault.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        if let Some((entity, _)) = settings.thresholds.iter().find(|(_, value)| !value.is_finite()) {
            return Err(SettingsError::new(entity.name(), "the threshold must be a number"));
        }
        Ok(Self {
            thresholds: settings.thresholds.clone(),
            patterns: settings.patterns.iter().map(Compiled::new).collect::<Result<_, _>>()?,
            allowed: Allowed::new(&settings.allowed),
        })
    }

    /// Finds what is in a text, after the turns that were heard earlier: sorted, disjoint.
    pub fn find(&self, text: &str, earlier: &Earlier) -> Vec<Hit> {
        let normal = Normal::of(text);
        let tokens = Tokens::of(normal.text());
        let runs = numbers(normal.text(), &tokens);
        self.hits(text, &normal, &tokens, &runs, earlier)
    }

    /// Finds what is in the next turn of a conversation, and remembers what the turn after needs.
    pub fn find_next(&self, text: &str, earlier: &mut Earlier) -> Vec<Hit> {
        let normal = Normal::of(text);
        let tokens = Tokens::of(normal.text());
        let runs = numbers(normal.text(), &tokens);
        let hits = self.hits(text, &normal, &tokens, &runs, earlier);
        earlier.hear(&tokens, &runs);
        hits
    }

    fn hits(
        &self,
        given: &str,
        normal: &Normal,
        tokens: &Tokens,
        runs: &[Run],
        earlier: &Earlier,
    ) -> Vec<Hit> {
        let scene = Scene { text: normal.text(), tokens, runs, earlier };
        let mut found = Vec::new();
        recognise(&scene, &mut found);
        self.patterns.iter().for_each(|pattern| pattern.find(normal.text(), &mut found));
        found.retain(|candidate| {
            self.counts(&candidate.entity, candidate.confidence, &normal.text()[candidate.range.clone()])
        });
        drop_names_in_addresses(&mut found);
        found.iter_mut().for_each(|candidate| candidate.range = normal.given(candidate.range.clone()));
        if normal.text() != given {
            self.find_as_written(given, &mut found);
        }
        let hits = disjoint(found).into_iter();
        hits.map(|candidate| Hit {
            entity: candidate.entity,
            range: candidate.range,
            confidence: candidate.confidence.clamp(0.0, 1.0),
        })
        .collect()
    }

    /// Looks for what an organisation writes with accents, or in another script.
    fn find_as_written(&self, given: &str, found: &mut Vec<Candidate>) {
        let mut written = Vec::new();
        self.patterns.iter().for_each(|pattern| pattern.find(given, &mut written));
        found.extend(written.into_iter().filter(|candidate| {
            self.counts(&candidate.entity, candidate.confidence, &given[candidate.range.clone()])
        }));
    }

    /// Whether what was found is sure enough, and not let pass.
    pub(crate) fn counts(&self, entity: &Entity, confidence: f32, value: &str) -> bool {
        let threshold = self.thresholds.get(entity).copied();
        confidence >= threshold.unwrap_or_else(|| entity.default_threshold()) && !self.allowed.has(value)
    }
}

fn numbers(text: &str, tokens: &Tokens) -> Vec<Run> {
    if tokens.has_numbers || tokens.has_spoken { runs(text, tokens) } else { Vec::new() }
}

/// Lets each recogniser look that can find something.
fn recognise(scene: &Scene, found: &mut Vec<Candidate>) {
    let tokens = scene.tokens;
    let topics = tokens.topical.iter().map(|&index| tokens.list[index as usize].topics);
    let topics = topics.fold(scene.earlier.topics(), Topics::or);
    for run in scene.runs {
        in_run(scene, run, topics, found);
    }
    if tokens.has_numbers || tokens.has_spoken {
        codes(scene, found);
        if topics.has(Topics::PASSPORT.or(Topics::LICENSE)) {
            document::find(scene, found);
        }
        if topics.has(Topics::BIRTH) && tokens.traits.has(Traits::MONTH) {
            birth::named(scene, found);
        }
    }
    if tokens.gaps.has(Gap::AT) {
        email::written(scene, found);
    }
    if tokens.traits.has(Traits::DOMAIN) {
        email::spoken(scene, found);
    }
    if tokens.gaps.has(Gap::COLON.or(Gap::DASH).or(Gap::DOT)) && tokens.has_numbers {
        net::ipv4(scene, found);
        net::hexadecimal(scene, found);
    }
    if tokens.gaps.has(Gap::COLON) && tokens.gaps.has(Gap::SLASH) {
        net::links(scene, found);
    }
    address::find(scene, topics, found);
    person::find(scene, found);
}

fn in_run(scene: &Scene, run: &Run, topics: Topics, found: &mut Vec<Candidate>) {
    let digits = run.digits.len();
    if digits >= 12 || scene.earlier.topics().has(Topics::CARD) || !scene.earlier.digits().is_empty() {
        card::numbers(scene, run, found);
    }
    if topics.has(Topics::CVV) {
        card::security_codes(scene, run, found);
    }
    if topics.has(Topics::EXPIRY.or(Topics::CARD)) {
        card::expiries(scene, run, found);
    }
    if digits >= 9 || topics.has(Topics::SSN.or(Topics::ACCOUNT)) {
        us::find(scene, run, found);
    }
    if digits >= 7 {
        phone::find(scene, run, found);
    }
    if digits >= 9 {
        national::in_run(scene, run, found);
    }
    if topics.has(Topics::BIRTH) {
        birth::numeric(scene, run, found);
    }
}

/// Looks for codes of letters and digits where one can begin: each token belongs to one code at most.
fn codes(scene: &Scene, found: &mut Vec<Candidate>) {
    let list = &scene.tokens.list;
    let mut at = 0;
    while at < list.len() {
        let token = &list[at];
        let next = list.get(at + 1);
        let starts = token.is_number() || token.is_word() && token.len() <= 6;
        let goes_on = next.is_some_and(|next| {
            let spelled = token.len() <= 2 && (next.spoken.begins() || next.len() == 1) || next.is_number();
            next.is_glued() || token.gap_len <= 1 && spelled && (token.is_number() || token.len() <= 2)
        });
        let code = (starts && goes_on && !(at > 0 && token.is_glued()))
            .then(|| iban::find(scene, at).or_else(|| national::with_letters(scene, at)))
            .flatten();
        at = match code {
            Some((candidate, next)) => {
                found.push(candidate);
                next
            }
            None => at + 1,
        };
    }
    if scene.text.len() >= 25 {
        crypto::find(scene, found);
    }
}

/// Streets are called like persons.
fn drop_names_in_addresses(found: &mut Vec<Candidate>) {
    let mut addresses: Vec<Range<usize>> = found
        .iter()
        .filter(|candidate| candidate.entity == Entity::Address)
        .map(|candidate| candidate.range.clone())
        .collect();
    if addresses.is_empty() {
        return;
    }
    addresses.sort_unstable_by_key(|range| range.start);
    found.retain(|candidate| {
        let before = addresses.partition_point(|range| range.start <= candidate.range.start);
        let around = before.checked_sub(1).map(|before| &addresses[before]);
        candidate.entity != Entity::Person || around.is_none_or(|range| range.end < candidate.range.end)
    });
}

/// Of candidates that overlap the surest stays, of equals the longest; what is certain is never left in part.
fn disjoint(mut found: Vec<Candidate>) -> Vec<Candidate> {
    if found.len() < 2 {
        return found;
    }
    found.sort_by(|a, b| {
        let longer = b.range.len().cmp(&a.range.len());
        b.confidence
            .total_cmp(&a.confidence)
            .then(longer)
            .then(a.range.start.cmp(&b.range.start))
            .then(a.entity.cmp(&b.entity))
    });
    let mut kept: BTreeMap<usize, Candidate> = BTreeMap::new();
    for mut candidate in found {
        while let Some(start) = overlapped(&kept, &candidate.range) {
            if candidate.confidence < CERTAIN {
                break;
            }
            let Some(surer) = kept.remove(&start) else { break };
            let range =
                surer.range.start.min(candidate.range.start)..surer.range.end.max(candidate.range.end);
            candidate = Candidate { range, confidence: candidate.confidence, ..surer };
        }
        if overlapped(&kept, &candidate.range).is_none() {
            kept.insert(candidate.range.start, candidate);
        }
    }
    kept.into_values().collect()
}

/// Where the last of those that overlap a range begins.
fn overlapped(kept: &BTreeMap<usize, Candidate>, range: &Range<usize>) -> Option<usize> {
    let (start, before) = kept.range(..range.end).next_back()?;
    (before.range.end > range.start).then_some(*start)
}
