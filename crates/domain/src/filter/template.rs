//! References to scorecard templates in a filter.

use super::TemplateCondition;
use crate::{Error, Id, Result, name::ProfileName};

const FORM: &str =
    "must be of the form customers/*/profiles/*/scorecardTemplates/{id}@{revision}, or @* for any revision";

impl TemplateCondition {
    /// Reads a resource name of the customer: `.../scorecardTemplates/{id}@{revision}`, or `@*` for any revision.
    pub fn parse(field: &str, text: &str, customer: &Id) -> Result<Self> {
        let refused = || Error::invalid(field, FORM);
        let (profile, template) = text.rsplit_once("/scorecardTemplates/").ok_or_else(refused)?;
        let profile = ProfileName::parse(field, profile).map_err(|_| refused())?;
        if profile.customer != *customer {
            return Err(Error::invalid(field, format!("must name something of customers/{customer}")));
        }
        Self::parse_id(field, template)
    }

    /// Reads what stands behind the last slash. Without a revision it is any.
    pub fn parse_id(field: &str, text: &str) -> Result<Self> {
        let (template, revision) = text.split_once('@').unwrap_or((text, "*"));
        let is_number = revision.parse::<u32>().is_ok_and(|number| number.to_string() == revision);
        if revision != "*" && !is_number {
            return Err(Error::invalid(field, FORM));
        }
        let template = Id::parse(field, template)?;
        Ok(Self { template, revision: is_number.then(|| revision.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn templates_are_read_with_and_without_a_revision() {
        let read = |text: &str| TemplateCondition::parse("t", text, &Id::known("a"));
        let holder = "customers/a/profiles/p/scorecardTemplates";
        assert_eq!(read(&format!("{holder}/qa@3")).unwrap().revision.as_deref(), Some("3"));
        assert_eq!(read(&format!("{holder}/qa@*")).unwrap().revision, None);
        assert_eq!(read(&format!("{holder}/qa")).unwrap().template, Id::known("qa"));
        for wrong in
            ["qa@3", "customers/a/scorecardTemplates/qa@3", "customers/b/profiles/p/scorecardTemplates/qa"]
        {
            assert_eq!(read(wrong).unwrap_err().field(), Some("t"), "{wrong}");
        }
        for wrong in ["qa@", "qa@x", "@3", "qa@3@4", "-@1", "qa@-1", "qa@03", "qa@99999999999"] {
            assert!(read(&format!("{holder}/{wrong}")).is_err(), "{wrong}");
        }
    }
}
