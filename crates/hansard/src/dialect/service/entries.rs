//! What every collection of directory entries is read with.

use super::{Server, from_proto::names};
use crate::service::{Call, entry};
use hansard_domain::{
    Result,
    directory::Entry,
    name::{Collection, Parent},
    page::Page,
};

impl Server {
    /// An entry with the parent that its name is made from.
    pub(super) async fn get_entry(
        &self,
        call: &Call,
        name: &str,
        collection: Collection,
    ) -> Result<(Parent, Entry)> {
        let name = names::entry("name", name, collection)?;
        let entry = entry::get(&self.app, call, &name).await?;
        Ok((name.parent, entry))
    }

    pub(super) async fn list_entries(
        &self,
        call: &Call,
        parent: &str,
        collection: Collection,
        page: (i32, String),
    ) -> Result<(Parent, Page<Entry>)> {
        let parent = names::parent_of(parent, collection)?;
        let page = entry::list(&self.app, call, &parent, collection, page).await?;
        Ok((parent, page))
    }
}
