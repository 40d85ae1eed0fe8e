//! Every example of every blueprint.
use flux_forge::blueprint::{self, Draft};
#[test]
fn write_examples() {
    for id in blueprint::patterns() {
        let blueprint = blueprint::embedded(id).unwrap().unwrap();
        for (name, text) in blueprint.examples() {
            let mut draft = Draft::default();
            draft.read(name, text).unwrap();
            let (answers, notes) = draft.finish().unwrap();
            eprintln!("{notes:?}");
            let rendered = blueprint.render(&answers).unwrap();
            for (path, file) in rendered.files {
                let path = std::path::Path::new("/tmp/gen-out").join(id).join(name).join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, file.content).unwrap();
            }
        }
    }
}
