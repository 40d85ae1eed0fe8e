//! Files that are added to `blueprints/` are embedded by the next build.

fn main() {
    println!("cargo::rerun-if-changed=blueprints");
}
