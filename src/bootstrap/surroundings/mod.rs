//! What around an installation gets in the way of replacing it.
