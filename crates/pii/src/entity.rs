//! The kinds of personal data, their names, and how sure a hit of each must be unless a profile says otherwise.
//!
//! How a kind is recognised is the matter of the recognisers.

use std::{fmt, sync::Arc};

macro_rules! entities {
    ($($variant:ident $name:literal $threshold:literal),+ $(,)?) => {
        /// A kind of personal data.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Entity {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
            /// A kind of an organisation's own, by its name.
            Custom(Arc<str>),
        }

        impl Entity {
            /// Every kind that is built in.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the name that is written in the place of a value.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Custom(name) => name,
                }
            }

            /// Returns the confidence from which a hit counts, where a profile sets none.
            pub fn default_threshold(&self) -> f32 {
                match self {
                    $(Self::$variant => $threshold,)+
                    Self::Custom(_) => 0.0,
                }
            }
        }
    };
}

entities! {
    Address "ADDRESS" 0.5,
    AtSocialInsurance "AT_SVNR" 0.5,
    AuMedicare "AU_MEDICARE" 0.5,
    AuTaxFile "AU_TFN" 0.5,
    BankAccount "US_BANK_NUMBER" 0.5,
    BeNationalNumber "BE_NATIONAL_NUMBER" 0.5,
    BgCivilNumber "BG_EGN" 0.5,
    BrCnpj "BR_CNPJ" 0.5,
    BrCpf "BR_CPF" 0.5,
    CaSocialInsurance "CA_SIN" 0.5,
    CardExpiry "CARD_EXPIRY" 0.5,
    ChSocialInsurance "CH_AHV" 0.5,
    CnResidentId "CN_RESIDENT_ID" 0.5,
    CreditCard "CREDIT_CARD" 0.5,
    Crypto "CRYPTO_ADDRESS" 0.5,
    Cvv "CVV" 0.5,
    CzBirthNumber "CZ_BIRTH_NUMBER" 0.5,
    DateOfBirth "DATE_OF_BIRTH" 0.5,
    DeTaxId "DE_TAX_ID" 0.5,
    DkCpr "DK_CPR" 0.5,
    DriverLicense "DRIVER_LICENSE" 0.5,
    EePersonalCode "EE_PERSONAL_CODE" 0.5,
    Email "EMAIL" 0.5,
    EsNie "ES_NIE" 0.5,
    EsNif "ES_NIF" 0.5,
    FiPersonalCode "FI_PERSONAL_IDENTITY_CODE" 0.5,
    FrNir "FR_NIR" 0.5,
    Iban "IBAN" 0.5,
    IePps "IE_PPS" 0.5,
    InAadhaar "IN_AADHAAR" 0.5,
    InPan "IN_PAN" 0.5,
    IpAddress "IP_ADDRESS" 0.5,
    ItFiscalCode "IT_FISCAL_CODE" 0.5,
    JpMyNumber "JP_MY_NUMBER" 0.5,
    KrResidentNumber "KR_RRN" 0.5,
    MacAddress "MAC_ADDRESS" 0.5,
    MxCurp "MX_CURP" 0.5,
    NlBsn "NL_BSN" 0.5,
    NoNationalId "NO_FODSELSNUMMER" 0.5,
    Passport "PASSPORT" 0.5,
    Person "PERSON" 0.5,
    Phone "PHONE_NUMBER" 0.5,
    PlPesel "PL_PESEL" 0.5,
    PtNif "PT_NIF" 0.5,
    RoCnp "RO_CNP" 0.5,
    RoutingNumber "US_BANK_ROUTING" 0.5,
    SePersonalNumber "SE_PERSONNUMMER" 0.5,
    SgNric "SG_NRIC_FIN" 0.5,
    TrIdentityNumber "TR_TCKN" 0.5,
    UkNhs "UK_NHS" 0.5,
    UkNino "UK_NINO" 0.5,
    UrlCredentials "URL_CREDENTIALS" 0.5,
    UsItin "US_ITIN" 0.5,
    UsSsn "US_SSN" 0.5,
    ZaId "ZA_ID_NUMBER" 0.5,
}

impl Entity {
    /// Returns the built-in kind of this name.
    pub fn known(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|entity| entity.name() == name).cloned()
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
