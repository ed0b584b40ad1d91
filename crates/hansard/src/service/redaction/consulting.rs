//! Asking the profile's external detector about the texts of a draft.

use crate::app::App;
use futures::{StreamExt, TryStreamExt, stream};
use hansard_domain::{
    Error, Result,
    redact::{ExternalDetector, Hit, OnFailure, Redactor, SecondOpinion},
};
use hansard_store::tenancy::ProfileTenant;
use std::{collections::BTreeMap, sync::Arc};

/// Texts of one draft that are asked about at once.
const ASKED_AT_ONCE: usize = 8;
/// What a detector is told where the profile says nothing.
const LANGUAGE: &str = "en";

/// The redactor for a draft: the profile's, with what its external detector says of the draft's texts.
///
/// A draft that fails is asked nothing about; it fails again where it counts.
pub(in super::super) async fn consult<T>(
    app: &App,
    profile: &ProfileTenant,
    draft: impl Fn(&Redactor) -> Result<T>,
) -> Result<Arc<Redactor>> {
    let Some(detector) = &profile.body.redaction.external else { return Ok(Arc::clone(&profile.redactor)) };
    let asking = Arc::<SecondOpinion>::default();
    let _ = draft(&profile.redactor.consulting(&asking));
    let ask = |text: String| async move {
        let hits = ask(app, detector, &text).await?;
        Ok::<_, Error>((text, hits))
    };
    let found: BTreeMap<String, Vec<Hit>> =
        stream::iter(asking.asked()).map(ask).buffered(ASKED_AT_ONCE).try_collect().await?;
    Ok(Arc::new(profile.redactor.consulting(&Arc::new(SecondOpinion::new(found)))))
}

async fn ask(app: &App, detector: &ExternalDetector, text: &str) -> Result<Vec<Hit>> {
    let language = if detector.language_code.is_empty() { LANGUAGE } else { &detector.language_code };
    match app.detectors.ask(&detector.name, text, language).await {
        Ok(hits) => Ok(hits),
        Err(error) => {
            metrics::counter!("hansard_external_detector_failures_total").increment(1);
            tracing::warn!(detector = detector.name, %error, "the external detector failed");
            match detector.on_failure {
                OnFailure::StoreWithout => Ok(Vec::new()),
                OnFailure::Unspecified | OnFailure::Hold => Err(Error::unavailable(
                    "the profile's external detector does not answer: nothing was stored; retry",
                )),
            }
        }
    }
}
