//! Exact texts, and the part of a display name.

use super::{
    super::{Case, Plant},
    case,
};
use crate::{member::Member, vocabulary::safe};
use hansard_domain::{
    conversation::{Deployment, NewConversation, Party, PlatformInfo, Visitor},
    filter::Filter,
};

pub(super) fn texts(member: Member) -> Vec<Case> {
    let platform = |platform_id: &str| {
        Plant::with(|new| {
            let platform_conversation_id = platform_id.to_owned();
            new.fields.platform_info =
                Some(PlatformInfo { platform_conversation_id, ..PlatformInfo::default() });
        })
    };
    let correlation = |given: &str| Plant::with(|new| new.fields.correlation_id = given.to_owned());
    let language = |code: &str| Plant::with(|new| new.fields.language_code = code.to_owned());
    let (one, empty) = (|| "one".to_owned(), Filter::default);
    match member {
        Member::PlatformConversationId => {
            case(platform("one"), platform("One"), Filter { platform_conversation_id: one(), ..empty() })
        }
        Member::CorrelationId => {
            case(correlation("one"), platform("one"), Filter { correlation_id: one(), ..empty() })
        }
        Member::CorrelationOrPlatformId => {
            let either = || Filter { correlation_or_platform_id: one(), ..empty() };
            let mut cases = case(correlation("one"), correlation("two"), either());
            cases.extend(case(platform("one"), platform("on"), either()));
            cases
        }
        Member::LanguageCode => {
            let code = "DE-de".to_owned();
            case(language("de-DE"), language("en-US"), Filter { language_code: code, ..empty() })
        }
        Member::LanguageCodes => {
            let codes = vec!["xx".to_owned(), "de-de".to_owned()];
            case(language("de-DE"), language("en-US"), Filter { language_codes: codes, ..empty() })
        }
        Member::DisplayNameContains => {
            let named = |name: &str| Plant::with(|new| new.fields.display_name = safe(name));
            let part = "FUND_1".to_owned();
            case(named("refund_1"), named("refundX1"), Filter { display_name_contains: part, ..empty() })
        }
        member => words(member),
    }
}

fn words(member: Member) -> Vec<Case> {
    let empty = Filter::default;
    match member {
        Member::UsecaseIds => {
            let set = |new: &mut NewConversation, word: String| {
                let name = format!("customers/acme/profiles/support/usecases/{word}");
                new.fields.usecase = if word.is_empty() { word } else { name };
            };
            word_and_none(set, |usecase_ids| Filter { usecase_ids, ..empty() })
        }
        Member::Skills => {
            word_and_none(|new, word| new.fields.skill = word, |skills| Filter { skills, ..empty() })
        }
        Member::VisitorIds => {
            let set = |new: &mut NewConversation, platform_visitor_id: String| {
                new.fields.visitor = Some(Visitor { platform_visitor_id, ..Visitor::default() });
            };
            word_and_none(set, |visitor_ids| Filter { visitor_ids, ..empty() })
        }
        Member::VirtualAgents => {
            let set = |new: &mut NewConversation, word: String| new.fields.virtual_agent = word;
            word_and_none(set, |virtual_agents| Filter { virtual_agents, ..empty() })
        }
        Member::DeploymentChannelIds => {
            let set = |new: &mut NewConversation, channel_id: String| {
                new.fields.deployment = Some(Deployment { channel_id, ..Deployment::default() });
            };
            word_and_none(set, |deployment_channel_ids| Filter { deployment_channel_ids, ..empty() })
        }
        Member::CrmCustomerIds => {
            let set = |new: &mut NewConversation, crm_customer_id: String| {
                new.fields.party = Some(Party { crm_customer_id, ..Party::default() });
            };
            word_and_none(set, |crm_customer_ids| Filter { crm_customer_ids, ..empty() })
        }
        _ => {
            let set = |new: &mut NewConversation, deployment_config_id: String| {
                new.fields.deployment = Some(Deployment { deployment_config_id, ..Deployment::default() });
            };
            word_and_none(set, |deployment_config_ids| Filter { deployment_config_ids, ..empty() })
        }
    }
}

/// The word as it is written, and the empty one, which selects what is unset.
fn word_and_none(
    set: impl Fn(&mut NewConversation, String),
    filter: impl Fn(Vec<String>) -> Filter,
) -> Vec<Case> {
    let plant = |word: &str| Plant::with(|new| set(new, word.to_owned()));
    let of = |word: &str| filter(vec!["three".to_owned(), word.to_owned()]);
    let mut cases = case(plant("one"), plant("One"), of("one"));
    cases.extend(case(plant(""), plant("one"), of("")));
    cases
}
