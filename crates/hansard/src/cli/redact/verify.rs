//! `hansard redact verify`: by a receipt through the service, or by the bytes of every file of a folder.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail, ensure};
use clap::Args;
use hansard_domain::name::{Collection, EntryName};
use hansard_store::Location;

use super::{
    super::{desk::Desk, print, table::Table, target::Place},
    scan::Scan,
};

const EXAMPLES: &str = "\
Examples:
  hansard redact verify customers/acme/profiles/support/redactionReceipts/0197... --server http://127.0.0.1:8080 --key \"$KEY\"
  hansard redact verify customers/acme/profiles/support/redactionReceipts/0197... --values values.txt
  printf '%s\\n' '4111 1111 1111 1111' | hansard redact verify --data-dir ./hansard-data

With a receipt it looks again at each of its places, and in its whole conversation for the values of --values.
Without one it reads every file of --data-dir, also while a server holds it, for the values on standard input (or of
--values), one a line: as they are, in any case, as UTF-16, base64, hexadecimal, and in the pieces of three
letters that the index of keywords holds. Exit status 1 where something is left. No value is printed or kept.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct VerifyArgs {
    /// Resource name of a receipt; the files of --data-dir are read unless given
    #[arg(value_name = "RECEIPT")]
    receipt: Option<String>,
    #[command(flatten)]
    place: Place,
    /// File of values that must not be found, one a line; '-' is standard input
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,
}

impl VerifyArgs {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let is_clean = match (&self.receipt, &self.place) {
            (Some(receipt), place) => self.by_receipt(receipt, place)?,
            (None, Place::Store(Location::Folder(folder))) => self.by_files(folder)?,
            (None, Place::Store(Location::Postgres(_))) => bail!(
                "the files of a database are its server's: name a receipt, or look through a dump: pg_dump URL | grep \
                 --ignore-case --text --fixed-strings --file=VALUES"
            ),
            (None, Place::Server(_)) => bail!("a server is asked by a receipt: name one"),
        };
        Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn by_receipt(&self, receipt: &str, place: &Place) -> anyhow::Result<bool> {
        let name = EntryName::parse("RECEIPT", receipt, Collection::RedactionReceipt)?;
        let values = self.values.as_deref().map(values_of).transpose()?.unwrap_or_default();
        let desk = Desk::open_customer(place, name.customer().as_str())?;
        let verdict = desk.wait(async { desk.redactions().verify(receipt.to_owned(), values).await });
        desk.close()?;
        let verdict = verdict?;
        if verdict.clean {
            print(format_args!("clean; looked at {} places again", verdict.checked_places))?;
            return Ok(true);
        }
        let mut table = Table::new(["TYPE", "FIELD", "RESOURCE"]);
        for finding in verdict.findings {
            table.push([finding.entity_type, finding.field, finding.resource]);
        }
        print(table)?;
        Ok(false)
    }

    fn by_files(&self, folder: &Path) -> anyhow::Result<bool> {
        let values = values_of(self.values.as_deref().unwrap_or(Path::new("-")))?;
        ensure!(!values.is_empty(), "there is no value to look for: give one a line");
        let scan = Scan::new(&values)?;
        let findings = scan.folder(folder)?;
        if findings.is_empty() {
            print(format_args!(
                "clean: none of {} values is in any file of {}",
                values.len(),
                folder.display()
            ))?;
            return Ok(true);
        }
        let mut table = Table::new(["VALUE", "FORM", "FILE"]);
        for finding in findings {
            table.push([
                format!("line {}", finding.value + 1),
                finding.form.to_owned(),
                finding.file.display().to_string(),
            ]);
        }
        print(table)?;
        Ok(false)
    }
}

fn values_of(file: &Path) -> anyhow::Result<Vec<String>> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).context("cannot read the values on standard input")?;
    } else {
        text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
