//! A way to the services that no network is between, for other parts of this process.

use super::routes;
use crate::app::App;
use hansard_domain::caller::Caller;
use http::{Request, Response};
use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};
use tonic::{body::Body, codegen::BoxFuture, service::Routes};
use tower::Service;

/// The services for one caller; generated clients take it as their channel.
#[derive(Clone)]
pub struct Local {
    routes: Routes,
    caller: Caller,
}

impl Local {
    pub fn new(app: &Arc<App>, caller: Caller) -> Self {
        Self { routes: routes(app).prepare(), caller }
    }
}

impl Service<Request<Body>> for Local {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Response<Body>, Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<Body>>::poll_ready(&mut self.routes, context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        request.extensions_mut().insert(self.caller.clone());
        Box::pin(self.routes.call(request))
    }
}
