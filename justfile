# What a developer types. `just` alone lists it.

_list:
    @just --list --unsorted

# What a change must pass before it is pushed: format, lints, tests.
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo test

# Tests whose names contain the words given.
test *words:
    cargo test -- {{ words }}

# Walk through changed snapshots (needs cargo-insta).
review:
    cargo insta test --review

# Benchmarks of parsing, indexing and scanning.
bench:
    cargo bench

# The optimised binary, at `target/release/flux-forge`.
release:
    cargo build --release --locked
