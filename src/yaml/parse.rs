//! Text to [`Stream`].
