//! What stands around an installation is found.
