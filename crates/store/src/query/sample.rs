//! A sample of the conversations that a filter selects: the first of them in an order that is as good as drawn by lot.
//!
//! The order is that of a hash of the conversation's number, seeded by profile, filter and limit of messages. So the
//! same request has the same sample, and a new conversation takes its place among the others without moving them.

use crate::{Reading, page_token::Binding};
use hansard_domain::{Result, Time, filter::Filter, name::ConversationName};
use twox_hash::XxHash3_64;

/// What a sample asks for.
#[derive(Debug, Clone)]
pub struct SampleRequest {
    pub filter: Filter,
    /// Only conversations with at most so many; all of them where it is none.
    pub max_messages: Option<i32>,
    /// Effective, at least 1.
    pub page_size: i32,
    pub page_token: String,
}

/// A conversation of a sample, with the number of its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    pub conversation: ConversationName,
    pub messages: i32,
}

#[derive(Debug, Clone)]
pub struct SamplePage {
    pub samples: Vec<Sample>,
    pub next_page_token: String,
}

/// Where a conversation stands in the order: its hash, and its number among equal hashes.
type Place = (u64, i64);

impl Reading<'_> {
    pub fn sample_conversations(&self, request: &SampleRequest) -> Result<SamplePage> {
        let what = (self.profile_name(), &request.filter, request.max_messages, self.scope().own_of());
        let binding = Binding::new(&self.profile_name().customer, "SampleConversations", what)?;
        let token: Option<(Place, Time)> = self.secret().read_page_token(&binding, &request.page_token)?;
        let now = token.map_or(self.now(), |(_, now)| now);
        let seed = XxHash3_64::oneshot(binding.as_bytes());
        let numbers = self.asked_for(request, now)?;
        let page_size = usize::try_from(request.page_size).unwrap_or(usize::MAX);
        let (places, more) = draw(numbers, seed, token.map(|(after, _)| after), page_size);
        let next_page_token = match places.last() {
            Some(last) if more => self.secret().page_token(&binding, &(last, now))?,
            _ => String::new(),
        };
        let numbers: Vec<i64> = places.into_iter().map(|(_, number)| number).collect();
        Ok(SamplePage { samples: self.samples(&numbers)?, next_page_token })
    }

    /// The numbers of all conversations that are asked for, in no order.
    fn asked_for(&self, request: &SampleRequest, now: Time) -> Result<Vec<i64>> {
        let mut numbers = self.selected_numbers(&request.filter, false, now)?;
        if let Some(messages) = request.max_messages {
            let short = self.tx().list_not_longer(self.profile_key(), messages)?;
            numbers.retain(|number| short.binary_search(number).is_ok());
        }
        Ok(numbers)
    }

    /// Ids and counts of conversations, in the order of their numbers here.
    fn samples(&self, numbers: &[i64]) -> Result<Vec<Sample>> {
        let found = self.tx().list_lengths(self.profile_key(), numbers)?.into_iter();
        let named = |id| self.profile_name().conversation(id);
        Ok(found.map(|(id, messages)| Sample { conversation: named(id), messages }).collect())
    }
}

/// The first `count` places after one, in order, and whether there are more.
fn draw(numbers: Vec<i64>, seed: u64, after: Option<Place>, count: usize) -> (Vec<Place>, bool) {
    let place = |number: i64| (XxHash3_64::oneshot_with_seed(seed, &number.to_le_bytes()), number);
    let mut places: Vec<Place> =
        numbers.into_iter().map(place).filter(|place| after.is_none_or(|after| *place > after)).collect();
    let more = places.len() > count;
    if more {
        places.select_nth_unstable(count);
        places.truncate(count);
    }
    places.sort_unstable();
    (places, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: std::ops::Range<i64> = 0..10_000;

    fn first(seed: u64, count: usize) -> Vec<i64> {
        draw(ALL.collect(), seed, None, count).0.into_iter().map(|(_, number)| number).collect()
    }

    #[test]
    fn pages_are_the_order_cut_into_pieces() {
        let (mut after, mut pages) = (None, Vec::new());
        loop {
            let (page, more) = draw(ALL.collect(), 7, after, 999);
            after = page.last().copied();
            pages.extend(page.into_iter().map(|(_, number)| number));
            if !more {
                break;
            }
        }
        assert_eq!(pages, first(7, usize::MAX));
        pages.sort_unstable();
        assert!(pages.into_iter().eq(ALL), "each of them once");
    }

    #[test]
    fn a_sample_is_of_all_alike_and_seeds_differ() {
        let sample = first(7, 1000);
        assert_ne!(sample, first(8, 1000));
        for quarter in 0..4 {
            let own: std::ops::Range<i64> = quarter * 2500..(quarter + 1) * 2500;
            let drawn = sample.iter().filter(|number| own.contains(number)).count();
            assert!((200..300).contains(&drawn), "{drawn} of quarter {quarter}");
        }
    }

    #[test]
    fn what_comes_later_moves_nothing() {
        let (more, _) = draw((0..12_000).collect(), 7, None, 1000);
        let known: Vec<i64> =
            more.into_iter().map(|(_, number)| number).filter(|one| ALL.contains(one)).collect();
        assert_eq!(known, first(7, known.len()));
    }
}
