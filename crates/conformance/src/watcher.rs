//! A watcher of a profile's changes that goes on after its last cursor whenever its stream ends, at the next server.

use std::{
    mem,
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{client::Call, desk::Desk, sse::Stream};

const PAUSE: Duration = Duration::from_millis(20);
/// How soon it notices that it is to end.
const PATIENCE: Duration = Duration::from_millis(100);
/// What was acknowledged is told by then.
const TOLD_WITHIN: Duration = Duration::from_secs(20);

/// A change, and when it was told.
#[derive(Debug, Clone)]
pub struct Told {
    pub at: Instant,
    pub cursor: String,
    pub change: Value,
}

#[derive(Debug, Default)]
struct State {
    told: Vec<Told>,
    is_over: bool,
}

/// A thread that watches.
pub struct Watcher {
    state: Arc<Mutex<State>>,
    thread: JoinHandle<()>,
}

impl Watcher {
    /// Watches what comes after a cursor, until it is told to end.
    pub fn start(desks: Vec<Desk>, cursor: &str) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let (cursor, shared) = (cursor.to_owned(), Arc::clone(&state));
        let thread = thread::spawn(move || watch(&desks, &cursor, &shared));
        Self { state, thread }
    }

    /// Waits until the change of a cursor was told, and ends; returns everything that was.
    #[track_caller]
    pub fn end_after(self, cursor: &str) -> Vec<Told> {
        let until = Instant::now() + TOLD_WITHIN;
        let is_told = || self.state.lock().unwrap().told.last().is_some_and(|last| last.cursor == cursor);
        while !is_told() && Instant::now() < until {
            thread::sleep(PAUSE);
        }
        self.state.lock().unwrap().is_over = true;
        self.thread.join().unwrap();
        mem::take(&mut self.state.lock().unwrap().told)
    }
}

/// Demands that a watcher was told exactly these changes, in this order.
#[track_caller]
pub fn assert_told(told: &[Told], changes: &[Value]) {
    let of_log: Vec<&str> = changes.iter().map(|change| change["cursor"].as_str().unwrap()).collect();
    let of_watcher: Vec<&str> = told.iter().map(|told| told.cursor.as_str()).collect();
    let same = of_log.iter().zip(&of_watcher).take_while(|(log, watcher)| log == watcher).count();
    assert!(
        of_log == of_watcher,
        "after {same} equal changes of {} the watcher was told {:?} (of {}), the log holds {:?}",
        of_log.len(),
        of_watcher.get(same),
        of_watcher.len(),
        of_log.get(same)
    );
}

fn watch(desks: &[Desk], cursor: &str, state: &Mutex<State>) {
    let mut cursor = cursor.to_owned();
    for desk in desks.iter().cycle() {
        if state.lock().unwrap().is_over {
            return;
        }
        match Stream::try_open(call(desk, &cursor)) {
            Ok(stream) if stream.status == 200 => follow(stream, &mut cursor, state),
            _ => thread::sleep(PAUSE),
        }
    }
}

fn call(desk: &Desk, cursor: &str) -> Call {
    desk.client.call("GET", &desk.at("/changes")).header("last-event-id", cursor)
}

/// Reads a stream to its end.
fn follow(mut stream: Stream, cursor: &mut String, state: &Mutex<State>) {
    loop {
        let event = stream.next(PATIENCE);
        let mut state = state.lock().unwrap();
        match event {
            Some(event) => {
                cursor.clone_from(&event.id);
                state.told.push(Told { at: Instant::now(), cursor: event.id, change: event.data });
            }
            None if state.is_over || stream.is_over() => return,
            None => {}
        }
    }
}
