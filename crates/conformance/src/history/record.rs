//! Records a history: some clients append, retry, go away, list and get on a few conversations, and one watches.
//!
//! What each client does follows from the seed. What comes of it does not: that is the server's and the scheduler's.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::{Action, History, Instant, Operation, Random, Token};
use crate::{
    client::{Broken, Call},
    desk::{Desk, id_of},
    sse::Stream,
};

/// What a history is made of.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    pub clients: u32,
    pub conversations: u32,
    /// By all clients together; what the watcher sees is not counted.
    pub operations: usize,
}

/// Records a history on a profile that nobody else writes to; clients are spread over several servers of it, and the first
/// is watched.
pub fn record(desks: &[Desk], plan: Plan) -> History {
    for conversation in 0..plan.conversations {
        desks[0].start(&id(conversation), &json!({}));
    }
    let scene = Scene {
        desks,
        plan,
        began: std::time::Instant::now(),
        next: AtomicU32::new(1),
        sent: Mutex::default(),
        is_over: AtomicBool::new(false),
    };
    let mut operations = Vec::new();
    let seen = thread::scope(|scope| {
        let watcher = scope.spawn(|| scene.watch());
        let clients: Vec<_> = (1..=plan.clients)
            .map(|number| {
                let scene = &scene;
                scope.spawn(move || Client::new(scene, number).work())
            })
            .collect();
        clients.into_iter().for_each(|client| operations.extend(client.join().unwrap()));
        scene.is_over.store(true, Ordering::SeqCst);
        watcher.join().unwrap()
    });
    let mut names = HashMap::new();
    for conversation in 0..plan.conversations {
        let listed = Client::new(&scene, 0).list(conversation, &mut names);
        operations.push(listed);
    }
    operations.extend(seen.into_iter().map(|seen| seen.into_operation(&names)));
    History { seed: plan.seed, operations }
}

fn id(conversation: u32) -> String {
    format!("c{conversation}")
}

fn text(token: Token) -> String {
    format!("t{token}")
}

/// Returns the token of a message's text; 0, which nobody sends, for any other text.
fn token_of(text: &str) -> Token {
    text.strip_prefix('t').and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn position_of(message: &Value) -> u32 {
    u32::try_from(message["sequencePosition"].as_u64().unwrap()).unwrap()
}

/// What the clients of one history share.
struct Scene<'a> {
    desks: &'a [Desk],
    plan: Plan,
    began: std::time::Instant,
    next: AtomicU32,
    /// Tokens with their conversation, in the order of their first request.
    sent: Mutex<Vec<(u32, Token)>>,
    is_over: AtomicBool,
}

/// A change that the watcher was told.
struct Seen {
    conversation: u32,
    message: String,
    position: u32,
    told: Instant,
}

impl Seen {
    fn into_operation(self, names: &HashMap<(u32, String), Token>) -> Operation {
        let token = names.get(&(self.conversation, self.message)).copied().unwrap_or(0);
        let action = Action::Watched { token, position: self.position };
        Operation { client: 0, conversation: self.conversation, invoked: 0, responded: self.told, action }
    }
}

impl Scene<'_> {
    fn now(&self) -> Instant {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap()
    }

    /// Follows the change log until the clients have ended and nothing comes any more.
    fn watch(&self) -> Vec<Seen> {
        let mut stream = Stream::open(self.desks[0].client.call("GET", &self.desks[0].at("/changes")));
        let mut seen = Vec::new();
        loop {
            let was_over = self.is_over.load(Ordering::SeqCst);
            match stream.next(Duration::from_millis(300)) {
                Some(event) => seen.extend(self.read(&event.data)),
                None if was_over => return seen,
                None => {}
            }
        }
    }

    fn read(&self, change: &Value) -> Option<Seen> {
        if change["kind"] != "MESSAGE_CREATED" {
            return None;
        }
        let last = |field: &str| change[field].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        Some(Seen {
            conversation: last("conversation").strip_prefix('c').unwrap().parse().unwrap(),
            message: last("resource"),
            position: u32::try_from(change["sequence"].as_u64().unwrap()).unwrap(),
            told: self.now(),
        })
    }
}

struct Client<'a> {
    scene: &'a Scene<'a>,
    number: u32,
    random: Random,
}

impl<'a> Client<'a> {
    fn new(scene: &'a Scene<'a>, number: u32) -> Self {
        let random = Random(scene.plan.seed.wrapping_mul(1000) + u64::from(number));
        Self { scene, number, random }
    }

    fn desk(&self) -> &'a Desk {
        let desks = self.scene.desks;
        &desks[self.number as usize % desks.len()]
    }

    fn work(mut self) -> Vec<Operation> {
        let share = self.scene.plan.operations.div_ceil(self.scene.plan.clients as usize);
        (0..share).map(|_| self.act()).collect()
    }

    fn act(&mut self) -> Operation {
        let conversation = self.random.below(self.scene.plan.conversations as usize) as u32;
        match self.random.below(100) {
            0..45 => {
                let token = self.new_token(conversation);
                self.append(conversation, token, None)
            }
            45..52 => {
                let token = self.new_token(conversation);
                let patience = Duration::from_micros(self.random.below(4000) as u64);
                self.append(conversation, token, Some(patience))
            }
            52..67 => match self.recent() {
                Some((conversation, token)) => self.append(conversation, token, None),
                None => self.list(conversation, &mut HashMap::new()),
            },
            67..80 => self.list(conversation, &mut HashMap::new()),
            _ => match self.recent() {
                Some((conversation, token)) if is_named_by_client(token) => self.get(conversation, token),
                _ => self.list(conversation, &mut HashMap::new()),
            },
        }
    }

    fn new_token(&self, conversation: u32) -> Token {
        let token = self.scene.next.fetch_add(1, Ordering::SeqCst);
        self.scene.sent.lock().unwrap().push((conversation, token));
        token
    }

    /// Returns one of the last tokens that anybody sent: it may still be on its way.
    fn recent(&mut self) -> Option<(u32, Token)> {
        let sent = self.scene.sent.lock().unwrap();
        let last = &sent[sent.len().saturating_sub(24)..];
        self.random.pick(last).copied()
    }

    fn append(&self, conversation: u32, token: Token, patience: Option<Duration>) -> Operation {
        let call = self.append_call(conversation, token);
        let invoked = self.scene.now();
        let answer = match patience {
            Some(patience) => call.try_send_within(patience),
            None => call.try_send(),
        };
        let responded = self.scene.now();
        let position = match answer {
            Ok(answer) => {
                let message = answer.ok()["conversationMessage"].take();
                assert_eq!(token_of(message["text"].as_str().unwrap()), token, "{answer}");
                Some(position_of(&message))
            }
            Err(Broken::Deadline) if patience.is_some() => None,
            Err(broken) => panic!("{broken:?}"),
        };
        let responded = if position.is_some() { responded } else { Instant::MAX };
        self.operation(conversation, (invoked, responded), Action::Append { token, position })
    }

    /// Half of the messages are named by the client, the others go by an idempotency key.
    fn append_call(&self, conversation: u32, token: Token) -> Call {
        let (desk, message) = (self.desk(), json!({"text": text(token), "speaker": "VISITOR"}));
        let path = desk.path(&id(conversation), "/messages");
        if is_named_by_client(token) {
            return desk.client.call("POST", &format!("{path}?messageId={}", text(token))).json(&message);
        }
        let key = format!("{}-{}", desk.profile, text(token));
        desk.client.call("POST", &path).header("idempotency-key", &key).json(&message)
    }

    /// Reads a whole list at once and notes whose name is whose.
    fn list(&self, conversation: u32, names: &mut HashMap<(u32, String), Token>) -> Operation {
        let desk = self.desk();
        let path = desk.path(&id(conversation), "/conversationMessages?pageSize=1000");
        let invoked = self.scene.now();
        let page = desk.client.get(&path).ok();
        let responded = self.scene.now();
        assert!(page["nextPageToken"].as_str().is_none_or(str::is_empty), "one page is one moment");
        let messages = page["conversationMessages"].as_array().unwrap();
        let items = messages.iter().map(|message| {
            let token = token_of(message["text"].as_str().unwrap());
            names.insert((conversation, id_of(message)), token);
            (position_of(message), token)
        });
        let items = items.collect();
        self.operation(conversation, (invoked, responded), Action::List { items })
    }

    fn get(&self, conversation: u32, token: Token) -> Operation {
        let desk = self.desk();
        let path = desk.path(&id(conversation), &format!("/messages/{}", text(token)));
        let invoked = self.scene.now();
        let answer = desk.client.get(&path);
        let responded = self.scene.now();
        let position = match answer.status {
            404 => None,
            _ => Some(position_of(&answer.ok()["conversationMessage"])),
        };
        self.operation(conversation, (invoked, responded), Action::Get { token, position })
    }

    fn operation(
        &self,
        conversation: u32,
        (invoked, responded): (Instant, Instant),
        action: Action,
    ) -> Operation {
        Operation { client: self.number, conversation, invoked, responded, action }
    }
}

fn is_named_by_client(token: Token) -> bool {
    token % 2 == 1
}
