//! Commands that a person pastes into a shell: bash, zsh, or another that follows POSIX.

/// The key that holds a file of several lines.
const CREDENTIALS: &str = "creds";

/// `lines` between `begin` and `end`, indented but for what a command reads up to `EOF`.
pub(super) fn block(begin: String, lines: &[String], end: &str) -> Vec<String> {
    let mut all = vec![begin];
    let mut reading = false;
    for line in lines {
        all.push(if reading { line.clone() } else { format!("  {line}") });
        reading = if reading { line != "EOF" } else { line.ends_with("<<EOF") };
    }
    all.push(end.to_owned());
    all
}

/// A command that asks for `what` and keeps it in the variable `name`; what is `hidden` is not shown while it is typed.
/// Shells like zsh know no comments at their prompt, so the hint is printed.
pub(super) fn ask(name: &str, what: &str, hidden: bool) -> String {
    if hidden {
        format!("printf '%s: ' \"{what}\" && read -rs {name} && echo")
    } else {
        format!("printf '%s: ' \"{what}\" && read -r {name}")
    }
}

/// Commands that ask for the value of each key and hand all of them over without showing them to other processes.
/// What is several lines long comes from a file.
pub(super) fn asked(namespace: &str, keys: &[(&str, &str)]) -> Vec<String> {
    let create = format!("kubectl create secret generic alerts --namespace {namespace}");
    let variable = |key: &str| key.to_uppercase();
    if let Some((file, what)) = keys.iter().find(|(key, _)| *key == CREDENTIALS) {
        let others = || keys.iter().filter(|(key, _)| key != file);
        let literals = others().map(|(key, _)| format!("--from-literal={key}=\"${}\" ", variable(key)));
        let literals: String = literals.collect();
        let asks = others().map(|(key, what)| ask(&variable(key), what, false));
        let path = ask("FILE", &format!("path of {what}"), false);
        let create = [path, format!("{create} \\"), format!("  {literals}--from-file={file}=\"$FILE\"")];
        return asks.chain(create).collect();
    }
    let asks = keys.iter().map(|(key, what)| ask(&variable(key), what, true));
    let lines = keys.iter().map(|(key, _)| format!("{key}=${}", variable(key)));
    let begin = format!("{create} --from-env-file=/dev/stdin <<EOF");
    asks.chain([begin]).chain(lines).chain(["EOF".to_owned()]).collect()
}
