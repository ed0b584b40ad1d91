//! Profiles with so many conversations that an index has several blocks of them: their numbers go beyond 4,096 and 8,192,
//! start times are not in the order of numbers, many are equal, and deletions leave holes.

use crate::{
    act::{self, Act, Arrival},
    deed::Deed,
    judge::{Tally, Ways},
    member::Member,
    random::Random,
    record::Record,
    run, setting,
    vocabulary::id,
    world::{PROFILES, World},
};

/// How many conversations each profile gets.
const SIZES: [usize; 3] = [8_500, 4_300, 40];
/// Conversations of one write.
const AT_ONCE: usize = 2_000;
const DELETED: usize = 120;
const QUESTIONS: usize = 20;
const CHANGES: usize = 200;

fn arrivals(random: &mut Random, record: &Record, from: usize, count: usize) -> Vec<Arrival> {
    let arrival = |number: usize| {
        let mut arrival = act::arrival(random, record);
        arrival.id = Some(id(&format!("{}{number}", if number.is_multiple_of(3) { "c" } else { "C" })));
        if !number.is_multiple_of(5) {
            arrival.messages.clear();
        }
        arrival
    };
    (from..from + count).map(arrival).collect()
}

async fn fill(world: &mut World, random: &mut Random) {
    for (at, size) in SIZES.into_iter().enumerate() {
        for from in (0..size).step_by(AT_ONCE) {
            let brought = arrivals(random, &world.records[at], from, AT_ONCE.min(size - from));
            world.must(at, Act::Bring(brought)).await;
        }
    }
    let deletions = (0..DELETED).map(|_| {
        let at = random.below(2);
        let there: Vec<_> = world.records[at].conversations.keys().collect();
        (at, Act::Do((*random.pick(&there)).clone(), Deed::Delete))
    });
    let deletions = deletions.collect();
    world.perform(deletions).await;
}

#[test]
fn large_profiles_are_answered_in_the_same_way() {
    let seed = setting("HANSARD_FIND_SEED").unwrap_or(1);
    let members = Member::built();
    let ways = Ways { members: &members, flaw: None, pages_max: 3, page_sizes: &[7, 100, 450] };
    let (mut world, mut random) = (World::open(&PROFILES), Random::new(seed));
    let mut tally = Tally::default();
    run(async {
        fill(&mut world, &mut random).await;
        for round in 0..2 {
            for at in 0..PROFILES.len() {
                let asked = (&mut random, QUESTIONS);
                if let Some(difference) = world.judge(at, asked, ways, &mut tally).await {
                    panic!("HANSARD_FIND_SEED={seed}, round {round}\n{difference}");
                }
            }
            let acts = (0..CHANGES).map(|_| {
                let at = random.below(2);
                (at, act::draw(&mut random, &world.records[at]))
            });
            let acts = acts.collect();
            world.perform(acts).await;
        }
    });
    println!("seed {seed}: {tally:?}");
    for (record, size) in world.records.iter().zip(SIZES) {
        assert!(record.conversations.len() > size - size / 8, "{} are left", record.conversations.len());
    }
    assert_eq!(world.close(), None);
}
