//! What a filter selects, block by block.

use super::{
    Fresh, LookedAt, Members, Newest, Times, TimesOfBlock,
    ahead::{Ahead, LONGER},
    by_block::ByBlock,
    kept_times::ReadTimes,
    number_at, place_of,
    plan::{Plan, Set, Unsure},
    runs::{Reader, Start},
    sets::{Said, Sets},
    term,
    thirds::Mask,
    times::{Bounds, Overlap, Window},
    verdicts::LookedFor,
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{Error, Id, Result, Time, filter::Keyword};
use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeSet,
    rc::Rc,
    sync::Arc,
};

/// The conversations of a profile that a plan and a window select.
pub(crate) struct Selection<'t> {
    tx: &'t Tx<'t>,
    profile: ProfileKey,
    plan: Plan,
    window: Window,
    now: Time,
    newest: Arc<Newest>,
    candidates: ByBlock<Rc<Candidates>>,
    blocks_ahead: Ahead,
    selected: ByBlock<Members>,
    said: Rc<Said>,
    times: Rc<ReadTimes<'t>>,
    /// Those of it that have not ended.
    live: OnceCell<Box<Self>>,
}

/// Blocks that are asked together.
const BLOCKS_MAX: usize = 64;

/// Those of a block whose terms are as the plan says.
struct Candidates {
    members: Members,
    /// How many of them lie in the window.
    overlap: Overlap,
}

impl Candidates {
    const NONE: Self = Self { members: Members::NONE, overlap: Overlap::None };
}

impl<'t> Selection<'t> {
    /// `now` ends what is still live; `newest` is of the same snapshot.
    pub(crate) fn new(
        (tx, newest): (&'t Tx<'t>, Arc<Newest>),
        profile: ProfileKey,
        plan: Plan,
        window: Window,
        now: Time,
    ) -> Self {
        let rows: usize = plan.sets.iter().map(Set::rows).sum();
        let times = Rc::new(ReadTimes::new(tx, Arc::clone(&newest), profile));
        Self {
            tx,
            profile,
            plan: plan.sorted(),
            window,
            now,
            newest,
            candidates: ByBlock::default(),
            blocks_ahead: Ahead::up_to((tx.reads_ahead() / rows.max(1)).clamp(1, BLOCKS_MAX)),
            selected: ByBlock::default(),
            said: Rc::default(),
            times,
            live: OnceCell::new(),
        }
    }

    pub(super) fn live(&self) -> &Self {
        self.live.get_or_init(|| {
            let plan = self.plan.clone().and_live();
            let newest = (self.tx, Arc::clone(&self.newest));
            let live = Self::new(newest, self.profile, plan, self.window, self.now);
            Box::new(Self { said: Rc::clone(&self.said), times: Rc::clone(&self.times), ..live })
        })
    }

    pub(crate) fn blocks(&self) -> &[(i64, Bounds)] {
        &self.newest.blocks
    }

    /// Reads the profile's conversations in the order of their starts; none that began after the window is given.
    pub(crate) fn in_order_of_start(&self, from: Option<i64>, is_backwards: bool) -> Result<Reader<'t>> {
        let last = self.window.last_start().filter(|_| is_backwards).map(|time| time.0);
        let from = match (from, last) {
            (Some(from), Some(last)) => Some(from.min(last)),
            (from, last) => from.or(last),
        };
        Reader::new(self.tx, self.profile, from, is_backwards)
    }

    /// How many of those that it holds are looked at together, though fewer may be wanted.
    pub(crate) fn looks_ahead(&self) -> usize {
        if self.plan.unsure.is_any() { self.tx.reads_ahead().div_ceil(LONGER) } else { 1 }
    }

    /// What is to be looked at of each that it holds.
    pub(crate) fn unsure(&self) -> Unsure {
        self.plan.unsure
    }

    /// What is known of those that it holds from looking at their names and texts, for these two.
    pub(crate) fn looked_at(&self, name: &Keyword, keyword: &Keyword) -> LookedAt {
        let unsure = self.plan.unsure;
        let folded = |is_looked_for: bool, text: &Keyword| {
            if is_looked_for { text.folded().to_owned() } else { String::new() }
        };
        let looked_for =
            LookedFor { name: folded(unsure.name, name), keyword: folded(unsure.texts, keyword) };
        let newest = Arc::clone(&self.newest);
        LookedAt::new((self.profile, newest), unsure, looked_for, self.plan.beyond_index())
    }

    /// Where the texts of a conversation that it holds may say the keyword of the plan.
    pub(crate) fn may_say(&self, number: i64) -> Mask {
        let (block, place) = place_of(number);
        self.said.get(block).map_or(Mask::WHOLE, |thirds| thirds.of(place))
    }

    /// Whether a conversation is selected.
    pub(crate) fn holds(&self, (start, number): Start) -> Result<bool> {
        let (block, place) = place_of(number);
        let candidates = self.candidates(block)?;
        if !candidates.members.has(place) {
            return Ok(false);
        }
        match candidates.overlap {
            Overlap::None => Ok(false),
            Overlap::All => Ok(true),
            Overlap::Some => match self.window.admits_by_start(Time(start)) {
                Some(admits) => Ok(admits),
                None => Ok(self.window.admits(&self.times.of_one(number)?, self.now)),
            },
        }
    }

    /// The numbers of the selected conversations of a block, the last first.
    pub(crate) fn numbers(&self, block: i64) -> Result<Vec<i64>> {
        let places = self.members(block)?;
        let mut numbers: Vec<i64> = places.iter().map(|place| number_at(block, place)).collect();
        numbers.reverse();
        Ok(numbers)
    }

    /// The selected conversations of a block.
    pub(crate) fn members(&self, block: i64) -> Result<Members> {
        if let Some(members) = self.selected.get(block) {
            return Ok(members);
        }
        let members = self.members_within(block)?;
        self.selected.put(block, members.clone());
        Ok(members)
    }

    fn members_within(&self, block: i64) -> Result<Members> {
        let candidates = self.candidates(block)?;
        match candidates.overlap {
            Overlap::None => return Ok(Members::NONE),
            Overlap::All => return Ok(candidates.members.clone()),
            Overlap::Some => {}
        }
        let mut admitted = candidates.members.clone();
        self.times(block, &admitted)?.keep_within(&mut admitted, &self.window, self.now)?;
        Ok(admitted)
    }

    fn candidates(&self, block: i64) -> Result<Rc<Candidates>> {
        if let Some(candidates) = self.candidates.get(block) {
            return Ok(candidates);
        }
        if self.overlap(block) == Overlap::None {
            return Ok(Rc::new(Candidates::NONE));
        }
        let ahead = self.blocks_ahead.from(block).skip(1).filter(|block| self.is_wanted(*block));
        let blocks: Vec<i64> = std::iter::once(block).chain(ahead).collect();
        let found = self.sets().all(&blocks, &self.plan.sets)?;
        for (block, members) in blocks.iter().zip(found) {
            self.candidates.put(*block, Rc::new(Candidates { members, overlap: self.overlap(*block) }));
        }
        self.candidates.get(block).ok_or_else(|| Error::internal("a block was not answered"))
    }

    /// How much of a block lies in the window; of one that is not there, nothing.
    fn overlap(&self, block: i64) -> Overlap {
        let place = self.newest.place_of(block);
        place.map_or(Overlap::None, |place| self.window.overlap(&self.blocks()[place].1))
    }

    fn is_wanted(&self, block: i64) -> bool {
        self.candidates.get(block).is_none() && self.overlap(block) != Overlap::None
    }

    fn sets(&self) -> Sets<'_> {
        Sets {
            tx: self.tx,
            profile: self.profile,
            newest: &self.newest,
            among: &self.plan.among,
            said: &self.said,
        }
    }

    /// How many are selected; stops counting at `cap`, newest blocks first.
    pub(crate) fn count_up_to(&self, cap: i64) -> Result<i64> {
        let mut count = 0;
        for (block, _) in self.blocks().iter().rev() {
            if count >= cap {
                break;
            }
            count += i64::try_from(self.members(*block)?.count()).unwrap_or(i64::MAX);
        }
        Ok(count.min(cap))
    }

    /// When members of a block began, ended and were updated.
    pub(crate) fn times(&self, block: i64, members: &Members) -> Result<Arc<TimesOfBlock>> {
        self.times.of(block, members)
    }

    pub(crate) fn value(&self, times: &Times, by: hansard_domain::filter::OrderBy) -> i64 {
        times.value(by, self.now)
    }

    pub(super) fn now(&self) -> Time {
        self.now
    }

    pub(super) fn fresh(&self) -> &Fresh {
        &self.newest.fresh
    }

    /// Calls `each` with the first terms of a range that each block has, so many at most, in order or backwards, and with
    /// their sets; what is fresh is in none.
    pub(super) fn each_set_in_order(
        &self,
        blocks: &[i64],
        (terms, is_backwards, limit): (&term::Terms, bool, usize),
        each: impl FnMut(usize, &[u8], &[u8]) -> Result<()>,
    ) -> Result<()> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let range = (&terms.start[..], &terms.end[..]);
        self.tx.each_set_in_order(self.profile, blocks, range, (is_backwards, limit), each)
    }

    /// Those of a block that are in a set.
    pub(super) fn of(&self, block: i64, set: &Set) -> Result<Members> {
        let found = self.sets().of(&[block], set)?.pop();
        found.ok_or_else(|| Error::internal("a block was not answered"))
    }

    /// The terms of a range that any conversation of a block has.
    pub(super) fn terms_within(&self, block: i64, terms: &term::Terms) -> Result<BTreeSet<Vec<u8>>> {
        let found = RefCell::new(BTreeSet::new());
        self.sets().within(&[block], terms, |term| {
            if !found.borrow().contains(term) {
                found.borrow_mut().insert(term.to_vec());
            }
            false
        })?;
        Ok(found.into_inner())
    }
}

/// Numbers of the live conversations of an agent.
pub(crate) fn live_of_agent(tx: &Tx<'_>, profile: ProfileKey, agent: &Id) -> Result<Vec<i64>> {
    let newest = Arc::new(Newest::load(tx, profile)?);
    let plan = Plan::live_of_agent(agent);
    let selection = Selection::new((tx, newest), profile, plan, Window::default(), Time(0));
    let blocks = selection.blocks().iter().map(|(block, _)| selection.numbers(*block));
    Ok(blocks.collect::<Result<Vec<_>>>()?.concat())
}
