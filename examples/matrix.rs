//! Writes repositories for answers that cover every choice: `cargo run --example matrix -- DIR [LEAST]`.
//!
//! `DIR/<pattern>-<number>/` gets what `new` would write, one such folder for each set of answers; `LEAST` is the
//! smallest number of sets for each pattern. `DIR/sets.txt` says what each set has chosen.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use flux_forge::blueprint::{Rendered, embedded, patterns};
use flux_forge::error::{Context, Error, Kind, Result};

#[path = "../tests/matrix/mod.rs"]
mod matrix;

use matrix::{Matrix, covering};

fn main() -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    // Where even this fails nobody is there to be told.
    let _ = writeln!(std::io::stderr(), "{}: {error}", error.kind().heading());
    ExitCode::from(2)
}

fn run() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        return Err(Error::new(Kind::Usage, "no folder given"));
    };
    let least = arguments.next().and_then(|least| least.to_str()?.parse().ok()).unwrap_or(0);
    let mut list = String::new();
    for id in patterns() {
        let blueprint = embedded(id).expect("it was listed")?;
        let matrix = Matrix::of(&blueprint);
        list.extend(matrix.refused.iter().map(|refused| format!("{id} refuses {refused}\n")));
        for set in covering(&matrix, least) {
            write(&folder.join(&set.name), &blueprint.render(&set.answers)?)?;
            list.push_str(&matrix.describe(set));
            list.push('\n');
        }
    }
    std::fs::write(folder.join("sets.txt"), list).context(Kind::System, || "cannot write the list".to_owned())
}

fn write(root: &Path, rendered: &Rendered) -> Result<()> {
    for (path, file) in &rendered.files {
        let target = root.join(path);
        let failed = || format!("cannot write `{}`", target.display());
        let folder = target.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(folder).context(Kind::System, failed)?;
        std::fs::write(&target, &file.content).context(Kind::System, failed)?;
    }
    Ok(())
}
