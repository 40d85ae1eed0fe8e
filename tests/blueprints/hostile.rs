//! Text from outside can never break out of the file that it lands in.

use flux_forge::blueprint::{Answers, Rendered, embedded, patterns};
use flux_forge::yaml;
use proptest::prelude::*;

use super::{answers_of, load, render};

/// Texts that some YAML reader takes for something else, and pieces that end a scalar.
fn hostile() -> impl Strategy<Value = String> {
    const PIECES: [&str; 40] = [
        "\n",
        "\r\n",
        ": ",
        " #",
        "'",
        "\"",
        "\\",
        "{{x}}",
        "---",
        "- ",
        "yes",
        "0x1f",
        "1e3",
        "~",
        "null",
        "12:30",
        "2026-01-01",
        "&a",
        "*a",
        "!!int 1",
        "|",
        ">",
        "%",
        "@",
        "`",
        "[",
        "}",
        "\t",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{0}",
        "\u{1f600}",
        " ",
        "a",
        "$",
        "${X}",
        "<< inputs.x >>",
        "<<",
        "...",
    ];
    prop_oneof![
        prop::collection::vec(prop::sample::select(&PIECES[..]), 0..6).prop_map(|pieces| pieces.concat()),
        any::<String>(),
        "[-+.0-9_:eExXoObTZ ]{1,12}",
    ]
}

/// Every character as an escape, so that the manifest itself holds no surprise.
fn escaped(text: &str) -> String {
    text.chars().map(|character| format!("\\U{:08x}", u32::from(character))).collect()
}

proptest! {
    #[test]
    fn any_text_comes_back_from_any_place(text in hostile()) {
        let manifest = format!("files: [{{path: a.yaml, class: seed, meaning: a}}]\nfacts: {{text: \"{}\"}}\n", escaped(&text));
        let template = "top: {{yaml facts.text}}\nlist:\n  - {{yaml facts.text}}\n  - x: {{yaml (text \"p\" facts.text)}} # remark\nflow: {a: {{yaml facts.text}}, b: [{{yaml facts.text}}]}\nblock: |\n  inner: {{yaml facts.text}}\nend: 1\n";
        let rendered = render(&load(&manifest, &[("files/a.yaml.hbs", template)]).unwrap(), &[]).unwrap();
        let output = String::from_utf8(rendered.files["a.yaml"].content.clone()).unwrap();
        let stream = yaml::parse(&output);
        prop_assert_eq!(stream.documents.len(), 1, "{}", output);
        let root = stream.documents[0].node().unwrap();
        prop_assert_eq!(root.entries().len(), 5, "{}", output);
        prop_assert_eq!(root.get("top").unwrap().as_str(), Some(text.as_str()), "{}", output);
        let list = root.get("list").unwrap().items();
        prop_assert_eq!(list[0].as_str(), Some(text.as_str()), "{}", output);
        let prefixed = format!("p{text}");
        prop_assert_eq!(list[1].get("x").unwrap().as_str(), Some(prefixed.as_str()), "{}", output);
        let flow = root.get("flow").unwrap();
        prop_assert_eq!(flow.get("a").unwrap().as_str(), Some(text.as_str()), "{}", output);
        prop_assert_eq!(flow.get("b").unwrap().items()[0].as_str(), Some(text.as_str()), "{}", output);
        let inner = yaml::parse(root.get("block").unwrap().as_str().unwrap());
        let inner = inner.documents[0].node().unwrap();
        prop_assert_eq!(inner.get("inner").unwrap().as_str(), Some(text.as_str()), "{}", output);
        // A second reader, of YAML 1.2, agrees.
        let second: serde_yaml::Value = serde_yaml::from_str(&output).unwrap();
        prop_assert_eq!(second["top"].as_str(), Some(text.as_str()), "{}", output);
    }
}

/// Answers in which every free text is plain.
const PLAIN: &str = "version: 1
repository: https://github.com/owner/prefix
platform: kubernetes
clusters: [{name: one, environment: trial}, {name: two, environment: real, production: true}]
domain: plain.io
components: [cert-manager, envoy-gateway, kube-prometheus-stack]
teams: [{name: team, namespaces: [space]}]
email: plain@plain.io
alerts: {provider: slack, channel: plain}
";

/// What a blueprint makes of changed answers; `None` where the program refuses them.
fn changed(pattern: &str, change: &dyn Fn(&mut Answers)) -> Rendered {
    let blueprint = embedded(pattern).unwrap().unwrap();
    let mut answers = answers_of(&blueprint, &format!("{PLAIN}pattern: {pattern}\n"));
    change(&mut answers);
    blueprint.render(&answers).unwrap()
}

/// Kinds of all nodes and the keys of mappings, and all texts in order.
fn outline(text: &str) -> (String, Vec<String>) {
    let mut texts = Vec::new();
    let stream = yaml::parse(text);
    let shapes = stream
        .documents
        .iter()
        .map(|document| document.node().map_or_else(String::new, |node| shape(node, &mut texts)));
    (shapes.collect::<Vec<_>>().join("---\n"), texts)
}

fn shape(node: &yaml::Node, texts: &mut Vec<String>) -> String {
    match node.as_str() {
        Some(text) => {
            texts.push(text.to_owned());
            "s".to_owned()
        }
        None if !node.entries().is_empty() => {
            let entries = node.entries().iter().map(|entry| {
                format!("{}={},", entry.key_text().unwrap_or_default(), shape(&entry.value, texts))
            });
            format!("{{{}}}", entries.collect::<String>())
        }
        None => format!("[{}]", node.items().iter().map(|item| shape(item, texts)).collect::<String>()),
    }
}

/// Every YAML file has the same shape as with plain answers, and `text` where those have `plain`.
fn same_shape(
    pattern: &str,
    plain: &str,
    text: &str,
    change: &dyn Fn(&mut Answers),
) -> Result<(), TestCaseError> {
    let (before, after) = (changed(pattern, &|_| {}), changed(pattern, change));
    let mut seen = false;
    for (path, file) in
        before.files.iter().filter(|(path, _)| path.ends_with(".yaml") && !path.contains("state.yaml"))
    {
        let was = std::str::from_utf8(&file.content).unwrap();
        let is = std::str::from_utf8(&after.files[path].content).unwrap();
        let ((old, texts), (new, changed)) = (outline(was), outline(is));
        prop_assert_eq!(&old, &new, "{}:\n{}", path, is);
        for (was, is) in texts.iter().zip(&changed).filter(|(was, _)| *was == plain) {
            seen = true;
            prop_assert_eq!(is, text, "{}: {} became {}", path, was, is);
        }
    }
    prop_assert!(seen, "{} is nowhere", plain);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn free_text_in_an_answer_stays_a_text(text in hostile()) {
        // A refused answer never gets here: a channel is one line, and not empty.
        let text: String = text.chars().filter(|character| !character.is_control()).collect();
        let text = text.trim();
        prop_assume!(!text.is_empty());
        for pattern in patterns() {
            same_shape(pattern, "plain", text, &|answers| text.clone_into(&mut answers.channel))?;
            same_shape(pattern, "plain@plain.io", text, &|answers| text.clone_into(&mut answers.email))?;
        }
    }
}

/// Names that are taken and that YAML readers take for numbers, truth values or nothing.
#[test]
fn names_that_look_like_numbers_stay_texts() {
    let names =
        [("one", "1"), ("trial", "on"), ("two", "1e3"), ("real", "no"), ("team", "null"), ("space", "0x1f")];
    let words = |text: &str| {
        let word = |name: &str, other: &str| {
            regex::Regex::new(&format!(r"\b{name}\b")).map(|word| (word, other.to_owned()))
        };
        let words = names.iter().map(|(name, other)| word(name, other).unwrap());
        words.fold(text.to_owned(), |text, (word, other)| word.replace_all(&text, other).into_owned())
    };
    for pattern in patterns() {
        let blueprint = embedded(pattern).unwrap().unwrap();
        let plain = format!("{PLAIN}pattern: {pattern}\n");
        let quoted = names.iter().fold(plain.clone(), |text, (name, other)| {
            let places = [
                format!("name: {name},"),
                format!("environment: {name}}}"),
                format!("environment: {name},"),
                format!("[{name}]"),
            ];
            places
                .iter()
                .fold(text, |text, place| text.replace(place, &place.replace(name, &format!("\"{other}\""))))
        });
        let before = blueprint.render(&answers_of(&blueprint, &plain)).unwrap();
        let after = blueprint.render(&answers_of(&blueprint, &quoted)).unwrap();
        let mut changed = 0;
        for (path, file) in
            before.files.iter().filter(|(path, _)| path.ends_with(".yaml") && !path.ends_with("state.yaml"))
        {
            let other = words(path);
            let other = after.files.get(&other).unwrap_or_else(|| panic!("{pattern}: no {other}"));
            let ((old, _), (new, _)) = (
                outline(std::str::from_utf8(&file.content).unwrap()),
                outline(std::str::from_utf8(&other.content).unwrap()),
            );
            assert_eq!(old, new, "{pattern}: {path}");
            changed += usize::from(file.content != other.content);
        }
        assert!(changed > 10, "{pattern}: {changed} files changed");
    }
}
