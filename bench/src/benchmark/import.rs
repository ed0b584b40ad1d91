//! `hansard import` from start to exit, so with the migration, the last checkpoint and the closing.

use anyhow::Result;

use super::Benchmark;
use crate::{
    Setup, disk,
    figure::Figure,
    hansard::{Hansard, prepare},
    import::{Dialogs, MESSAGES},
    rounds::Rounds,
};

pub(super) const IMPORT: Benchmark = Benchmark { name: "import", run };

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let mut rounds = Rounds::begin("hansard import of 200,000 messages in 10,000 dialogs");
    let inputs = tempfile::tempdir_in(&setup.scratch)?;
    let dialogs = Dialogs::write(inputs.path(), 0)?;
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let into_folder = {
            let folder = tempfile::tempdir_in(&setup.scratch)?;
            prepare(setup, folder.path())?;
            dialogs.import_into_folder(setup, folder.path())?
        };
        let into_server = {
            let server = Hansard::fresh(setup)?;
            dialogs.import_into_server(setup, &server)?
        };
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| into a folder/s", f64::from(MESSAGES) / into_folder.as_secs_f64()),
            ("| into a server/s", f64::from(MESSAGES) / into_server.as_secs_f64()),
        ]);
    }
    rounds.finish();
    Ok(vec![
        Figure::at_least(20_000.0, "messages/s into a folder", rounds.median("| into a folder/s")),
        Figure::at_least(20_000.0, "messages/s into a running server", rounds.median("| into a server/s")),
    ])
}
