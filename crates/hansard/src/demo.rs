//! The demo: a service filled with conversations, one of which keeps talking.
//!
//! It starts no server; it fills one through the same calls as anybody.

mod case;
mod dialogue;
pub mod directory;
pub mod generator;
mod guide;
mod letters;
mod phrases;
mod random;
mod remarks;
mod scenario;
mod timing;
mod turns;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use hansard_proto::v1::{
    CreateConversationMessageRequest, CreateTagRequest, CreateTeamRequest, CreateUsecaseRequest,
    CreateUserRequest, GetConversationRequest, GetProfileRequest, ImportConversationsRequest, Profile,
    UpdateProfileRequest, admin_service_client::AdminServiceClient,
    conversation_service_client::ConversationServiceClient, import_conversations_response::Outcome,
    tag_service_client::TagServiceClient,
};
use jiff::Timestamp;
use prost_types::FieldMask;
use tonic::{Code, Status};

use crate::{client::Transport, import::names::customer};
use directory::Directory;
pub use generator::live_turns;
pub use guide::guide;

/// The conversation that keeps talking.
pub const LIVE_CONVERSATION_ID: &str = "live-0001";
/// The seed of the demo that everybody sees.
pub const SEED: u64 = 1876;
const LANGUAGES: [&str; 3] = ["en-US", "de-DE", "es-ES"];
const PAUSE_BETWEEN_TURNS: Duration = Duration::from_secs(2);
/// How many conversations one call brings; three of them have hundreds of messages.
const CONVERSATIONS_PER_CALL: usize = 50;

/// Fills the profile `parent` with its directory and about 200 conversations.
///
/// What is there already stays, so it may be repeated.
pub async fn populate<T: Transport>(services: T, parent: &str, seed: u64) -> Result<()> {
    let mut admin = AdminServiceClient::new(services.clone());
    let mut tags = TagServiceClient::new(services.clone());
    let mut conversations = ConversationServiceClient::new(services);
    let directory = directory::directory(parent);
    add_languages(&mut admin, parent).await.context("setting the profile's languages")?;
    fill_directory(&mut admin, &mut tags, parent, directory).await.context("filling the directory")?;
    let made = generator::conversations(parent, seed, Timestamp::now());
    for batch in made.chunks(CONVERSATIONS_PER_CALL) {
        let request = ImportConversationsRequest { parent: parent.to_owned(), conversations: batch.to_vec() };
        let results = conversations.import_conversations(request).await?.into_inner().results;
        if let Some(refused) = results.iter().find(|result| result.outcome() == Outcome::Refused) {
            bail!("{} was refused: {}", refused.conversation, refused.reason);
        }
    }
    Ok(())
}

/// Tells whether a demo has filled the profile `parent` before.
pub async fn is_in<T: Transport>(services: T, parent: &str) -> Result<bool, Status> {
    let name = format!("{parent}/conversations/{LIVE_CONVERSATION_ID}");
    let request = GetConversationRequest { name };
    match ConversationServiceClient::new(services).get_conversation(request).await {
        Ok(_) => Ok(true),
        Err(status) if status.code() == Code::NotFound => Ok(false),
        Err(status) => Err(status),
    }
}

async fn add_languages<T: Transport>(admin: &mut AdminServiceClient<T>, parent: &str) -> Result<(), Status> {
    let request = GetProfileRequest { name: parent.to_owned() };
    let mut profile = admin.get_profile(request).await?.into_inner();
    let missing = LANGUAGES.iter().filter(|code| !profile.language_codes.iter().any(|known| known == *code));
    let missing: Vec<String> = missing.map(|code| (*code).to_owned()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    profile.language_codes.extend(missing);
    let update_mask = Some(FieldMask { paths: vec!["language_codes".to_owned()] });
    let profile = Some(Profile { etag: String::new(), ..profile });
    admin.update_profile(UpdateProfileRequest { profile, update_mask }).await?;
    Ok(())
}

async fn fill_directory<T: Transport>(
    admin: &mut AdminServiceClient<T>,
    tags: &mut TagServiceClient<T>,
    parent: &str,
    directory: Directory,
) -> Result<(), Status> {
    let customer = customer(parent).to_owned();
    for team in directory.teams {
        let request =
            CreateTeamRequest { parent: customer.clone(), team_id: last_id(&team.name), team: Some(team) };
        known_is_fine(admin.create_team(request).await)?;
    }
    for user in directory.users {
        let request =
            CreateUserRequest { parent: customer.clone(), user_id: last_id(&user.name), user: Some(user) };
        known_is_fine(admin.create_user(request).await)?;
    }
    for usecase in directory.usecases {
        let usecase_id = last_id(&usecase.name);
        let request = CreateUsecaseRequest { parent: parent.to_owned(), usecase_id, usecase: Some(usecase) };
        known_is_fine(admin.create_usecase(request).await)?;
    }
    for tag in directory.tags {
        let request =
            CreateTagRequest { parent: parent.to_owned(), tag_id: last_id(&tag.name), tag: Some(tag) };
        known_is_fine(tags.create_tag(request).await)?;
    }
    Ok(())
}

fn last_id(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

fn known_is_fine<R>(outcome: Result<R, Status>) -> Result<(), Status> {
    match outcome {
        Err(status) if status.code() != Code::AlreadyExists => Err(status),
        _ => Ok(()),
    }
}

/// Appends a message to the live conversation every two seconds, until it is dropped or the conversation is closed.
pub async fn keep_talking<T: Transport>(services: T, parent: &str, seed: u64) -> Result<(), Status> {
    let mut conversations = ConversationServiceClient::new(services);
    let parent = format!("{parent}/conversations/{LIVE_CONVERSATION_ID}");
    let mut rhythm = tokio::time::interval(PAUSE_BETWEEN_TURNS);
    for turn in live_turns(seed) {
        rhythm.tick().await;
        let request = CreateConversationMessageRequest {
            parent: parent.clone(),
            conversation_message: Some(turn),
            ..CreateConversationMessageRequest::default()
        };
        match conversations.create_conversation_message(request).await {
            Ok(_) => {}
            Err(status) if matches!(status.code(), Code::FailedPrecondition | Code::NotFound) => {
                return Ok(());
            }
            Err(status) if status.code() == Code::Unavailable => {}
            Err(status) => return Err(status),
        }
    }
    Ok(())
}
