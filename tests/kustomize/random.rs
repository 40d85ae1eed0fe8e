//! Patches that nobody would write, on objects that nobody would apply: kustomize must make the same of them.

use flux_forge::kustomize;
use flux_forge::repo::{File, Repo};
use serde_json::{Map, Value, json};

use super::judge;
use crate::harness::World;

/// Builds with strategic merge patches, and objects with a patch in each of them.
const BUILDS: u64 = 12;
const OBJECTS: usize = 40;

/// How many times more of it, for a longer search.
fn rounds() -> u64 {
    std::env::var("KUSTOMIZE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1)
}

#[test]
fn random_merges_are_the_same() {
    let Some(program) = judge::kustomize() else { return };
    let (mut different, mut alike) = (Vec::new(), 0);
    for seed in 0..BUILDS * rounds() {
        let mut dice = Dice(seed + 1);
        let kinds =
            [("apps/v1", "Deployment"), ("v1", "Pod"), ("v1", "Service"), ("example.com/v1", "Thing")];
        let (mut objects, mut patches) = (String::new(), Vec::new());
        for index in 0..OBJECTS {
            let (version, kind) = kinds[dice.below(kinds.len())];
            let name = format!("o{index}");
            let object = |body: Value| {
                let mut object = json!({"apiVersion": version, "kind": kind});
                merge_into(&mut object, body);
                object["metadata"]["name"] = json!(name);
                object
            };
            objects.push_str(&format!("---\n{}\n", object(body(&mut dice, kind, false))));
            let patch = object(body(&mut dice, kind, true));
            let mut item = json!({"patch": patch.to_string()});
            if dice.one_in(3) {
                item["target"] = json!({"kind": kind, "name": name});
            }
            patches.push(item);
        }
        let kustomization = json!({"resources": ["all.yaml"], "patches": patches}).to_string();
        different.extend(
            compare(&program, &objects, &kustomization, &mut alike).map(|why| format!("seed {seed}: {why}")),
        );
    }
    assert!(different.is_empty(), "{}", different.join("\n\n"));
    assert!(alike > 2, "nearly all fail, so nothing is compared");
    eprintln!("{alike} builds alike");
}

#[test]
fn random_operations_are_the_same() {
    let Some(program) = judge::kustomize() else { return };
    let (mut different, mut alike) = (Vec::new(), 0);
    for seed in 0..3 * BUILDS * rounds() {
        let mut dice = Dice(seed + 1);
        let object = json!({
            "apiVersion": "v1", "kind": "Thing", "metadata": {"name": "thing"},
            "a": {"b": [1, {"c": 2}, [3, 4]], "d": null}, "b": ["x", "y", "z"],
        });
        let mut operations = Vec::new();
        for _ in 0..=dice.below(3) {
            let name = dice.pick(&["add", "add", "remove", "replace", "replace", "test", "move", "copy"]);
            let mut operation = json!({"op": name, "path": path(&mut dice)});
            if matches!(name, "move" | "copy") {
                operation["from"] = json!(path(&mut dice));
            } else if !dice.one_in(8) {
                operation["value"] =
                    dice.pick(&[json!(1), json!(null), json!("x"), json!({"c": 2}), json!([3, 4])]);
            }
            operations.push(operation);
        }
        let patch = json!({"target": {"kind": "Thing"}, "patch": Value::from(operations).to_string()});
        let kustomization = json!({"resources": ["all.yaml"], "patches": [patch]}).to_string();
        let difference = compare(&program, &object.to_string(), &kustomization, &mut alike);
        different.extend(difference.map(|why| format!("seed {seed}: {kustomization}: {why}")));
    }
    assert!(different.is_empty(), "{}", different.join("\n\n"));
    assert!(alike > 2, "nearly all fail, so nothing is compared");
    eprintln!("{alike} builds alike");
}

/// How both differ, if they do; counts where both succeed.
fn compare(
    program: &std::path::Path,
    objects: &str,
    kustomization: &str,
    alike: &mut usize,
) -> Option<String> {
    let world = World::new().file("all.yaml", objects).file("kustomization.yaml", kustomization);
    let file = |text: &str| Some(File::new(text.as_bytes()));
    let repo = Repo::empty("/nowhere").with([
        ("all.yaml".to_owned(), file(objects)),
        ("kustomization.yaml".to_owned(), file(kustomization)),
    ]);
    let own = kustomize::build(&repo, "");
    let difference = judge::difference(&own, &judge::built_by(program, world.root()));
    *alike += usize::from(difference.is_none() && own.is_ok());
    difference
}

/// Mostly a path to something that is there at first.
fn path(dice: &mut Dice) -> String {
    let known = [
        "/a/b/0", "/a/b/1/c", "/a/b/-", "/a/b/2/0", "/a/b/2/-", "/a/d", "/a/x", "/b/0", "/b/-1", "/b/2", "/b",
    ];
    if !dice.one_in(5) {
        return dice.pick(&known).to_owned();
    }
    let parts = ["a", "b", "c", "d", "0", "1", "2", "-", "-1", "-3"];
    (0..=dice.below(3)).map(|_| format!("/{}", dice.pick(&parts))).collect()
}

fn merge_into(object: &mut Value, body: Value) {
    let (Value::Object(object), Value::Object(body)) = (object, body) else { return };
    object.extend(body);
}

/// Everything but what names the object. Each key has one shape, so that no patch fails.
fn body(dice: &mut Dice, kind: &str, is_patch: bool) -> Value {
    let maker = Maker { is_patch };
    let mut metadata = maker.map(dice, &["a", "b"], |_, dice| json!(dice.pick(&["1", "2"])));
    metadata.insert(
        "labels".to_owned(),
        maker.map(dice, &["x", "y"], |_, dice| json!(dice.pick(&["1", "2"]))).into(),
    );
    metadata.insert("finalizers".to_owned(), words(dice));
    let pod = maker.pod(dice);
    let spec = match kind {
        "Deployment" => json!({"template": {"spec": pod}}),
        "Service" => {
            json!({"ports": ports(dice, "port"), "selector": maker.map(dice, &["a"], |_, _| json!("1"))})
        }
        _ => pod,
    };
    json!({"metadata": metadata, "spec": spec})
}

fn ports(dice: &mut Dice, key: &str) -> Value {
    let count = dice.below(4);
    let port = |dice: &mut Dice| {
        let mut port = Map::new();
        if !dice.one_in(12) {
            port.insert(key.to_owned(), json!(dice.pick(&[80, 81])));
        }
        if !dice.one_in(3) {
            port.insert("protocol".to_owned(), json!(dice.pick(&["TCP", "UDP"])));
        }
        port.insert("name".to_owned(), json!(format!("p{}", dice.below(9))));
        Value::from(port)
    };
    (0..count).map(|_| port(dice)).collect()
}

fn words(dice: &mut Dice) -> Value {
    (0..dice.below(3)).map(|_| json!(dice.pick(&["x", "z", "w"]))).collect()
}

struct Maker {
    is_patch: bool,
}

impl Maker {
    fn pod(&self, dice: &mut Dice) -> Value {
        let mut pod = Map::new();
        for field in ["containers", "initContainers"] {
            self.put(dice, &mut pod, field, |maker, dice| {
                maker.list(dice, "name", &["a", "b", "c"], |maker, dice, item| {
                    maker.put(dice, item, "image", |_, dice| json!(dice.pick(&["x", "y"])));
                    maker.put(dice, item, "args", |_, dice| words(dice));
                    maker.put(dice, item, "env", |maker, dice| {
                        maker.list(dice, "name", &["A", "B"], |maker, dice, item| {
                            maker.put(dice, item, "value", |_, dice| json!(dice.pick(&["1", "2"])));
                        })
                    });
                    maker.put(dice, item, "ports", |_, dice| ports(dice, "containerPort"));
                })
            });
        }
        self.put(dice, &mut pod, "volumes", |maker, dice| {
            maker.list(dice, "name", &["v", "w"], |maker, dice, item| {
                maker.put(dice, item, "emptyDir", |_, _| json!({}));
                maker.put(dice, item, "secret", |_, _| json!({"items": [{"key": "a"}]}));
            })
        });
        self.put(dice, &mut pod, "tolerations", |maker, dice| {
            maker.list(dice, "key", &["k", "l"], |_, _, _| {})
        });
        self.put(dice, &mut pod, "nodeSelector", |maker, dice| {
            maker.map(dice, &["a", "b"], |_, dice| json!(dice.pick(&["1", "2"]))).into()
        });
        pod.into()
    }

    /// A list of items that are told apart by a key, which one may lack.
    fn list(
        &self,
        dice: &mut Dice,
        key: &str,
        names: &[&str],
        fill: impl Fn(&Self, &mut Dice, &mut Map<String, Value>),
    ) -> Value {
        let mut items = Vec::new();
        for name in names {
            if dice.one_in(2) {
                continue;
            }
            let mut item = Map::new();
            if !dice.one_in(25) {
                item.insert(key.to_owned(), json!(name));
            }
            fill(self, dice, &mut item);
            self.direct(dice, &mut item);
            items.push(Value::from(item));
        }
        if self.is_patch && dice.one_in(10) {
            items.push(json!({"$patch": dice.pick(&["replace", "delete", "merge"])}));
        }
        if dice.one_in(2) {
            items.reverse();
        }
        items.into()
    }

    fn map(
        &self,
        dice: &mut Dice,
        keys: &[&str],
        value: impl Fn(&Self, &mut Dice) -> Value,
    ) -> Map<String, Value> {
        let mut map = Map::new();
        for key in keys {
            self.put(dice, &mut map, key, &value);
        }
        self.direct(dice, &mut map);
        map
    }

    /// Puts a value, or null, or nothing.
    fn put(
        &self,
        dice: &mut Dice,
        map: &mut Map<String, Value>,
        key: &str,
        value: impl Fn(&Self, &mut Dice) -> Value,
    ) {
        if dice.one_in(3) {
            return;
        }
        let value = if dice.one_in(10) { Value::Null } else { value(self, dice) };
        map.insert(key.to_owned(), value);
    }

    fn direct(&self, dice: &mut Dice, map: &mut Map<String, Value>) {
        if self.is_patch && dice.one_in(10) {
            map.insert("$patch".to_owned(), json!(dice.pick(&["replace", "delete", "merge"])));
        }
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}
