//! Exact counts.

use serde_json::json;

use super::{days_around, metadata};
use crate::find::{
    directory::{tag, user},
    question::{Expects, Question},
};

/// What few conversations match.
pub(crate) const SELECTIVE: &[Question] = &[
    Question::count(
        "a visitor",
        |draw| json!({"visitorIds": [format!("visitor-{}", draw.conversation().visitor)]}),
    )
    .expecting(Expects::Any),
    Question::count("a rare tag", |draw| json!({"tags": [tag(draw.tenant, 100 + draw.random.below(190))]}))
        .expecting(Expects::Any),
    Question::count("a user, a day", |draw| {
        let (facts, agent) = draw.value(|facts| Some((facts.clone(), facts.agent?)));
        let [start, end] = days_around(&facts, 1);
        json!({
            "users": [{"userName": user(draw.tenant, agent)}],
            "rangeStartTime": start,
            "rangeEndTime": end,
            "liveFilter": "CLOSED_ONLY",
        })
    })
    .expecting(Expects::Any),
    Question::count("a raised hand, a score range, a skill", |draw| {
        let facts = draw.conversation();
        let range = json!({"min": facts.score, "max": facts.score + 5.0});
        json!({
            "raiseHandStates": ["RAISE_HAND_HANDLED"],
            "skills": [format!("skill-{}", facts.skill)],
            "metadata": metadata("score", "range", range),
        })
    })
    .expecting(Expects::Any),
];

/// A whole tenant, and what most of it matches.
pub(crate) const WHOLE: &[Question] = &[
    Question::count("everything but dev users", |_| json!({})),
    Question::count("everything", |_| json!({"includeDevUsers": true})),
    Question::count("half of it", |_| json!({"directions": ["INBOUND"]})),
    Question::count(
        "two halves",
        |_| json!({"directions": ["INBOUND"], "metadata": metadata("generation", "equals", "v2")}),
    ),
    Question::count(
        "never together",
        |_| json!({"directions": ["INBOUND"], "metadata": metadata("desk", "equals", "south")}),
    )
    .expecting(Expects::None),
];
