//! One page of a list of conversations, its totals, and counts.

use super::Conditions;
use crate::{
    Reading,
    page_token::Binding,
    table::{CONVERSATION_COLUMNS, read_conversation},
};
use hansard_domain::{
    Id, Result, Time,
    conversation::{Conversation, View},
    filter::{Filter, Order, OrderBy},
    name::ProfileName,
};
use serde::{Deserialize, Serialize};

/// What a list asks for.
#[derive(Debug, Clone)]
pub struct ListRequest {
    pub filter: Filter,
    pub order: Order,
    /// Effective, at least 1.
    pub page_size: i32,
    pub page_token: String,
}

/// One page; the totals are at most pageSize * 10 + 1.
#[derive(Debug, Clone)]
pub struct ConversationPage {
    pub conversations: Vec<View>,
    pub total: i32,
    pub filtered: i32,
    pub next_page_token: String,
}

/// The last conversation of a page. `now` stays that of the first page, so durations stay in order.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    value: i64,
    id: Id,
    now: Time,
}

impl ListRequest {
    /// Everything that shapes the list for one caller; page size alone may differ from page to page.
    pub fn binding(&self, profile: &ProfileName, own_of: Option<&Id>) -> Result<Binding> {
        let what = (profile, &self.filter, &self.order, own_of);
        Binding::new(&profile.customer, "ListConversations", what)
    }
}

impl Reading<'_> {
    pub fn list_conversations(&self, request: &ListRequest) -> Result<ConversationPage> {
        let binding = request.binding(self.profile_name(), self.scope().own_of())?;
        let place: Option<Place> = self.secret().read_page_token(&binding, &request.page_token)?;
        let now = place.as_ref().map_or(self.now(), |place| place.now);
        let mut rows = self.page_rows(request, place.as_ref(), now)?;
        let more = rows.len() > usize::try_from(request.page_size).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(request.page_size).unwrap_or(usize::MAX));
        let next_page_token = match rows.last() {
            Some((last, value)) if more => {
                let place = Place { value: *value, id: last.name.conversation.clone(), now };
                self.secret().page_token(&binding, &place)?
            }
            _ => String::new(),
        };
        let cap = request.page_size.saturating_mul(10).saturating_add(1);
        let conversations = rows.into_iter().map(|(conversation, _)| self.view(conversation));
        Ok(ConversationPage {
            conversations: conversations.collect::<Result<_>>()?,
            total: self.count_up_to(&self.visible(Conditions::all()), cap)?,
            filtered: self.count_up_to(&self.conditions(&request.filter, now), cap)?,
            next_page_token,
        })
    }

    /// Counts exactly.
    pub fn count_conversations(&self, filter: &Filter) -> Result<i64> {
        let conditions = self.conditions(filter, self.now());
        let mut params = vec![self.profile_key().into()];
        let text = conditions.bind(&mut params);
        let sql = format!("select count(*) from conversation c where c.profile_key = $1 and {text}");
        Ok(self.tx().row(&sql, &params, |row| row.i64(0))?.unwrap_or(0))
    }

    /// The conditions of a filter together with what the caller may see.
    pub(crate) fn conditions(&self, filter: &Filter, now: Time) -> Conditions {
        self.visible(Conditions::of_filter(filter, self.customer_key(), now))
    }

    pub(crate) fn visible(&self, conditions: Conditions) -> Conditions {
        match self.scope().own_of() {
            Some(agent) => conditions.and_agent(agent),
            None => conditions,
        }
    }

    fn count_up_to(&self, conditions: &Conditions, cap: i32) -> Result<i32> {
        let mut params = vec![self.profile_key().into(), cap.into()];
        let text = conditions.bind(&mut params);
        let sql = format!(
            "select count(*) from (select 1 from conversation c where c.profile_key = $1 and {text} limit $2) found"
        );
        let count = self.tx().row(&sql, &params, |row| row.i64(0))?.unwrap_or(0);
        Ok(i32::try_from(count).unwrap_or(cap))
    }

    /// One row more than the page holds, each with the value that orders it.
    fn page_rows(
        &self,
        request: &ListRequest,
        place: Option<&Place>,
        now: Time,
    ) -> Result<Vec<(Conversation, i64)>> {
        let conditions = self.conditions(&request.filter, now);
        let mut params = vec![self.profile_key().into(), (request.page_size + 1).into()];
        let mut text = conditions.bind(&mut params);
        let value = match request.order.by {
            OrderBy::StartTime => "c.start_time".to_owned(),
            OrderBy::UpdateTime => "c.update_time".to_owned(),
            OrderBy::Duration => {
                params.push(now.0.into());
                format!("(coalesce(c.end_time, ${}) - c.start_time)", params.len())
            }
        };
        let (direction, beyond) = if request.order.descending { ("desc", "<") } else { ("asc", ">") };
        if let Some(place) = place {
            params.push(place.value.into());
            let at = params.len();
            params.push(place.id.as_str().into());
            let id = params.len();
            // The first half lets the index begin at the place, the second passes over its ties.
            text.push_str(&format!(
                " and {value} {beyond}= ${at} and ({value} {beyond} ${at} or c.conversation_id > ${id})"
            ));
        }
        let sql = format!(
            "select {CONVERSATION_COLUMNS}, {value} from conversation c join conversation_counter k
                on k.profile_key = c.profile_key and k.conversation_key = c.conversation_key
            where c.profile_key = $1 and {text}
            order by {value} {direction}, c.conversation_id limit $2"
        );
        self.tx().rows(&sql, &params, |row| Ok((read_conversation(self.profile_name(), row)?, row.i64(6)?)))
    }
}
