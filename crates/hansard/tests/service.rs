//! The services as callers of different keys find them, in this process and on a store of their own.
#![allow(clippy::unwrap_used)]

use hansard::{app::App, auth, dialect::service::Local};
use hansard_domain::{
    Id,
    caller::{Caller, Role},
};
use hansard_proto::v1::{
    self as pb, admin_service_client::AdminServiceClient,
    conversation_service_client::ConversationServiceClient, tag_service_client::TagServiceClient,
};
use hansard_store::Location;
use std::sync::Arc;
use tempfile::TempDir;
use tonic::{Code, Request};

const CUSTOMER: &str = "customers/acme";
const PROFILE: &str = "customers/acme/profiles/support";

struct World {
    app: Arc<App>,
    _folder: TempDir,
}

fn caller(role: Role, profiles: &[&str], user: Option<&str>) -> Caller {
    let profiles = profiles.iter().map(|id| Id::known(*id)).collect();
    Caller::new(Id::known("acme"), profiles, role, Id::known("k"), user.map(Id::known))
}

fn admin() -> Caller {
    caller(Role::Admin, &[], None)
}

fn agent(user: &str) -> Caller {
    caller(Role::Agent, &[], Some(user))
}

fn with_key<T>(key: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
    request
}

impl World {
    /// A customer with the profiles `support`, which masks card numbers, and `sales`.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let open = move || {
            let app = App::open(&Location::Folder(path)).unwrap();
            app.store.ensure_customer(&Id::known("acme")).unwrap();
            app
        };
        let app = tokio::task::spawn_blocking(open).await.unwrap();
        let world = Self { app, _folder: folder };
        for id in ["support", "sales"] {
            world.make_profile(id).await;
        }
        world
    }

    async fn make_profile(&self, id: &str) {
        let card = pb::RedactionPattern { entity_type: "CARD".into(), pattern: r"\d{16}".into() };
        let profile = pb::Profile {
            language_codes: vec!["en-US".into()],
            redaction_patterns: vec![card],
            ..Default::default()
        };
        let request = pb::CreateProfileRequest {
            parent: CUSTOMER.into(),
            profile_id: id.into(),
            profile: Some(profile),
        };
        self.admin(admin()).create_profile(request).await.unwrap();
    }

    fn conversations(&self, caller: Caller) -> ConversationServiceClient<Local> {
        ConversationServiceClient::new(Local::new(&self.app, caller))
    }

    fn admin(&self, caller: Caller) -> AdminServiceClient<Local> {
        AdminServiceClient::new(Local::new(&self.app, caller))
    }

    fn tags(&self, caller: Caller) -> TagServiceClient<Local> {
        TagServiceClient::new(Local::new(&self.app, caller))
    }

    async fn start(&self, id: &str, conversation: pb::Conversation, skip_pii_redation: bool) -> String {
        let request = pb::StartConversationRequest {
            parent: PROFILE.into(),
            conversation_id: id.into(),
            feature_override: Some(pb::FeatureOverride { skip_pii_redation, ..Default::default() }),
            conversation: Some(conversation),
            ..Default::default()
        };
        let started = self.conversations(admin()).start_conversation(request).await.unwrap().into_inner();
        started.conversation.unwrap().name
    }

    async fn append(&self, parent: &str, texts: &[&str]) -> Vec<String> {
        let message = |text: &&str| pb::ConversationMessage { text: (*text).into(), ..Default::default() };
        let request = pb::BatchCreateConversationMessagesRequest {
            parent: parent.into(),
            messages: texts.iter().map(message).collect(),
            ..Default::default()
        };
        let stored = self.conversations(admin()).batch_create_conversation_messages(request).await.unwrap();
        stored.into_inner().conversation_messages.into_iter().map(|message| message.text).collect()
    }
}

fn key(role: pb::api_key::Role, profiles: &[&str]) -> pb::CreateApiKeyRequest {
    let profiles = profiles.iter().map(|id| format!("{CUSTOMER}/profiles/{id}")).collect();
    let api_key = pb::ApiKey { role: role.into(), profiles, ..Default::default() };
    pb::CreateApiKeyRequest { parent: CUSTOMER.into(), api_key: Some(api_key), ..Default::default() }
}

#[tokio::test]
async fn a_limited_admin_reaches_no_key_beyond_its_profiles() {
    use pb::api_key::Role;
    let world = World::new().await;
    let wide = world.admin(admin()).create_api_key(key(Role::Reader, &[])).await.unwrap().into_inner();
    let mut limited = world.admin(caller(hansard_domain::caller::Role::Admin, &["support"], None));

    let refused = async |request, client: &mut AdminServiceClient<Local>| {
        client.create_api_key(request).await.unwrap_err().code()
    };
    assert_eq!(refused(key(Role::Admin, &[]), &mut limited).await, Code::PermissionDenied);
    assert_eq!(refused(key(Role::Admin, &["sales"]), &mut limited).await, Code::InvalidArgument);
    assert_eq!(refused(key(Role::Operator, &[]), &mut limited).await, Code::PermissionDenied);
    let own = limited.create_api_key(key(Role::Writer, &["support"])).await.unwrap().into_inner();

    let request = pb::ListApiKeysRequest { parent: CUSTOMER.into(), ..Default::default() };
    let listed = limited.list_api_keys(request).await.unwrap().into_inner().api_keys;
    assert_eq!(listed.iter().map(|key| &key.name).collect::<Vec<_>>(), [&own.name]);
    let revoke = |name: &str| pb::RevokeApiKeyRequest { name: name.into() };
    let foreign = limited.revoke_api_key(revoke(&wide.name)).await.unwrap_err();
    let absent = limited.revoke_api_key(revoke("customers/acme/apiKeys/none")).await.unwrap_err();
    assert_eq!(foreign.code(), Code::NotFound);
    assert_eq!(
        foreign.message().replace(&wide.name, "X"),
        absent.message().replace("customers/acme/apiKeys/none", "X")
    );
    assert!(limited.revoke_api_key(revoke(&own.name)).await.unwrap().into_inner().revoke_time.is_some());
}

#[tokio::test]
async fn a_retry_key_is_no_way_to_another_agent_s_conversation() {
    let world = World::new().await;
    let own = pb::Conversation { agent: "customers/acme/users/ada".into(), ..Default::default() };
    let name = world.start("c", own, false).await;
    let request = || pb::UpdateConversationStateRequest {
        conversation: name.clone(),
        state: pb::conversation::State::Closed.into(),
        ..Default::default()
    };
    let close = || with_key("retry", request());
    for _ in 0..2 {
        world.conversations(agent("ada")).update_conversation_state(close()).await.unwrap();
    }
    let refused = world.conversations(agent("bob")).update_conversation_state(close()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Aborted);
    let refused = world.conversations(agent("bob")).update_conversation_state(request()).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}

#[tokio::test]
async fn a_key_is_its_caller_s_until_it_is_revoked() {
    use pb::api_key::Role as Word;
    let world = World::new().await;
    let issued =
        world.admin(admin()).create_api_key(key(Word::Writer, &["support"])).await.unwrap().into_inner();
    let other = world.admin(admin()).create_api_key(key(Word::Reader, &[])).await.unwrap().into_inner();
    let caller = auth::authenticate(&world.app, &issued.secret).await.unwrap();
    assert_eq!((caller.customer(), caller.role()), (&Id::known("acme"), Role::Writer));
    assert_eq!(caller.profiles(), [Id::known("support")]);
    assert_eq!(format!("{CUSTOMER}/apiKeys/{}", caller.key().unwrap()), issued.name);
    let halves = |key: &'_ pb::ApiKey| {
        let mut parts = key.secret.splitn(3, '_').skip(1).map(str::to_owned);
        (parts.next().unwrap(), parts.next().unwrap())
    };
    let ((id, secret), (_, foreign)) = (halves(&issued), halves(&other));
    for wrong in [format!("hsk_{id}_{foreign}"), format!("hsk_none_{secret}"), format!("hsk_{id}")] {
        auth::authenticate(&world.app, &wrong).await.unwrap_err();
    }
    auth::check_still_valid(&world.app, &caller).unwrap();
    let revoke = pb::RevokeApiKeyRequest { name: issued.name.clone() };
    world.admin(admin()).revoke_api_key(revoke).await.unwrap();
    auth::authenticate(&world.app, &issued.secret).await.unwrap_err();
    auth::check_still_valid(&world.app, &caller).unwrap_err();
    auth::check_still_valid(&world.app, &Caller::command_line(Id::known("acme"))).unwrap();
    auth::authenticate(&world.app, &other.secret).await.unwrap();
}

#[tokio::test]
async fn a_retry_key_stands_for_one_request() {
    let world = World::new().await;
    let parent = world.start("c", pb::Conversation::default(), false).await;
    let append = async |key: &str, text: &str| {
        let message = pb::ConversationMessage { text: text.into(), ..Default::default() };
        let request = pb::CreateConversationMessageRequest {
            parent: parent.clone(),
            conversation_message: Some(message),
            ..Default::default()
        };
        let answer = world.conversations(admin()).create_conversation_message(with_key(key, request)).await;
        answer
            .map(|answer| answer.into_inner().conversation_message.unwrap().name)
            .map_err(|status| status.code())
    };
    let first = append("k", "hello").await;
    assert!(first.is_ok());
    assert_eq!(append("k", "hello").await, first);
    assert_eq!(append("k", "other").await, Err(Code::Aborted));
    assert_ne!(append("l", "hello").await, first);
    assert_eq!(append("", "hello").await, Err(Code::InvalidArgument));
    assert_eq!(append(&"k".repeat(10_000), "hello").await, Err(Code::InvalidArgument));
}

#[tokio::test]
async fn one_id_comes_once_in_a_batch() {
    let world = World::new().await;
    let parent = world.start("c", pb::Conversation::default(), false).await;
    let message = |text: &str| pb::ConversationMessage {
        name: format!("{parent}/messages/m"),
        text: text.into(),
        ..Default::default()
    };
    let request = pb::BatchCreateConversationMessagesRequest {
        parent: parent.clone(),
        messages: vec![message("one"), message("two")],
        ..Default::default()
    };
    let mut client = world.conversations(admin());
    let refused = client.batch_create_conversation_messages(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().starts_with("messages[1].name: "), "{}", refused.message());
}

#[tokio::test]
async fn deleting_a_profile_can_be_retried() {
    let world = World::new().await;
    let name = format!("{CUSTOMER}/profiles/sales");
    let delete = |key| with_key(key, pb::DeleteProfileRequest { name: name.clone(), ..Default::default() });
    for _ in 0..2 {
        world.admin(admin()).delete_profile(delete("once")).await.unwrap();
    }
    let gone = world.admin(admin()).delete_profile(delete("again")).await.unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    world.make_profile("sales").await;
}

#[tokio::test]
async fn a_forced_deletion_takes_a_tag_from_every_conversation() {
    const CONVERSATIONS: usize = 450;
    let world = World::new().await;
    let tag = pb::CreateTagRequest { parent: PROFILE.into(), tag_id: "vip".into(), tag: None };
    let name = world.tags(admin()).create_tag(tag).await.unwrap().into_inner().name;
    for index in 0..CONVERSATIONS {
        let parent = world.start(&format!("c{index}"), pb::Conversation::default(), false).await;
        let request = pb::AddConversationTagRequest { parent, tag: name.clone() };
        world.conversations(admin()).add_conversation_tag(request).await.unwrap();
    }
    let delete = |force| pb::DeleteTagRequest { name: name.clone(), force, ..Default::default() };
    let refused = world.tags(admin()).delete_tag(delete(false)).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    for _ in 0..2 {
        world.tags(admin()).delete_tag(with_key("once", delete(true))).await.unwrap();
    }
    let filter = pb::ConversationFilter { tags: vec![name.clone()], ..Default::default() };
    let request =
        pb::CountConversationsRequest { parent: PROFILE.into(), filter: Some(filter), ..Default::default() };
    let left = world.conversations(admin()).count_conversations(request).await.unwrap().into_inner();
    assert_eq!(left.count, 0);
}

#[tokio::test]
async fn only_exempt_conversations_keep_what_the_profile_masks() {
    let world = World::new().await;
    let (masked, exempt) = (pb::Conversation::default(), pb::Conversation::default());
    let (masked, exempt) = (world.start("m", masked, false).await, world.start("e", exempt, true).await);
    let text = "My card is 4111111111111111.";
    assert_eq!(world.append(&masked, &[text]).await, ["My card is [CARD]."]);
    assert_eq!(world.append(&exempt, &[text]).await, [text]);
    let request = pb::ListAuditEntriesRequest { parent: CUSTOMER.into(), ..Default::default() };
    let trail = world.admin(admin()).list_audit_entries(request).await.unwrap().into_inner();
    let entry = &trail.audit_entries[0];
    assert_eq!((entry.action.as_str(), &entry.resource), ("conversation.skip_pii_redaction", &exempt));
}

#[tokio::test]
async fn a_filter_that_selects_nothing_gets_past_a_long_log() {
    const BATCHES: usize = 11;
    let world = World::new().await;
    let parent = world.start("long", pb::Conversation::default(), false).await;
    for _ in 0..BATCHES {
        world.append(&parent, &["x"; 1000]).await;
    }
    let wanted = pb::Conversation { skill: "rare".into(), ..Default::default() };
    let wanted = world.start("wanted", wanted, false).await;
    let filter = pb::ConversationFilter { skills: vec!["rare".into()], ..Default::default() };
    let (mut cursor, mut pages, mut found) = (String::new(), 0, Vec::new());
    loop {
        let request = pb::ListChangesRequest {
            parent: PROFILE.into(),
            cursor: cursor.clone(),
            filter: Some(filter.clone()),
            ..Default::default()
        };
        let page = world.conversations(admin()).list_changes(request).await.unwrap().into_inner();
        found.extend(page.changes.into_iter().map(|change| change.conversation));
        pages += 1;
        if page.next_cursor == cursor {
            break;
        }
        cursor = page.next_cursor;
    }
    assert_eq!((found, pages), (vec![wanted.clone(), wanted], 3));
}
