//! The words of records for the vocabularies of conversations.

use hansard_domain::{
    conversation::{Channel, Direction, Sentiment, Status, TransferStatus, TransferType},
    message::Speaker,
};

/// A vocabulary with a word for each of its values.
pub(super) trait Words: Copy + PartialEq + 'static {
    /// What is written; the first word of a value is also what it is read from.
    const WORDS: &'static [(&'static str, Self)];

    fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }

    fn written(self) -> Option<String> {
        Self::WORDS.iter().find(|(_, value)| *value == self).map(|(word, _)| (*word).to_owned())
    }
}

impl Words for Channel {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("OTT_CHAT", Self::Chat),
        ("TELEPHONY_CALL", Self::Voice),
        ("SMS", Self::Sms),
        ("EMAIL", Self::Email),
        ("WHATSAPP", Self::Whatsapp),
        ("OTT_CHAT", Self::Unspecified),
    ];
}

impl Words for Status {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("ACTIVE", Self::Active),
        ("COMPLETED", Self::Completed),
        ("FAILED", Self::Failed),
        ("ABANDONED", Self::Abandoned),
        ("TRANSFERRED", Self::Transferred),
        // Closed without saying how.
        ("COMPLETED", Self::Unspecified),
    ];
}

impl Words for Direction {
    const WORDS: &'static [(&'static str, Self)] =
        &[("inbound", Self::Inbound), ("outbound", Self::Outbound)];
}

impl Words for Sentiment {
    /// A record cannot leave it out.
    const WORDS: &'static [(&'static str, Self)] = &[
        ("POSITIVE", Self::Positive),
        ("NEGATIVE", Self::Negative),
        ("NEUTRAL", Self::Neutral),
        ("MIXED", Self::Mixed),
        ("NEUTRAL", Self::Unspecified),
    ];
}

impl Words for Speaker {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("user", Self::Visitor),
        ("assistant", Self::Bot),
        ("assistant", Self::Agent),
        ("assistant", Self::System),
        ("assistant", Self::Unspecified),
    ];
}

impl Words for TransferStatus {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("pending", Self::Pending),
        ("completed", Self::Completed),
        ("failed", Self::Failed),
        ("returned", Self::Returned),
        ("pending", Self::Unspecified),
    ];
}

impl Words for TransferType {
    const WORDS: &'static [(&'static str, Self)] = &[("blind", Self::Blind), ("warm", Self::Warm)];
}
