//! Writes the table of releases from stock files: `cargo run --example derive-release-facts -- FOLDER > FACTS`.
//!
//! Every `gotk-components.yaml` below the folder is one release. `docs/data.md` says how to make them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use flux_forge::bootstrap::release::derive::{StockFile, derive};
use flux_forge::error::{Context, Error, Kind, Result};

fn main() -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    let mut stderr = std::io::stderr();
    // Where even this fails nobody is there to be told.
    let _ = writeln!(stderr, "{}: {error}", error.kind().heading());
    let _ = error.hints().iter().try_for_each(|hint| writeln!(stderr, "hint: {hint}"));
    ExitCode::from(2)
}

fn run() -> Result<()> {
    let mut files = Vec::new();
    for argument in std::env::args_os().skip(1) {
        collect(Path::new(&argument), &mut files)?;
    }
    if files.is_empty() {
        return Err(Error::new(Kind::Usage, "no `gotk-components.yaml` found")
            .hint("name a folder of what `tests/stock.sh` made"));
    }
    let table = derive(&files)?.render();
    std::io::stdout()
        .write_all(table.as_bytes())
        .context(Kind::System, || "cannot write the table".to_owned())
}

fn collect(folder: &Path, files: &mut Vec<StockFile>) -> Result<()> {
    let unreadable = |path: &Path| format!("cannot read `{}`", path.display());
    let entries = folder.read_dir().context(Kind::System, || unreadable(folder))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<PathBuf>, _>>();
    for path in paths.context(Kind::System, || unreadable(folder))? {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.file_name().is_some_and(|name| name == "gotk-components.yaml") {
            let text = std::fs::read_to_string(&path).context(Kind::System, || unreadable(&path))?;
            files.push(StockFile { name: path.display().to_string(), text });
        }
    }
    Ok(())
}
