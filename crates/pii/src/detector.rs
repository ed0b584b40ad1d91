//! The detector: settings compiled once, and the one way from a text to its hits.
//!
//! A recogniser sees a text only if it has what all of its values have (a digit, an @, a topic), so that ordinary text costs
//! little more than cutting it into words.

use std::{collections::BTreeMap, error::Error, fmt, ops::Range, sync::Arc};

use crate::{
    Earlier, Entity, address, birth, card,
    choice::{disjoint, drop_names_in_addresses, spare_labels},
    crypto,
    custom::{Allowed, Compiled, Pattern},
    document, email, iban, national, net,
    normal::Normal,
    person, phone,
    runs::Run,
    scene::{Candidate, Scene},
    scratch::{self, Scratch},
    spelled::Spelled,
    token::{Gap, Kind, Token},
    us,
    words::{Topics, Traits},
};

/// Characters of the longest code, which is an IBAN's.
const CODE_MAX: usize = 33;

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
    /// The names of the organisation's own kinds.
    labels: Vec<Arc<str>>,
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
            labels: settings.patterns.iter().map(|pattern| pattern.entity_type.as_str().into()).collect(),
            allowed: Allowed::new(&settings.allowed),
        })
    }

    /// Finds what is in a text, after the turns that were heard earlier: sorted, disjoint.
    pub fn find(&self, text: &str, earlier: &Earlier) -> Vec<Hit> {
        let normal = Normal::of(text);
        scratch::with(|scratch| {
            scratch.cut(normal.text(), &self.labels);
            self.hits(text, &normal, scratch, earlier)
        })
    }

    /// Finds what is in the next turn of a conversation, and remembers what the turn after needs.
    pub fn find_next(&self, text: &str, earlier: &mut Earlier) -> Vec<Hit> {
        let normal = Normal::of(text);
        scratch::with(|scratch| {
            scratch.cut(normal.text(), &self.labels);
            let hits = self.hits(text, &normal, scratch, earlier);
            earlier.hear(&scratch.tokens, &scratch.runs);
            hits
        })
    }

    fn hits(&self, given: &str, normal: &Normal, scratch: &mut Scratch, earlier: &Earlier) -> Vec<Hit> {
        let Scratch { tokens, runs, found, .. } = scratch;
        let scene = Scene { text: normal.text(), tokens, runs, earlier };
        recognise(&scene, found);
        self.patterns.iter().for_each(|pattern| pattern.find(normal.text(), found));
        found.retain(|candidate| {
            self.counts(&candidate.entity, candidate.confidence, &normal.text()[candidate.range.clone()])
        });
        drop_names_in_addresses(found);
        found.iter_mut().for_each(|candidate| candidate.range = normal.given(candidate.range.clone()));
        if normal.text() != given {
            self.find_as_written(given, found);
        }
        if tokens.has_labels {
            spare_labels(given, &labels(normal, &tokens.list), found);
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

/// Where labels are in the text as it was given.
fn labels(normal: &Normal, list: &[Token]) -> Vec<Range<usize>> {
    let labels = list.iter().filter(|token| token.kind == Kind::Label);
    labels.map(|token| normal.given(token.range())).collect()
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
    if tokens.joints.has(Gap::DOT) && tokens.has_numbers {
        net::ipv4(scene, found);
    }
    if tokens.joints.has(Gap::COLON.or(Gap::DASH).or(Gap::DOT)) && tokens.has_numbers {
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
    while at + 1 < list.len() {
        let code = can_begin_code(list, at)
            .then(|| Spelled::from(scene.text, list, at, CODE_MAX))
            .flatten()
            .and_then(|code| {
                iban::find(scene, at, &code).or_else(|| national::with_letters(scene, at, &code))
            });
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

fn can_begin_code(list: &[Token], at: usize) -> bool {
    let (token, next) = (&list[at], &list[at + 1]);
    let starts = token.is_number() || token.is_word() && token.len() <= 6;
    let is_short = token.len() <= 2;
    let spelled = is_short && (next.spoken.begins() || next.len() == 1) || next.is_number();
    let goes_on = next.is_glued() || token.gap_len <= 1 && spelled && (token.is_number() || is_short);
    starts && goes_on && !(at > 0 && token.is_glued())
}
