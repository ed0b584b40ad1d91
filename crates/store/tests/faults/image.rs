//! What a disk holds after a crash.
//!
//! A kill leaves everything that was written. A power cut leaves what was synced, and of the rest any
//! part: each sector of each write, each truncation and each name is there or not, whatever came before.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
};

use crate::{
    disk::{Disk, Event, Inode},
    random::Random,
};

/// What a disk writes whole or not at all.
pub(crate) const SECTOR: u64 = 512;

/// What ended the run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Crash {
    Kill,
    /// With the seed of what survives.
    PowerCut(u64),
}

/// The files of a folder as they are after a crash.
pub(crate) struct Image(BTreeMap<String, Vec<u8>>);

impl Image {
    /// The image after a crash that came when so many events had happened.
    pub(crate) fn after(disk: &Disk, at: usize, crash: Crash) -> Self {
        let events = disk.events();
        let events = &events[..at];
        let durable = durable(events);
        let mut survival = Survival::new(crash);
        let (mut files, mut names) = (HashMap::<Inode, Vec<u8>>::new(), BTreeMap::<String, Inode>::new());
        for (event, durable) in events.iter().zip(durable) {
            match event {
                Event::Found { name, inode, bytes } => {
                    names.insert(name.clone(), *inode);
                    files.insert(*inode, bytes.clone());
                }
                Event::Create { name, inode } if durable || survival.name() => {
                    names.insert(name.clone(), *inode);
                }
                Event::Delete { name } if durable || survival.name() => {
                    names.remove(name);
                }
                Event::Write { inode, offset, bytes } => {
                    let file = files.entry(*inode).or_default();
                    if durable {
                        put(file, *offset, bytes);
                    } else {
                        survival.sectors(*inode, file, *offset, bytes);
                    }
                }
                Event::Truncate { inode, size } if durable || survival.change(*inode) => {
                    files.entry(*inode).or_default().resize(*size as usize, 0);
                }
                _ => {}
            }
        }
        let held =
            names.into_iter().map(|(name, inode)| (name, files.get(&inode).cloned().unwrap_or_default()));
        Self(held.collect())
    }

    /// Writes the files into a new folder.
    pub(crate) fn materialise(&self, folder: &Path) {
        fs::create_dir(folder).unwrap();
        for (name, bytes) in &self.0 {
            fs::write(folder.join(name), bytes).unwrap();
        }
    }
}

/// Which of the events are durable at the end of them.
fn durable(events: &[Event]) -> Vec<bool> {
    let mut durable = vec![false; events.len()];
    let mut waiting = HashMap::<Inode, Vec<usize>>::new();
    let mut names = Vec::new();
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Write { inode, .. } | Event::Truncate { inode, .. } => {
                waiting.entry(*inode).or_default().push(at);
            }
            Event::Create { .. } | Event::Delete { .. } => names.push(at),
            Event::Sync { inode, covers } | Event::SyncFailed { inode, covers } => {
                let of_file = waiting.entry(*inode).or_default();
                let covered = of_file.partition_point(|waiting| waiting < covers);
                let done = matches!(event, Event::Sync { .. });
                of_file.drain(..covered).for_each(|at| durable[at] = done);
            }
            Event::SyncFolder => names.drain(..).for_each(|at| durable[at] = true),
            Event::Found { .. } => durable[at] = true,
        }
    }
    durable
}

/// Decides what of the unsynced survives.
struct Survival {
    random: Option<Random>,
    /// Files fare differently: of one everything is there, of another nothing, of most a part.
    percent: HashMap<Inode, usize>,
}

impl Survival {
    fn new(crash: Crash) -> Self {
        let random = match crash {
            Crash::Kill => None,
            Crash::PowerCut(seed) => Some(Random::new(seed)),
        };
        Self { random, percent: HashMap::new() }
    }

    fn name(&mut self) -> bool {
        self.random.as_mut().is_none_or(|random| random.percent(50))
    }

    fn change(&mut self, inode: Inode) -> bool {
        let Some(random) = &mut self.random else { return true };
        let percent = self.percent.entry(inode).or_insert_with(|| [0, 10, 50, 90, 100][random.below(5)]);
        random.percent(*percent)
    }

    /// Writes those sectors that survive; one that does not may still have made the file longer.
    fn sectors(&mut self, inode: Inode, file: &mut Vec<u8>, offset: u64, bytes: &[u8]) {
        let mut done = 0;
        while done < bytes.len() {
            let at = offset + done as u64;
            let length = ((SECTOR - at % SECTOR) as usize).min(bytes.len() - done);
            if self.change(inode) {
                put(file, at, &bytes[done..done + length]);
            } else if self.name() && file.len() < at as usize + length {
                file.resize(at as usize + length, 0);
            }
            done += length;
        }
    }
}

fn put(file: &mut Vec<u8>, offset: u64, bytes: &[u8]) {
    let (from, to) = (offset as usize, offset as usize + bytes.len());
    if file.len() < to {
        file.resize(to, 0);
    }
    file[from..to].copy_from_slice(bytes);
}
