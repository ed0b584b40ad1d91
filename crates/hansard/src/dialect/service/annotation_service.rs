//! `hansard.v1.AnnotationService`: annotations, comments, scorecards and their templates.
//!
//! Every resource has the five standard methods and no other, so they are a table.

mod kind;
mod scorecard;
mod template;

use super::{
    Server,
    call::{answer, call, status},
};
use crate::{app::App, service::Call};
use hansard_domain::{Error, Result};
use hansard_proto::v1::{self as pb, annotation_service_server::AnnotationService};
use prost_types::FieldMask;
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

/// What a list request asks for.
struct Listing {
    parent: String,
    page: (i32, String),
    /// Resource name; of scorecards, the conversation whose scorecards are asked for.
    conversation: String,
}

impl Listing {
    fn new(parent: String, page_size: i32, page_token: String) -> Self {
        Self { parent, page: (page_size, page_token), conversation: String::new() }
    }

    fn of(self, conversation: String) -> Self {
        Self { conversation, ..self }
    }
}

/// A wire message with the standard methods of AIP-131 to 135.
trait Standard: Sized {
    async fn get(app: &App, call: &Call, name: &str) -> Result<Self>;
    /// A page, and the token of the next.
    async fn list(app: &App, call: &Call, listing: Listing) -> Result<(Vec<Self>, String)>;
    async fn create(app: &App, call: &Call, parent: &str, id: &str, given: Self) -> Result<Self>;
    async fn update(app: &App, call: &Call, given: Self, mask: Option<FieldMask>) -> Result<Self>;
    async fn delete(app: &App, call: &Call, name: &str, etag: String) -> Result<()>;
}

/// Implements the service by the [`Standard`] methods of its resources.
macro_rules! standard_methods {
    ($($resource:ident {
        $get:ident $get_name:literal $get_request:ident;
        $list:ident $list_name:literal $list_request:ident $list_response:ident $items:ident $(of $within:ident)?;
        $create:ident $create_name:literal $create_request:ident $id:ident;
        $update:ident $update_name:literal $update_request:ident $field:ident;
        $delete:ident $delete_name:literal $delete_request:ident $delete_response:ident;
    })*) => {
        #[tonic::async_trait]
        impl AnnotationService for Server {
            $(
                async fn $get(&self, request: Request<pb::$get_request>) -> Answer<pb::$resource> {
                    answer!(self, $get_name, request, |call, given| {
                        pb::$resource::get(&self.app, &call, &given.name).await
                    })
                }

                async fn $list(&self, request: Request<pb::$list_request>) -> Answer<pb::$list_response> {
                    answer!(self, $list_name, request, |call, given| {
                        let listing = Listing::new(given.parent, given.page_size, given.page_token)
                            $(.of(given.$within))?;
                        let ($items, next_page_token) =
                            pb::$resource::list(&self.app, &call, listing).await?;
                        Ok(pb::$list_response { $items, next_page_token })
                    })
                }

                async fn $create(&self, request: Request<pb::$create_request>) -> Answer<pb::$resource> {
                    answer!(self, $create_name, request, |call, given| {
                        let resource = given.$field.unwrap_or_default();
                        pb::$resource::create(&self.app, &call, &given.parent, &given.$id, resource).await
                    })
                }

                async fn $update(&self, request: Request<pb::$update_request>) -> Answer<pb::$resource> {
                    answer!(self, $update_name, request, |call, given| {
                        let resource = given.$field.unwrap_or_default();
                        pb::$resource::update(&self.app, &call, resource, given.update_mask).await
                    })
                }

                async fn $delete(&self, request: Request<pb::$delete_request>) -> Answer<pb::$delete_response> {
                    answer!(self, $delete_name, request, |call, given| {
                        pb::$resource::delete(&self.app, &call, &given.name, given.etag).await?;
                        Ok(pb::$delete_response {})
                    })
                }
            )*
        }
    };
}

standard_methods! {
    MomentAnnotation {
        get_moment_annotation "GetMomentAnnotation" GetMomentAnnotationRequest;
        list_moment_annotations "ListMomentAnnotations" ListMomentAnnotationsRequest ListMomentAnnotationsResponse moment_annotations;
        create_moment_annotation "CreateMomentAnnotation" CreateMomentAnnotationRequest moment_annotation_id;
        update_moment_annotation "UpdateMomentAnnotation" UpdateMomentAnnotationRequest moment_annotation;
        delete_moment_annotation "DeleteMomentAnnotation" DeleteMomentAnnotationRequest DeleteMomentAnnotationResponse;
    }
    BehaviorAnnotation {
        get_behavior_annotation "GetBehaviorAnnotation" GetBehaviorAnnotationRequest;
        list_behavior_annotations "ListBehaviorAnnotations" ListBehaviorAnnotationsRequest ListBehaviorAnnotationsResponse behavior_annotations;
        create_behavior_annotation "CreateBehaviorAnnotation" CreateBehaviorAnnotationRequest behavior_annotation_id;
        update_behavior_annotation "UpdateBehaviorAnnotation" UpdateBehaviorAnnotationRequest behavior_annotation;
        delete_behavior_annotation "DeleteBehaviorAnnotation" DeleteBehaviorAnnotationRequest DeleteBehaviorAnnotationResponse;
    }
    ActionAnnotation {
        get_action_annotation "GetActionAnnotation" GetActionAnnotationRequest;
        list_action_annotations "ListActionAnnotations" ListActionAnnotationsRequest ListActionAnnotationsResponse action_annotations;
        create_action_annotation "CreateActionAnnotation" CreateActionAnnotationRequest action_annotation_id;
        update_action_annotation "UpdateActionAnnotation" UpdateActionAnnotationRequest action_annotation;
        delete_action_annotation "DeleteActionAnnotation" DeleteActionAnnotationRequest DeleteActionAnnotationResponse;
    }
    HintAnnotation {
        get_hint_annotation "GetHintAnnotation" GetHintAnnotationRequest;
        list_hint_annotations "ListHintAnnotations" ListHintAnnotationsRequest ListHintAnnotationsResponse hint_annotations;
        create_hint_annotation "CreateHintAnnotation" CreateHintAnnotationRequest hint_annotation_id;
        update_hint_annotation "UpdateHintAnnotation" UpdateHintAnnotationRequest hint_annotation;
        delete_hint_annotation "DeleteHintAnnotation" DeleteHintAnnotationRequest DeleteHintAnnotationResponse;
    }
    Comment {
        get_comment "GetComment" GetCommentRequest;
        list_comments "ListComments" ListCommentsRequest ListCommentsResponse comments;
        create_comment "CreateComment" CreateCommentRequest comment_id;
        update_comment "UpdateComment" UpdateCommentRequest comment;
        delete_comment "DeleteComment" DeleteCommentRequest DeleteCommentResponse;
    }
    Scorecard {
        get_scorecard "GetScorecard" GetScorecardRequest;
        list_scorecards "ListScorecards" ListScorecardsRequest ListScorecardsResponse scorecards of conversation;
        create_scorecard "CreateScorecard" CreateScorecardRequest scorecard_id;
        update_scorecard "UpdateScorecard" UpdateScorecardRequest scorecard;
        delete_scorecard "DeleteScorecard" DeleteScorecardRequest DeleteScorecardResponse;
    }
    ScorecardTemplate {
        get_scorecard_template "GetScorecardTemplate" GetScorecardTemplateRequest;
        list_scorecard_templates "ListScorecardTemplates" ListScorecardTemplatesRequest ListScorecardTemplatesResponse scorecard_templates;
        create_scorecard_template "CreateScorecardTemplate" CreateScorecardTemplateRequest scorecard_template_id;
        update_scorecard_template "UpdateScorecardTemplate" UpdateScorecardTemplateRequest scorecard_template;
        delete_scorecard_template "DeleteScorecardTemplate" DeleteScorecardTemplateRequest DeleteScorecardTemplateResponse;
    }
}
