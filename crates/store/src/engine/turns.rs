//! Which threads of a pool work: those that have a turn, and others in the place of those that are held up.
//!
//! Where more compute than there are processors, they take the processors from each other amid their work: some of it
//! ends late, and none sooner. But who waits for the disk needs no processor, and who works long must not keep the
//! others waiting. So while work waits, a spare thread looks out for both, and takes the turn of whom it finds.

use std::{
    cell::OnceCell,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, bounded};

/// Between two looks at those that work.
const LOOK: Duration = Duration::from_millis(1);
/// Looks in a row that find a thread at the disk before its turn is taken.
const AT_DISK: u32 = 2;
/// The same for a thread at one and the same work.
const LONG: u32 = 20;

/// The turns of one pool.
#[derive(Debug)]
pub(super) struct Turns {
    seats: Vec<Arc<Seat>>,
    /// How many have a turn and nothing to do.
    idle: AtomicUsize,
    /// Whether a spare thread looks, or has been called to.
    is_watched: AtomicBool,
    is_closed: AtomicBool,
    calls: (Sender<()>, Receiver<()>),
}

/// What the others see of a thread.
#[derive(Debug, Default)]
struct Seat {
    has_turn: AtomicBool,
    /// Odd while it works.
    work: AtomicU32,
    /// Odd while it waits for the disk.
    disk: AtomicU32,
}

/// How often in a row a thread was found at the same.
#[derive(Debug, Default, Clone)]
struct Seen {
    work: u32,
    at_work: u32,
    at_disk: u32,
}

thread_local! {
    static OWN: OnceCell<Arc<Seat>> = const { OnceCell::new() };
}

/// Reads from the disk so that others see it.
pub(super) fn at_disk<T>(read: impl FnOnce() -> T) -> T {
    let count = || OWN.with(|own| own.get().map(|seat| seat.disk.fetch_add(1, SeqCst)));
    count();
    let done = read();
    count();
    done
}

impl Turns {
    /// So many turns among so many threads.
    pub(super) fn new(turns: usize, threads: usize) -> Self {
        let seat = |number| Seat { has_turn: AtomicBool::new(number < turns), ..Seat::default() };
        Self {
            seats: (0..threads).map(|number| Arc::new(seat(number))).collect(),
            idle: AtomicUsize::new(0),
            is_watched: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            calls: bounded(threads),
        }
    }

    /// Works off what is waiting whenever this thread has a turn, until no more can come.
    pub(super) fn serve<W>(&self, number: usize, waiting: &Receiver<W>, work: impl Fn(W)) {
        let seat = &self.seats[number];
        OWN.with(|own| drop(own.set(Arc::clone(seat))));
        while seat.has_turn.load(SeqCst) || self.takes_turn(seat, waiting) {
            self.idle.fetch_add(1, SeqCst);
            let next = waiting.recv();
            self.idle.fetch_sub(1, SeqCst);
            let Ok(next) = next else { return self.close() };
            seat.work.fetch_add(1, SeqCst);
            work(next);
            seat.work.fetch_add(1, SeqCst);
        }
    }

    /// Calls a spare thread where more is waiting than threads wait for it.
    pub(super) fn look_after(&self, waiting: usize) {
        if waiting > self.idle.load(SeqCst) && !self.is_watched.swap(true, SeqCst) {
            self.call();
        }
    }

    fn call(&self) {
        // A full channel has a call for every thread.
        let _ = self.calls.0.try_send(());
    }

    fn close(&self) {
        self.is_closed.store(true, SeqCst);
        self.seats.iter().for_each(|_| self.call());
    }

    /// Waits, and looks when it is called, until it has the turn of another; false at the end.
    fn takes_turn<W>(&self, seat: &Seat, waiting: &Receiver<W>) -> bool {
        while self.calls.1.recv().is_ok() && !self.is_closed.load(SeqCst) {
            if let Some(held_up) = self.watch(waiting) {
                held_up.has_turn.store(false, SeqCst);
                seat.has_turn.store(true, SeqCst);
                self.is_watched.store(false, SeqCst);
                self.look_after(waiting.len());
                return true;
            }
        }
        false
    }

    /// Looks at the others for as long as work waits.
    fn watch<W>(&self, waiting: &Receiver<W>) -> Option<&Seat> {
        let mut seen = vec![Seen::default(); self.seats.len()];
        loop {
            thread::sleep(LOOK);
            if waiting.is_empty() {
                self.is_watched.store(false, SeqCst);
                // What came in between found it watched.
                if waiting.is_empty() || self.is_watched.swap(true, SeqCst) {
                    return None;
                }
            }
            let mut looks = self.seats.iter().zip(&mut seen);
            let held_up = looks.find_map(|(seat, seen)| seen.find_held_up(seat).then_some(seat));
            if held_up.is_some() {
                return held_up.map(Arc::as_ref);
            }
        }
    }
}

impl Seen {
    /// Looks once more; whether the thread has a turn that it is not to keep.
    fn find_held_up(&mut self, seat: &Seat) -> bool {
        let work = seat.work.load(SeqCst);
        if self.work != work {
            *self = Self { work, ..Self::default() };
        }
        if work.is_multiple_of(2) || !seat.has_turn.load(SeqCst) {
            return false;
        }
        self.at_work += 1;
        self.at_disk = if seat.disk.load(SeqCst).is_multiple_of(2) { 0 } else { self.at_disk + 1 };
        self.at_work >= LONG || self.at_disk >= AT_DISK
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Runs a pool of one turn and two threads.
    fn pool<T>(run: impl FnOnce(&dyn Fn(Box<dyn FnOnce() + Send>)) -> T) -> T {
        type Work = Box<dyn FnOnce() + Send>;
        let turns = Turns::new(1, 2);
        thread::scope(|scope| {
            let (work, waiting) = bounded::<Work>(8);
            for number in 0..2 {
                let (turns, waiting) = (&turns, waiting.clone());
                scope.spawn(move || turns.serve(number, &waiting, |work| work()));
            }
            run(&|next| {
                work.send(next).unwrap();
                turns.look_after(work.len());
            })
        })
    }

    /// The first work ends when the second has.
    fn second_ends_first(first: fn(&Receiver<()>)) {
        pool(|give| {
            let ((done, end), (told, ends)) = (bounded::<()>(1), bounded(1));
            give(Box::new(move || {
                first(&end);
                told.send(()).unwrap();
            }));
            give(Box::new(move || done.send(()).unwrap()));
            ends.recv_timeout(Duration::from_secs(60)).unwrap();
        });
    }

    #[test]
    fn who_waits_for_the_disk_keeps_nobody_waiting() {
        second_ends_first(|end| {
            let counted = || OWN.with(|own| own.get().unwrap().disk.load(SeqCst));
            assert_eq!((counted(), at_disk(counted), counted()), (0, 1, 2));
            at_disk(|| end.recv()).unwrap();
        });
    }

    #[test]
    fn who_works_long_keeps_nobody_waiting() {
        second_ends_first(|end| end.recv().unwrap());
    }

    #[test]
    fn a_thread_without_turn_leaves_the_work_to_the_others() {
        let (told, by) = bounded(100);
        pool(|give| {
            for _ in 0..100 {
                let told = told.clone();
                give(Box::new(move || told.send(thread::current().id()).unwrap()));
            }
            let first = by.recv().unwrap();
            assert!((1..100).all(|_| by.recv().unwrap() == first));
        });
    }

    #[test]
    fn a_turn_is_taken_after_some_looks() {
        let seat = Seat { has_turn: AtomicBool::new(true), ..Seat::default() };
        let looks = |seen: &mut Seen, count| (0..count).map(|_| seen.find_held_up(&seat)).collect::<Vec<_>>();
        let mut seen = Seen::default();
        assert!(looks(&mut seen, 2 * LONG).iter().all(|held_up| !held_up), "it waits for work");
        seat.work.fetch_add(1, SeqCst);
        assert!(looks(&mut seen, LONG - 1).iter().all(|held_up| !held_up));
        seat.work.fetch_add(2, SeqCst);
        assert!(looks(&mut seen, LONG - 1).iter().all(|held_up| !held_up), "it is another work");
        assert_eq!(looks(&mut seen, 1), [true]);
        seat.work.fetch_add(2, SeqCst);
        seat.disk.fetch_add(1, SeqCst);
        assert_eq!(looks(&mut seen, 1), [false]);
        seat.disk.fetch_add(1, SeqCst);
        assert_eq!(looks(&mut seen, 1), [false]);
        seat.disk.fetch_add(1, SeqCst);
        assert_eq!(looks(&mut seen, 2), [false, true]);
        seat.has_turn.store(false, SeqCst);
        assert_eq!(looks(&mut seen, 1), [false], "it has none to take");
    }
}
