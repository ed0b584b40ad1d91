//! One import from its inputs to its report.
//!
//! It decides nothing about a conversation: formats read it, the service accepts or refuses it.

use std::time::Instant;

use hansard_proto::v1::{
    ImportConversationsRequest, conversation_service_client::ConversationServiceClient,
    import_conversations_response::Outcome,
};
use jiff::tz::TimeZone;
use tonic::Status;

use super::{
    batch::{self, Batch, Step},
    files::Input,
    item::Context,
    report::{Report, Reporter},
    retry,
};
use crate::client::{ANSWER_BYTES_MAX, Transport, explain};

/// The largest conversation that fits a server's request of 8 MiB.
const REMOTE_CONVERSATION_BYTES_MAX: usize = 7 * 1024 * 1024 + 512 * 1024;

/// How an import reads and shows itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// The zone of times that name none.
    pub time_zone: TimeZone,
    /// Whether the service is a server with a request limit, rather than one in this process.
    pub remote: bool,
    /// Shows neither progress nor refusals; they are in the report.
    pub quiet: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { time_zone: TimeZone::UTC, remote: false, quiet: false }
    }
}

/// Imports everything that the inputs hold into the profile `parent`.
///
/// What is there already stays unchanged, so an import may be repeated.
pub async fn run<T: Transport>(
    client: ConversationServiceClient<T>,
    parent: String,
    inputs: Vec<Input>,
    options: Options,
) -> Report {
    let started = Instant::now();
    let mut reporter = Reporter::new(options.quiet);
    let limit = options.remote.then_some(REMOTE_CONVERSATION_BYTES_MAX);
    let context = Context { parent: parent.clone(), time_zone: options.time_zone };
    let mut steps = batch::start(inputs, context, limit);
    let mut client = client.max_decoding_message_size(ANSWER_BYTES_MAX).max_encoding_message_size(usize::MAX);
    while let Some(step) = steps.recv().await {
        match step {
            Step::Size(bytes) => reporter.size(bytes),
            Step::Read(bytes) => reporter.read(bytes),
            Step::Refused(place, reason) => reporter.refused(place, reason),
            Step::Warning(place, warning) => reporter.warning(&place, &warning),
            Step::Batch(batch) => {
                if let Err(status) = send(&mut client, &parent, batch, &mut reporter).await {
                    reporter.report.failure = Some(explain(&status).to_string());
                    break;
                }
            }
        }
    }
    reporter.finish(started.elapsed())
}

async fn send<T: Transport>(
    client: &mut ConversationServiceClient<T>,
    parent: &str,
    batch: Batch,
    reporter: &mut Reporter,
) -> Result<(), Status> {
    let request =
        ImportConversationsRequest { parent: parent.to_owned(), conversations: batch.conversations };
    let results = retry::import(client, &request).await?.results;
    if results.len() != batch.places.len() {
        return Err(Status::internal("the service answered for fewer or more conversations than were sent"));
    }
    for ((place, archive), result) in batch.places.into_iter().zip(&request.conversations).zip(results) {
        match result.outcome() {
            Outcome::Created => reporter.created(archive.messages.len()),
            Outcome::AlreadyExists => reporter.existing(),
            Outcome::Refused | Outcome::Unspecified => reporter.refused(place, result.reason),
        }
    }
    Ok(())
}
