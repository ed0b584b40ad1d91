//! What a word can tell: sets of topics, which it makes likely nearby, and of traits, which it has itself.
//!
//! Which word tells what is written in `lexicon/`.

macro_rules! set {
    ($(#[$doc:meta])* $set:ident: $($flag:ident $section:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub(crate) struct $set(u32);

        impl $set {
            const SECTIONS: &[(&str, Self)] = &[$(($section, Self::$flag)),+];

            /// Returns the flag that a section of the lexicon stands for.
            pub(crate) fn of_section(name: &str) -> Option<Self> {
                Self::SECTIONS.iter().find(|(section, _)| *section == name).map(|&(_, flag)| flag)
            }

            pub(crate) const fn or(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            pub(crate) const fn is_none(self) -> bool {
                self.0 == 0
            }

            pub(crate) const fn has(self, any: Self) -> bool {
                self.0 & any.0 != 0
            }
        }

        set!(@flags $set 0; $($flag)+);
    };
    (@flags $set:ident $bit:expr; $flag:ident $($rest:ident)*) => {
        impl $set {
            pub(crate) const $flag: Self = Self(1 << ($bit));
        }
        set!(@flags $set $bit + 1; $($rest)*);
    };
    (@flags $set:ident $bit:expr;) => {};
}

set! {
    /// What is spoken of.
    Topics:
    CARD "card",
    CVV "cvv",
    EXPIRY "expiry",
    ACCOUNT "account",
    ROUTING "routing",
    IBAN "iban",
    SSN "ssn",
    ITIN "itin",
    PHONE "phone",
    EMAIL "email",
    PASSPORT "passport",
    LICENSE "license",
    NHS "nhs",
    NATIONAL "national",
    BIRTH "birth",
    ADDRESS "address",
    NAME "name",
    CALLED "called",
    CRYPTO "crypto",
    // Numbers that are nobody's: orders, versions, amounts.
    THING "thing",
    LAST_FOUR "last-four",
}

set! {
    /// What a word is.
    Traits:
    GIVEN "given",
    SURNAME "surname",
    COMMON "common",
    FUNCTION "function",
    PLACE "place",
    ORGANISATION "organisation",
    TITLE "title",
    PARTICLE "particle",
    STREET "street",
    STREET_WEAK "street-weak",
    STREET_LEAD "street-lead",
    UNIT "unit",
    STATE "state",
    COUNTRY "country",
    MONTH "month",
    ORDINAL "ordinal",
    WEEKDAY "weekday",
    SPEAKING "speaking",
    NEAR "near",
    DOMAIN "domain",
    PROVIDER "provider",
    CORNER "corner",
    POST_BOX "post-box",
    // Another word may follow that makes a phrase.
    HEAD "",
}

impl Traits {
    pub(crate) const fn only(self, those: Self) -> Self {
        Self(self.0 & those.0)
    }
}
