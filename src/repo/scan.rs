//! What a walk keeps.

/// Whether the content of a file is kept, from its path below the root and its bytes.
pub type Keep<'a> = &'a (dyn Fn(&str, &[u8]) -> bool + Sync);

/// What a walk keeps.
pub struct Scan<'a> {
    /// Which manifests.
    pub keep: Keep<'a>,
    /// Which texts in which manifests are only written down: templates, and Markdown. Without it they are not read.
    pub texts: Option<Keep<'a>>,
    /// Names of further files that are texts of this kind, by path below the root: scripts, settings.
    pub named: Option<Named<'a>>,
}

/// Whether a file may be kept, from its path below the root.
pub type Named<'a> = &'a (dyn Fn(&str) -> bool + Sync);
