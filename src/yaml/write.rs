//! New text: quoting.
