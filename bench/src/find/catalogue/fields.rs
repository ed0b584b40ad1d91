//! Each field of the filter on its own, a page of 50.

use serde_json::json;

use super::{days_around, metadata};
use crate::find::{
    directory,
    directory::{group, team, user, virtual_agent},
    facts,
    question::{Expects, Question},
};

/// One at least for each field that the data has values of.
pub(crate) const FIELDS: &[Question] = &[
    Question::page("no filter", |_| json!({})),
    Question::page("no filter, oldest first", |_| json!({})).ordered("start_time"),
    Question::page("no filter, by update_time desc", |_| json!({})).ordered("update_time desc"),
    Question::page("no filter, by duration desc", |_| json!({})).ordered("duration desc"),
    Question::page(
        "rangeStartTime",
        |draw| json!({"rangeStartTime": days_around(&draw.conversation(), 0)[0]}),
    ),
    Question::page("rangeEndTime", |draw| json!({"rangeEndTime": days_around(&draw.conversation(), 0)[1]})),
    Question::page("range of a day", |draw| {
        let [start, end] = days_around(&draw.conversation(), 1);
        json!({"rangeStartTime": start, "rangeEndTime": end})
    }),
    Question::page("users: a user", |draw| {
        let agent = draw.value(|facts| facts.agent.filter(|agent| !directory::is_dev_user(*agent)));
        json!({"users": [{"userName": user(draw.tenant, agent)}]})
    }),
    Question::page("users: a team", |draw| {
        let agent = draw.value(|facts| facts.agent);
        json!({"users": [{"teamName": team(draw.tenant, agent)}]})
    }),
    Question::page("usersOrTeams: a user or a team", |draw| {
        let (one, other) = (draw.value(|facts| facts.agent), draw.value(|facts| facts.agent));
        let (user, team) = (user(draw.tenant, one), team(draw.tenant, other));
        json!({"usersOrTeamsUsers": [user], "usersOrTeamsTeams": [team]})
    }),
    Question::page("usersOrGroups: a group", |draw| {
        let agent = draw.value(|facts| facts.agent);
        json!({"usersOrGroups": {"groups": [group(draw.tenant, agent)]}})
    }),
    Question::page("includeDevUsers", |_| json!({"includeDevUsers": true})),
    Question::page("unassigned", |_| json!({"unassigned": true})),
    Question::page(
        "platformConversationId",
        |draw| json!({"platformConversationId": draw.conversation().platform_id()}),
    ),
    Question::page(
        "conversationCorrelationId",
        |draw| json!({"conversationCorrelationId": draw.conversation().correlation_id()}),
    ),
    Question::page(
        "conversationCorrelationOrPlatformId",
        |draw| json!({"conversationCorrelationOrPlatformId": draw.conversation().platform_id()}),
    ),
    Question::page(
        "minConversationDuration: 40 min, or live",
        |_| json!({"minConversationDuration": "2400s"}),
    ),
    Question::page("maxConversationDuration: 1 min", |_| json!({"maxConversationDuration": "60s"})),
    Question::page("liveFilter: live", |_| json!({"liveFilter": "LIVE_ONLY"})),
    Question::page("liveFilter: closed", |_| json!({"liveFilter": "CLOSED_ONLY"})),
    Question::page("liveAssistFilter", |_| json!({"liveAssistFilter": "WITH_LIVE_ASSIST"})),
    Question::page("languageCode", |draw| json!({"languageCode": draw.conversation().language})),
    Question::page(
        "languageCodes: two",
        |draw| json!({"languageCodes": [draw.conversation().language, draw.random.pick(&facts::LANGUAGES)]}),
    ),
    Question::page(
        "usecaseIds",
        |draw| json!({"usecaseIds": [format!("usecase-{}", draw.value(|facts| facts.usecase))]}),
    ),
    Question::page("sources", |draw| json!({"sources": [draw.conversation().source]})),
    Question::page("sharingState: shared", |_| json!({"sharingState": ["SHARING_STATE_SHARED"]})),
    Question::page("audioLinkStatus: with", |_| json!({"audioLinkStatus": "WITH_AUDIO"})),
    Question::page("audioLinkStatus: without", |_| json!({"audioLinkStatus": "WITHOUT_AUDIO"})),
    Question::page("channel", |draw| json!({"channel": draw.conversation().channel})),
    Question::page("channels: two", |draw| json!({"channels": [draw.conversation().channel, "EMAIL"]})),
    Question::page("corruptionStates", |draw| json!({"corruptionStates": [draw.conversation().corruption]})),
    Question::page("persistenceStates", |_| json!({"persistenceStates": ["TO_BE_DELETED"]})),
    Question::page("tags", |draw| {
        let number = draw.value(|facts| facts.tags.first().copied());
        json!({"tags": [directory::tag(draw.tenant, number)]})
    }),
    Question::page("skills", |draw| json!({"skills": [format!("skill-{}", draw.conversation().skill)]})),
    Question::page("statuses", |draw| json!({"statuses": [draw.conversation().status]})),
    Question::page("directions", |_| json!({"directions": ["INBOUND"]})),
    Question::page(
        "visitorIds",
        |draw| json!({"visitorIds": [format!("visitor-{}", draw.conversation().visitor)]}),
    ),
    Question::page("virtualAgents", |draw| {
        let number = draw.value(|facts| facts.virtual_agent);
        json!({"virtualAgents": [virtual_agent(draw.tenant, number)]})
    }),
    Question::page(
        "deploymentConfigIds",
        |draw| json!({"deploymentConfigIds": [format!("deployment-{}", draw.conversation().deployment)]}),
    ),
    Question::page("raiseHandStates", |draw| json!({"raiseHandStates": [draw.conversation().raised_hand]})),
    Question::page(
        "metadata: a common text",
        |draw| json!({"metadata": metadata("region", "equals", draw.conversation().region)}),
    ),
    Question::page(
        "metadata: a number of 10,000",
        |draw| json!({"metadata": metadata("score", "equals", draw.conversation().score)}),
    ),
    Question::page("metadata: a range of numbers", |draw| {
        let low = draw.conversation().score;
        json!({"metadata": metadata("score", "range", json!({"min": low, "max": low + 5.0}))})
    }),
    Question::page("metadata: true", |_| json!({"metadata": metadata("vip", "equals", true)})),
    Question::page("metadata: exists", |_| json!({"metadata": metadata("note", "exists", true)})),
    Question::page("metadata: a prefix of free text", |draw| {
        let corpus = draw.corpus;
        let start = draw.value(|facts| Some(facts.note(corpus)?.chars().take(6).collect::<String>()));
        json!({"metadata": metadata("note", "prefix", start)})
    }),
    Question::page(
        "metadata: what only the older half has",
        |_| json!({"metadata": metadata("generation", "equals", "v1")}),
    ),
    Question::page("displayNameContains", |draw| {
        let corpus = draw.corpus;
        let word = draw.value(|facts| {
            let name = facts.display_name(corpus)?;
            name.split(' ').nth(1).map(str::to_owned)
        });
        json!({"displayNameContains": word})
    }),
    Question::page("updateTime of a day", |draw| {
        let [start, end] = days_around(&draw.conversation(), 1);
        json!({"updateTimeStart": start, "updateTimeEnd": end})
    })
    .expecting(Expects::Any),
];
