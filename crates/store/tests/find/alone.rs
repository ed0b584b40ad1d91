//! Each member of a filter decides alone: two conversations that differ in one thing, and a filter that tells them apart.

mod cases;

use crate::{
    act::{Act, Arrival},
    deed::Deed,
    member::{Member, UNBUILT, shown},
    question::Question,
    record::View,
    remark::{Remark, Score},
    run,
    vocabulary::id,
    world::World,
};
use hansard_domain::{
    conversation::NewConversation,
    directory::EntryBody,
    filter::{Filter, Order},
};

/// How one conversation comes to be.
#[derive(Debug, Default)]
struct Plant {
    arrival: Arrival,
    then: Vec<Deed>,
    remarks: Vec<Remark>,
    scores: Vec<Score>,
}

/// The filter selects the first of the two and not the second.
#[derive(Debug)]
struct Case {
    wanted: Plant,
    other: Plant,
    filter: Filter,
}

impl Plant {
    /// A conversation like all others but for what is set on it.
    fn with(set: impl FnOnce(&mut NewConversation)) -> Self {
        Self::arriving(|arrival| set(&mut arrival.new))
    }

    fn arriving(set: impl FnOnce(&mut Arrival)) -> Self {
        let mut arrival = Arrival::default();
        arrival.new.start_time = Some(cases::START);
        arrival.update_time = Some(cases::START);
        set(&mut arrival);
        Self { arrival, ..Self::default() }
    }

    fn then(mut self, deed: Deed) -> Self {
        self.then.push(deed);
        self
    }

    fn remarked(mut self, remark: Remark) -> Self {
        self.remarks.push(remark);
        self
    }

    fn scored(mut self, score: Score) -> Self {
        self.scores.push(score);
        self
    }
}

async fn plant(world: &mut World, at: usize, name: &str, plant: Plant) {
    let arrival = Arrival { id: Some(id(name)), ..plant.arrival };
    world.must(at, Act::Bring(vec![arrival])).await;
    for deed in plant.then {
        world.must(at, Act::Do(id(name), deed)).await;
    }
    for remark in plant.remarks {
        world.must(at, Act::Remark(id(name), remark)).await;
    }
    for score in plant.scores {
        world.must(at, Act::Score(id(name), score)).await;
    }
}

async fn fill_directory(world: &mut World) {
    for (user, team, group, is_dev_user) in
        [("ada", "blue", "night", false), ("bob", "red", "day", false), ("eve", "red", "day", true)]
    {
        let (team, groups) = (Some(id(team)), vec![id(group)]);
        let body = EntryBody { team, groups, is_dev_user, ..EntryBody::default() };
        world.must(0, Act::PutUser(id(user), body)).await;
    }
}

#[test]
fn each_member_decides_alone() {
    let cases: Vec<(Member, Case)> = Member::ALL
        .iter()
        .flat_map(|member| {
            let cases = cases::of(*member);
            assert!(!cases.is_empty() || UNBUILT.contains(member), "no case has {member:?} decide alone");
            cases.into_iter().map(|case| (*member, case))
        })
        .collect();
    let profiles: Vec<String> = (0..cases.len()).map(|at| format!("p{at}")).collect();
    let profiles: Vec<(&str, &str)> = profiles.iter().map(|profile| ("acme", profile.as_str())).collect();
    let mut world = World::open(&profiles);
    run(async {
        fill_directory(&mut world).await;
        for (at, (member, case)) in cases.into_iter().enumerate() {
            Box::pin(decide(&mut world, at, member, case)).await;
        }
    });
    assert_eq!(world.close(), None);
}

/// The definition tells the two apart, and so does the store where it is built.
async fn decide(world: &mut World, at: usize, member: Member, case: Case) {
    let Case { wanted, other, filter } = case;
    let told = format!("{member:?}: {wanted:?}\n  and not {other:?}\n  by {}", shown(&filter));
    let set = Member::set_in(&filter);
    assert!(set == [member] || (set.is_empty() && member == Member::IncludeDevUsers), "alone: {told}");
    plant(world, at, "wanted", wanted).await;
    plant(world, at, "other", other).await;
    let view = View { own_of: None, flaw: None };
    let selected = world.records[at].selected(view, &filter, world.store.now());
    let selected: Vec<_> = selected.iter().map(|kept| kept.conversation.name.conversation.as_str()).collect();
    assert_eq!(selected, ["wanted"], "the definition, {told}");
    if UNBUILT.contains(&member) {
        return;
    }
    let everything = Filter { include_dev_users: true, ..Filter::default() };
    for filter in [filter, everything] {
        let question =
            Question { filter, order: Order::DEFAULT, page_size: 1, pages_max: 9, asks_changes: true };
        let asked = question.clone();
        let answer = world.read(&world.scope(at, None), move |reading| asked.ask(reading)).await.unwrap();
        if let Some(difference) = question.difference(&world.records[at], view, &answer) {
            panic!("{told}\n{difference}");
        }
    }
}
