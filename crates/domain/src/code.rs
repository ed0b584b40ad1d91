//! Closed vocabularies: enums with the number that the contract gives each value.

use crate::{Error, Result};

/// An enum of the contract. The number is the same on the wire and in the store.
pub trait Code: Copy + PartialEq + Sized + 'static {
    fn code(self) -> i32;
    fn from_code(code: i32) -> Option<Self>;
    /// Every value in the order of the contract, with its name as the code spells it.
    fn values() -> &'static [(&'static str, Self)];

    /// Reads a number from a request, where an unknown one is the caller's mistake.
    fn read(field: &str, code: i32) -> Result<Self> {
        Self::from_code(code).ok_or_else(|| Error::invalid(field, format!("has no value number {code}")))
    }
}

/// Defines an enum whose variants carry contract numbers and serialize as them.
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $zero:ident = 0 $(, $variant:ident = $code:literal)* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            #[default]
            $zero = 0,
            $($variant = $code),*
        }

        impl $crate::code::Code for $name {
            fn code(self) -> i32 {
                self as i32
            }

            fn from_code(code: i32) -> Option<Self> {
                match code {
                    0 => Some(Self::$zero),
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn values() -> &'static [(&'static str, Self)] {
                &[(stringify!($zero), Self::$zero) $(, (stringify!($variant), Self::$variant))*]
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i32(*self as i32)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = i32::deserialize(deserializer)?;
                <Self as $crate::code::Code>::from_code(code)
                    .ok_or_else(|| serde::de::Error::custom(concat!("unknown ", stringify!($name))))
            }
        }
    };
}
