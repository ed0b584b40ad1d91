//! News for watchers in this process: a hint that a profile's log has grown.

use crate::{engine::lock, tenancy::ProfileKey};
use std::{collections::HashMap, sync::Mutex};
use tokio::sync::watch;

/// One channel a profile that somebody watches.
#[derive(Debug, Default)]
pub(crate) struct Live {
    channels: Mutex<HashMap<ProfileKey, watch::Sender<i64>>>,
}

impl Live {
    pub(crate) fn announce(&self, profile: ProfileKey, last: i64) {
        let mut channels = lock(&self.channels);
        if let Some(channel) = channels.get(&profile) {
            channel.send_if_modified(|known| {
                let is_news = last > *known;
                *known = last.max(*known);
                is_news
            });
            if channel.is_closed() {
                channels.remove(&profile);
            }
        }
    }

    /// Tells everybody to look, whatever they know.
    pub(crate) fn announce_all(&self) {
        lock(&self.channels).values().for_each(|channel| channel.send_modify(|_| {}));
    }

    /// The profiles that somebody watches.
    pub(crate) fn watched(&self) -> Vec<ProfileKey> {
        let mut channels = lock(&self.channels);
        channels.retain(|_, channel| !channel.is_closed());
        channels.keys().copied().collect()
    }

    /// Holds the number of the last change announced since the subscription.
    pub(crate) fn subscribe(&self, profile: ProfileKey) -> watch::Receiver<i64> {
        lock(&self.channels).entry(profile).or_insert_with(|| watch::channel(0).0).subscribe()
    }
}
