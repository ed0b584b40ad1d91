//! When each line of a dialog is said, as the channel makes likely.
//!
//! All times are spans from the conversation's start.

use std::time::Duration;

use hansard_proto::v1::conversation::Channel;

use super::{
    dialogue::{Line, Who},
    random::Random,
};

/// When a line begins, and when it has been spoken on a voice line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: Duration,
    pub(super) until: Option<Duration>,
}

/// Gives each line its moment, in order; the last span is that of the whole conversation.
pub(super) fn moments(lines: &[Line], channel: Channel, random: &mut Random) -> (Vec<Moment>, Duration) {
    let mut now = Duration::from_millis(random.between(200, 900));
    let mut moments = Vec::with_capacity(lines.len());
    for line in lines {
        let until =
            (channel == Channel::Voice && !line.text.is_empty()).then(|| now + speaking(&line.text, random));
        moments.push(Moment { at: now, until });
        now = until.unwrap_or(now) + pause(line.who, channel, random);
    }
    (moments, now)
}

fn speaking(text: &str, random: &mut Random) -> Duration {
    let words = text.split_whitespace().count() as u64;
    Duration::from_millis(400 + words * random.between(280, 420))
}

fn pause(who: Who, channel: Channel, random: &mut Random) -> Duration {
    let milliseconds = match (who, channel) {
        (Who::Hold, _) => random.between(20_000, 90_000),
        (_, Channel::Voice) => random.between(300, 1_800),
        (_, Channel::Email) => random.between(20 * 60_000, 20 * 3_600_000),
        (_, Channel::Sms | Channel::Whatsapp) => random.between(15_000, 240_000),
        (Who::Bot, _) => random.between(1_000, 6_000),
        _ => random.between(4_000, 40_000),
    };
    Duration::from_millis(milliseconds)
}
