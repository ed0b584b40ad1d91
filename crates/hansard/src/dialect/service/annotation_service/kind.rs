//! The standard methods of annotations and comments, the same for all kinds.

use super::{Listing, Standard};
use crate::{
    app::App,
    dialect::service::{
        from_proto::{annotation as from_proto, mask, names},
        to_proto,
    },
    service::{Call, annotation},
};
use hansard_domain::{
    Id, Result,
    annotation::{Annotation, AnnotationBody, AnnotationKind},
    name::{AnnotationName, ConversationName},
    redact::Redactor,
};
use hansard_proto::v1 as pb;
use prost_types::FieldMask;

/// A wire message of one kind.
trait Wire: Sized + Sync {
    const KIND: AnnotationKind;
    /// The query of the id in a create request.
    const ID: &'static str;

    fn name(&self) -> &str;
    fn etag(&self) -> &str;
    /// Paths in refusals are relative to the message.
    fn read(&self, parent: &ConversationName, redactor: &Redactor) -> Result<AnnotationBody>;
    fn write(annotation: Annotation) -> Self;
}

macro_rules! wire {
    ($($message:ident $kind:ident $convert:ident $id:literal;)*) => {$(
        impl Wire for pb::$message {
            const KIND: AnnotationKind = AnnotationKind::$kind;
            const ID: &'static str = $id;

            fn name(&self) -> &str {
                &self.name
            }

            fn etag(&self) -> &str {
                &self.etag
            }

            fn read(&self, parent: &ConversationName, redactor: &Redactor) -> Result<AnnotationBody> {
                from_proto::$convert(self, parent, redactor)
            }

            fn write(annotation: Annotation) -> Self {
                to_proto::$convert(annotation)
            }
        }
    )*};
}

wire! {
    MomentAnnotation Moment moment_annotation "momentAnnotationId";
    BehaviorAnnotation Behavior behavior_annotation "behaviorAnnotationId";
    ActionAnnotation Action action_annotation "actionAnnotationId";
    HintAnnotation Hint hint_annotation "hintAnnotationId";
    Comment Comment comment "commentId";
}

fn read<W: Wire>(given: &W, parent: &ConversationName, redactor: &Redactor) -> Result<AnnotationBody> {
    given.read(parent, redactor).map_err(|error| error.within(W::KIND.field()))
}

impl<W: Wire> Standard for W {
    async fn get(app: &App, call: &Call, name: &str) -> Result<Self> {
        let name = AnnotationName::parse("name", name, W::KIND)?;
        annotation::get(app, call, name).await.map(W::write)
    }

    async fn list(app: &App, call: &Call, listing: Listing) -> Result<(Vec<Self>, String)> {
        let parent = names::conversation("parent", &listing.parent)?;
        let page = annotation::list(app, call, (parent, W::KIND), listing.page).await?;
        Ok((page.items.into_iter().map(W::write).collect(), page.next_page_token))
    }

    async fn create(app: &App, call: &Call, parent: &str, id: &str, given: Self) -> Result<Self> {
        let parent = names::conversation("parent", parent)?;
        let id = if id.is_empty() { None } else { Some(Id::parse(W::ID, id)?) };
        let draft = |redactor: &Redactor| read(&given, &parent, redactor);
        annotation::create(app, call, (&parent, W::KIND, id), draft).await.map(W::write)
    }

    async fn update(app: &App, call: &Call, given: Self, mask: Option<FieldMask>) -> Result<Self> {
        let field = format!("{}.name", W::KIND.field());
        let name = AnnotationName::parse(&field, given.name(), W::KIND)?;
        let draft = |redactor: &Redactor| read(&given, &name.conversation, redactor);
        let values = draft(&Redactor::NONE)?;
        let paths = mask::paths(mask, W::KIND.paths().iter().copied(), |path| values.is_set(path))?;
        let etag = given.etag().to_owned();
        annotation::update(app, call, &name, draft, (paths, etag)).await.map(W::write)
    }

    async fn delete(app: &App, call: &Call, name: &str, etag: String) -> Result<()> {
        let name = AnnotationName::parse("name", name, W::KIND)?;
        annotation::delete(app, call, &name, etag).await
    }
}
