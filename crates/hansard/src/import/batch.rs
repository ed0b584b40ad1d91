//! Reads the inputs on a thread of its own and hands over batches of bounded size.
//!
//! It calls no service. A few batches are in memory at most, whatever the inputs' size.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use hansard_proto::v1::ConversationArchive;
use prost::Message;
use tokio::sync::mpsc;

use super::{
    files::{self, Entry, Input},
    item::{Context, Item, Malformed},
    report::Place,
    source::{self, Found, Hint},
};

/// The most conversations of one call.
pub(super) const BATCH_COUNT_MAX: usize = 200;
/// The most bytes of one call that holds more than one conversation.
pub(super) const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024 - 64 * 1024;
const STEPS_AHEAD_MAX: usize = 4;
const READ_AHEAD_BYTES: usize = 256 * 1024;

/// Conversations of one call, each with the place that it comes from.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) places: Vec<Place>,
    pub(super) conversations: Vec<ConversationArchive>,
    bytes: usize,
}

/// What the reading thread tells.
#[derive(Debug)]
pub(super) enum Step {
    /// How many bytes there are to read, where that is known.
    Size(Option<u64>),
    Batch(Batch),
    Refused(Place, String),
    Warning(Place, String),
    /// How many bytes were read since the last such step.
    Read(u64),
}

/// Starts reading; the steps end when all is read, and reading ends when nobody takes the steps.
pub(super) fn start(
    inputs: Vec<Input>,
    context: Context,
    conversation_bytes_max: Option<usize>,
) -> mpsc::Receiver<Step> {
    let (steps, receiver) = mpsc::channel(STEPS_AHEAD_MAX);
    tokio::task::spawn_blocking(move || {
        let mut reader =
            Reader { steps, context, conversation_bytes_max, batch: Batch::default(), read: Arc::default() };
        // A send fails only when the run has ended; then there is nobody to tell.
        let _ended = reader.read(&inputs);
    });
    receiver
}

struct Reader {
    steps: mpsc::Sender<Step>,
    context: Context,
    conversation_bytes_max: Option<usize>,
    batch: Batch,
    /// Bytes read and not yet told.
    read: Arc<AtomicU64>,
}

/// Counts what is read through it.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

impl Reader {
    fn read(&mut self, inputs: &[Input]) -> io::Result<()> {
        let entries = files::list(inputs);
        let sizes = entries.iter().map(|entry| match entry {
            Entry::File { bytes, .. } => Some(*bytes),
            Entry::Unreadable { .. } => Some(0),
            Entry::Stdin => None,
        });
        self.tell(Step::Size(sizes.sum()))?;
        for entry in entries {
            match entry {
                Entry::File { path, hint, .. } => self.read_file(&path, hint)?,
                Entry::Stdin => {
                    let outcome = self.read_stream(io::stdin(), "stdin", "stdin", Hint::Unknown);
                    self.tell_failure(outcome, "stdin")?;
                }
                Entry::Unreadable { path, reason } => {
                    self.tell(Step::Refused(Place::file(path.display()), reason))?;
                }
            }
        }
        self.flush()
    }

    fn read_file(&mut self, path: &Path, hint: Hint) -> io::Result<()> {
        let shown = path.display().to_string();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let outcome = File::open(path).and_then(|file| self.read_stream(file, &shown, &name, hint));
        self.tell_failure(outcome, &shown)
    }

    /// A stream that breaks is reported and the next one read; a run that has ended ends the reading.
    fn tell_failure(&mut self, outcome: io::Result<()>, shown: &str) -> io::Result<()> {
        match outcome {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(error),
            Err(error) => self.tell(Step::Refused(Place::file(shown), format!("cannot be read: {error}"))),
            Ok(()) => Ok(()),
        }
    }

    fn read_stream(&mut self, stream: impl Read, shown: &str, name: &str, hint: Hint) -> io::Result<()> {
        let stream = Counted { inner: stream, read: Arc::clone(&self.read) };
        let context = self.context.clone();
        let buffered = BufReader::with_capacity(READ_AHEAD_BYTES, stream);
        source::read(buffered, name, hint, &context, |found| self.take(shown, found))
    }

    fn take(&mut self, file: &str, (line, found): Found) -> io::Result<()> {
        let place = Place::line(file, line);
        match found.and_then(|item| self.check_size(item)) {
            Ok((item, bytes)) => {
                for warning in item.warnings {
                    self.tell(Step::Warning(place.clone(), warning))?;
                }
                self.add(place, item.archive, bytes)
            }
            Err(error) => self.tell(Step::Refused(place, error.reason().to_owned())),
        }
    }

    fn check_size(&self, item: Item) -> Result<(Item, usize), Malformed> {
        let bytes = item.archive.encoded_len();
        match self.conversation_bytes_max {
            Some(limit) if bytes > limit => Err(Malformed::new(format!(
                "the conversation has {bytes} bytes, a server takes {limit} at most; import it into a data folder"
            ))),
            _ => Ok((item, bytes)),
        }
    }

    fn add(&mut self, place: Place, archive: ConversationArchive, bytes: usize) -> io::Result<()> {
        let full = self.batch.places.len() == BATCH_COUNT_MAX || self.batch.bytes + bytes > BATCH_BYTES_MAX;
        if full {
            self.flush()?;
        }
        self.batch.places.push(place);
        self.batch.conversations.push(archive);
        self.batch.bytes += bytes;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        self.tell(Step::Read(self.read.swap(0, Ordering::Relaxed)))?;
        if batch.places.is_empty() { Ok(()) } else { self.tell(Step::Batch(batch)) }
    }

    fn tell(&self, step: Step) -> io::Result<()> {
        self.steps.blocking_send(step).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
