//! Text from outside can never break out of the YAML that it lands in.

use flux_forge::yaml;
use proptest::prelude::*;

use super::{defaults, load};

/// Texts that some YAML reader takes for something else, and pieces that end a scalar.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n"),
        Just("\r\n"),
        Just(": "),
        Just(" #"),
        Just("'"),
        Just("\""),
        Just("\\"),
        Just("{{x}}"),
        Just("---"),
        Just("- "),
        Just("yes"),
        Just("0x1f"),
        Just("1e3"),
        Just("~"),
        Just("null"),
        Just("12:30"),
        Just("2026-01-01"),
        Just("&a"),
        Just("*a"),
        Just("!!int 1"),
        Just("|"),
        Just(">"),
        Just("%"),
        Just("@"),
        Just("`"),
        Just("["),
        Just("}"),
        Just("\t"),
        Just("\u{85}"),
        Just("\u{2028}"),
        Just("\u{feff}"),
        Just("\u{0}"),
        Just("\u{1f600}"),
        Just(" "),
        Just("a"),
        Just("$"),
        Just("${X}"),
        Just("<< inputs.x >>"),
    ];
    prop_oneof![
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat()),
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
        let rendered = load(&manifest, &[("files/a.yaml.hbs", template)]).unwrap().render(&defaults()).unwrap();
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
