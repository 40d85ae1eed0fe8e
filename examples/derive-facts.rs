//! Writes the table of fields from CRD files: `cargo run --example derive-facts -- FILE_OR_DIR... > FACTS`.
//!
//! Folders are read with everything below them. `docs/data.md` says where the files come from.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use flux_forge::error::{Context, Error, Kind, Result};
use flux_forge::flux::schema::derive::{CrdFile, derive, render};

fn main() -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    let mut stderr = std::io::stderr();
    // Where even this fails nobody is there to be told.
    let _ = writeln!(stderr, "{}: {error}", error.kind().heading());
    let _ = error.hints().iter().try_for_each(|hint| writeln!(stderr, "hint: {hint}"));
    ExitCode::from(2)
}

fn run() -> Result<()> {
    let mut paths = Vec::new();
    for argument in std::env::args_os().skip(1) {
        collect(Path::new(&argument), &mut paths)?;
    }
    if paths.is_empty() {
        return Err(
            Error::new(Kind::Usage, "no CRD file given").hint("name files, or folders that hold them")
        );
    }
    paths.sort();
    let files = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    let table = render(&derive(&files)?);
    std::io::stdout()
        .write_all(table.as_bytes())
        .context(Kind::System, || "cannot write the table".to_owned())
}

fn collect(path: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        paths.push(path.to_owned());
        return Ok(());
    }
    let unreadable = || format!("cannot read `{}`", path.display());
    for entry in path.read_dir().context(Kind::System, unreadable)? {
        let path = entry.context(Kind::System, unreadable)?.path();
        if path.is_dir() || path.extension().is_some_and(|extension| extension == "yaml") {
            collect(&path, paths)?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<CrdFile> {
    let text = std::fs::read_to_string(path)
        .context(Kind::System, || format!("cannot read `{}`", path.display()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(CrdFile { name, text })
}
