//! Two to four fields, a page of 50: from almost nothing to almost everything, and values that never meet.

use serde_json::{Value, json};

use super::{days_around, metadata};
use crate::find::{
    directory::{self, tag, team, user},
    facts::{DEPLOYMENTS, Facts, REGIONS, SKILLS},
    question::{Draw, Expects, Question},
};

/// Values of one conversation where some is expected, of several where not.
pub(crate) const COMBINED: &[Question] = &[
    Question::page("user, channel", |draw| {
        let (facts, user) = with_user(draw);
        json!({"users": [{"userName": user}], "channel": facts.channel})
    }),
    Question::page("tag, region", |draw| {
        let (facts, tag) = with_tag(draw);
        json!({"tags": [tag], "metadata": metadata("region", "equals", facts.region)})
    }),
    Question::page("skill, language, a month", |draw| {
        let facts = draw.conversation();
        let [start, end] = days_around(&facts, 30);
        json!({
            "skills": [skill(facts.skill)],
            "languageCode": facts.language,
            "rangeStartTime": start,
            "rangeEndTime": end,
        })
    })
    .expecting(Expects::Any),
    Question::page("team, channel, status, score", |draw| {
        let (facts, user) = draw.value(|facts| Some((facts.clone(), facts.agent?)));
        let range = json!({"min": facts.score - 10.0, "max": facts.score + 10.0});
        json!({
            "users": [{"teamName": team(draw.tenant, user)}],
            "channel": facts.channel,
            "statuses": [facts.status],
            "metadata": metadata("score", "range", range),
        })
    })
    .expecting(Expects::Any),
    Question::page("almost nothing: visitor, closed", |draw| {
        let facts = draw.value(|facts| facts.end.map(|_| facts.clone()));
        json!({"visitorIds": [format!("visitor-{}", facts.visitor)], "liveFilter": "CLOSED_ONLY"})
    })
    .expecting(Expects::Any),
    Question::page("almost nothing: rare tag, rare user", |draw| {
        let user = user(draw.tenant, 150 + draw.random.below(40));
        json!({"tags": [tag(draw.tenant, 200 + draw.random.below(90))], "users": [{"userName": user}]})
    })
    .expecting(Expects::Any),
    Question::page("almost nothing: four rare values", |draw| {
        let (facts, tag) = with_tag(draw);
        json!({
            "tags": [tag],
            "raiseHandStates": ["RAISE_HAND_ACTIVE"],
            "corruptionStates": ["CORRUPTED_STITCH"],
            "skills": [skill(facts.skill)],
        })
    })
    .expecting(Expects::Any),
    Question::page("almost everything: region, deployment, not corrupted", |_| {
        let deployments: Vec<_> = (0..DEPLOYMENTS).map(deployment).collect();
        json!({
            "metadata": metadata("region", "anyOf", json!({"values": REGIONS})),
            "deploymentConfigIds": deployments,
            "corruptionStates": ["CORRUPTION_STATE_UNSPECIFIED"],
        })
    }),
    Question::page("almost everything: durations, dev users, states", |_| {
        json!({
            "minConversationDuration": "1s",
            "includeDevUsers": true,
            "raiseHandStates": ["RAISE_HAND_ABSENT", "RAISE_HAND_HANDLED"],
        })
    }),
    Question::page(
        "never together: inbound, desk south",
        |_| json!({"directions": ["INBOUND"], "metadata": metadata("desk", "equals", "south")}),
    )
    .expecting(Expects::None),
    Question::page("never together: old generation, newest half", |_| {
        json!({
            "metadata": metadata("generation", "equals", "v1"),
            "rangeStartTime": "2024-07-02T00:00:00Z",
            "liveFilter": "CLOSED_ONLY",
        })
    })
    .expecting(Expects::Any),
    Question::page("never all three: inbound, even skill, odd deployment", |_| {
        let skills: Vec<_> = (0..SKILLS).step_by(2).map(skill).collect();
        let deployments: Vec<_> = (1..DEPLOYMENTS).step_by(2).map(deployment).collect();
        json!({"directions": ["INBOUND"], "skills": skills, "deploymentConfigIds": deployments})
    })
    .expecting(Expects::None),
    Question::page("two halves: inbound, generation", |draw| {
        let generation = draw.conversation().generation();
        json!({"directions": ["INBOUND"], "metadata": metadata("generation", "equals", generation)})
    }),
    Question::page("visitor by update_time", |draw| {
        let facts = draw.conversation();
        json!({"visitorIds": [format!("visitor-{}", facts.visitor)], "includeDevUsers": true})
    })
    .ordered("update_time desc"),
    Question::page("channel, status by duration", |draw| {
        let facts = draw.conversation();
        json!({"channel": facts.channel, "statuses": [facts.status]})
    })
    .ordered("duration desc"),
];

/// A conversation and the name of its user, who is no dev user.
fn with_user(draw: &mut Draw<'_>) -> (Facts, String) {
    let is_listed = |facts: &Facts| facts.agent.filter(|agent| !directory::is_dev_user(*agent));
    let (facts, agent) = draw.value(|facts| Some((facts.clone(), is_listed(facts)?)));
    (facts, user(draw.tenant, agent))
}

fn with_tag(draw: &mut Draw<'_>) -> (Facts, String) {
    let (facts, number) = draw.value(|facts| Some((facts.clone(), *facts.tags.first()?)));
    (facts, tag(draw.tenant, number))
}

fn skill(number: u32) -> Value {
    format!("skill-{number}").into()
}

fn deployment(number: u32) -> Value {
    format!("deployment-{number}").into()
}
