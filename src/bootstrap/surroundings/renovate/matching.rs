//! Patterns of paths as Renovate reads them.

use regex::Regex;

/// Whether a pattern of a manager is about `path`: a regular expression between slashes, else a glob; before
/// Renovate 40, in `fileMatch`, always a regular expression.
pub(super) fn matches_pattern(pattern: &str, path: &str) -> bool {
    let inner = pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')).map(|(inner, _)| inner);
    let by_regex = |pattern: &str| Regex::new(pattern).is_ok_and(|regex| regex.is_match(path));
    match inner {
        Some(inner) => by_regex(inner),
        None => matches_glob(pattern, path) || by_regex(pattern),
    }
}

/// Whether a glob is about all of `path`: `**` crosses folders, `*` and `?` do not, and braces list what may stand there.
pub(super) fn matches_glob(glob: &str, path: &str) -> bool {
    let mut pattern = String::from("^");
    let mut rest = glob;
    let mut braces = 0_usize;
    while let Some(first) = rest.chars().next() {
        let (part, length) = match first {
            _ if rest.starts_with("**/") => ("(?:.*/)?".to_owned(), 3),
            _ if rest.starts_with("**") => (".*".to_owned(), 2),
            '*' => ("[^/]*".to_owned(), 1),
            '?' => ("[^/]".to_owned(), 1),
            '{' => {
                braces += 1;
                ("(?:".to_owned(), 1)
            }
            '}' if braces > 0 => {
                braces -= 1;
                (")".to_owned(), 1)
            }
            ',' if braces > 0 => ("|".to_owned(), 1),
            _ => (regex::escape(&first.to_string()), first.len_utf8()),
        };
        pattern.push_str(&part);
        rest = &rest[length..];
    }
    pattern.push('$');
    Regex::new(&pattern).is_ok_and(|regex| regex.is_match(path))
}
