//! Commands in scripts, build files, pipelines and workflows, one for each logical line.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A line with those that it goes on in, without comments.
pub(super) struct Line {
    /// From the first to the last character that is no blank.
    pub(super) range: Range<usize>,
    /// Its text, in one line.
    pub(super) text: String,
}

/// What a line does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// `flux bootstrap`.
    Bootstrap,
    /// `flux install --export`, and the file that it goes to, where that is written.
    Export(Option<String>),
    /// It writes a gotk file, and which, where that is written.
    Writes(Option<String>),
    /// It reads a gotk file.
    Reads(String),
    /// `helm install` of a chart: its name, the release and the namespace.
    Helm { chart: String, release: Option<String>, namespace: Option<String> },
}

static BOOTSTRAP: LazyLock<Regex> = LazyLock::new(|| {
    // Every provider of `flux bootstrap`, or a variable that holds one.
    regex(
        r#"(?:^|[\s;&|(`"'/=])(?:flux|\$[({]?(?i:flux)(?i:_?(?:bin|cli|cmd))?[)}]?"?)\s+bootstrap\s+["']?(?:git\b|github\b|gitlab\b|gitea\b|bitbucket-server\b|\$|\{\{|--?\w)"#,
    )
});
static INSTALL: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#"(?:^|[\s;&|(`"'/=])(?:flux|\$[({]?(?i:flux)(?i:_?(?:bin|cli|cmd))?[)}]?"?)\s+install\b"#)
});
static REDIRECT: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?:[^0-9&>-]>{1,2}|\btee\s+(?:-a\s+)?)\s*["']?([^\s"';&|)>]+)"#));
static GOTK: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"([^\s"'`=,:;()<>\[\]]*)gotk-(?:components|sync)\.ya?ml"#));
/// Commands that write the file which comes behind them.
static WRITES: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:\b(?:cp|mv|rsync|install|sponge)\s|\bgit\s+(?:add|commit|mv)\b|\bsed\s+(?:-\w+\s+)*-i|\byq\s.*(?:-i\b|--inplace)|\bcurl\s.*(?:-o|--output)\b|\bwget\s.*-O)",
    )
});
/// Commands that read it.
static READS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:kubectl|kustomize|yq|grep|cat|sed|awk|head|kubeconform|kubeval|diff|test|flux|source)\b|\[\s+-[fe]\s",
    )
});
static HELM: LazyLock<Regex> = LazyLock::new(|| regex(r"\bhelm\b.*\s(?:install|upgrade)\s"));
/// Keys of workflows and build files that hold words for people.
static PROSE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"^(?:-\s+)?["']?(?:name|run-name|desc|description|summary|title|body|message|commit-message|msg|label|help|displayName)["']?\s*[:=]"#,
    )
});
static SPEAKS: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^(?:-\s+|run:\s*|[@-]|cmd:\s*)*(?:echo|printf|log\w*|info|warn|error|gum)\s"));

/// A heredoc that is only shown, and the word that ends it.
static PRINTED: LazyLock<Regex> = LazyLock::new(|| regex(r#"(?:^|\s)cat\s+<<-?\s*["']?(\w+)["']?\s*$"#));
/// An action that makes gotk files anew.
///
/// Source: controlplaneio-fluxcd/distribution `actions/update/action.yml`.
const UPDATE: &str = "controlplaneio-fluxcd/distribution/actions/update@";

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is valid")
}

/// The lines of a text that have anything to do with Flux. In Groovy, Go and Terraform a comment starts with `//` too.
pub(super) fn lines(text: &str, slashes: bool) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let (mut start, mut goes_on) = (0, false);
    let mut printed: Option<String> = None;
    for written in text.split_inclusive('\n') {
        if let Some(word) = &printed {
            if written.trim() == word {
                printed = None;
            }
            start += written.len();
            continue;
        }
        let bare = without_comment(written, slashes);
        printed = PRINTED.captures(bare).map(|found| found[1].to_owned());
        let trimmed = bare.trim();
        let part = trimmed.trim_end_matches('\\').trim_end();
        let first = start + (bare.len() - bare.trim_start().len());
        let end = first + trimmed.len();
        match lines.last_mut() {
            Some(line) if goes_on => {
                line.text = format!("{} {part}", line.text);
                line.range.end = end.max(line.range.end);
            }
            _ => lines.push(Line { range: first..end, text: part.to_owned() }),
        }
        goes_on = trimmed.ends_with('\\');
        start += written.len();
    }
    lines.retain(|line| ["flux", "FLUX", "gotk", "helm"].iter().any(|word| line.text.contains(word)));
    lines
}

fn without_comment(line: &str, slashes: bool) -> &str {
    let trimmed = line.trim_start();
    if trimmed.starts_with('#') || slashes && trimmed.starts_with("//") {
        return "";
    }
    let cut = |sign: &str| line.find(sign).map(|at| &line[..at]);
    cut(" #").or_else(|| cut(" //").filter(|_| slashes)).unwrap_or(line)
}

impl Line {
    /// What the line does; `None` where that is nothing of interest, or where it only speaks of it.
    pub(super) fn act(&self) -> Option<Act> {
        let text = self.text.as_str();
        if PROSE.is_match(text) || SPEAKS.is_match(text) && !text.contains("$(") && !text.contains('>') {
            return None;
        }
        if text.contains(UPDATE) {
            return Some(Act::Writes(None));
        }
        if BOOTSTRAP.is_match(text) {
            return Some(Act::Bootstrap);
        }
        if INSTALL.is_match(text) && text.contains("--export") {
            return self.export();
        }
        if let Some(found) = GOTK.find(text) {
            let redirected = REDIRECT.captures_iter(text).any(|target| target[1].contains("gotk-"));
            let written = WRITES.find(text).is_some_and(|command| command.end() <= found.start());
            let path = found.as_str();
            return if redirected || written {
                Some(Act::Writes(plain(path)))
            } else {
                READS.is_match(&text[..found.start()]).then(|| Act::Reads(path.to_owned()))
            };
        }
        self.helm()
    }

    /// Manifests that go to the cluster, or nowhere, are not written to Git.
    fn export(&self) -> Option<Act> {
        let text = &self.text;
        let target = REDIRECT.captures_iter(text).map(|target| target[1].to_owned()).last();
        match target {
            Some(target) if target.starts_with("/dev/") || target.starts_with("/tmp/") => None,
            Some(target) => Some(Act::Export(plain(&target))),
            None if text.contains("kubectl") => None,
            None => Some(Act::Export(None)),
        }
    }

    fn helm(&self) -> Option<Act> {
        let text = &self.text;
        let command = HELM.find(text)?;
        let words: Vec<&str> =
            text[command.end()..].split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
        let at =
            words.iter().rposition(|word| super::charts::chart_of(word).is_some() && word.contains('/'))?;
        let release =
            words[..at].iter().rev().find(|word| !word.starts_with('-')).map(|word| (*word).to_owned());
        let behind = |flags: [&str; 2]| {
            let position = words.iter().position(|word| flags.contains(word))?;
            words.get(position + 1).map(|word| (*word).to_owned())
        };
        let joined = words.iter().find_map(|word| word.strip_prefix("--namespace=")).map(str::to_owned);
        let namespace =
            joined.or_else(|| behind(["-n", "--namespace"])).filter(|name| !name.contains(['$', '{']));
        Some(Act::Helm { chart: words[at].to_owned(), release, namespace })
    }
}

/// A path that is written out, below the root.
fn plain(path: &str) -> Option<String> {
    let is_plain = !path.contains(['$', '{', '*', '`']) && !path.starts_with('/');
    is_plain.then(|| path.trim_start_matches("./").to_owned())
}
