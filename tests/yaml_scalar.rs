//! Scalars read as Kubernetes reads them, and texts written so that no reader misreads them.

use std::path::Path;

use flux_forge::yaml::{Scalar, parse, write};
use proptest::prelude::*;

/// The value of `v: SCALAR` as JSON text, or the reason why it has none.
fn as_json(scalar: &str) -> Result<String, String> {
    let text = format!("v: {scalar}\n");
    let stream = parse(&text);
    let [document] = stream.documents.as_slice() else { return Err("not one document".into()) };
    let root = document.root.as_ref().map_err(|problem| problem.message.clone())?;
    let value = root.as_ref().and_then(|root| root.get("v")).ok_or("no value")?;
    match value.scalar().ok_or("no scalar")? {
        Scalar::Null => Ok("null".into()),
        Scalar::Bool(value) => Ok(value.to_string()),
        Scalar::Int(value) => Ok(value.to_string()),
        Scalar::Float(value) if value.is_finite() => Ok(go_float(value)),
        Scalar::Float(_) => Err("unsupported value".into()),
        Scalar::String(text) => {
            let json = serde_json::to_string(&text).map_err(|error| error.to_string())?;
            Ok(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
        }
    }
}

/// A float as Go's encoding/json prints it.
fn go_float(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{value:e}");
        return if text.contains("e-") { text } else { text.replace('e', "e+") };
    }
    let text = format!("{value}");
    if text == "-0" { "0".into() } else { text }
}

#[test]
fn scalars_read_as_the_measured_golden_file_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/flux-api/scalars.json");
    let Ok(golden) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is absent", path.display());
        return;
    };
    let golden: serde_json::Value = serde_json::from_str(&golden).unwrap();
    let rows = golden["scalars"].as_array().unwrap();
    assert!(rows.len() >= 160);
    let mut wrong = Vec::new();
    for row in rows {
        let (scalar, expected) = (row["scalar"].as_str().unwrap(), row["kubernetes"].as_str().unwrap());
        let read = as_json(scalar);
        let equal = match &read {
            Ok(json) => json == expected,
            Err(_) => expected.starts_with("error"),
        };
        if !equal {
            wrong.push(format!("{scalar:?}: Kubernetes {expected}, here {read:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn kubernetes_words_and_numbers_are_read_without_the_golden_file() {
    for (scalar, json) in [
        ("on", "true"),
        ("No", "false"),
        ("y", "true"),
        ("0777", "511"),
        ("08", "8"),
        ("0o17", "15"),
        ("0b11", "3"),
        ("1_000", "1000"),
        ("~", "null"),
        ("", "null"),
        ("1e3", "1000"),
        ("12:30:45", "\"12:30:45\""),
        ("2001-12-14", "\"2001-12-14\""),
        ("!!str 1", "\"1\""),
        ("'yes'", "\"yes\""),
        ("10m", "\"10m\""),
        ("18446744073709551615", "18446744073709551615"),
        ("!!binary aGVsbG8=", "\"hello\""),
    ] {
        assert_eq!(as_json(scalar).as_deref(), Ok(json), "{scalar}");
    }
}

#[test]
fn words_that_a_reader_could_misread_are_quoted() {
    for text in [
        "",
        " ",
        "yes",
        "No",
        "ON",
        "y",
        "null",
        "~",
        "1",
        "1.0",
        "1e3",
        "0x1F",
        "0777",
        "1_000",
        "12:30",
        "-1",
        ".5",
        ".inf",
        "2001-12-14",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a",
        "[a",
        "{a",
        "a]",
        "a,b",
        "a:",
        "a\nb",
        "a\tb",
        "'a",
        "\"a",
        "?",
        "-",
        "<<",
        "=",
        "\u{feff}a",
        "a\u{2028}b",
    ] {
        assert_ne!(write::scalar(text), text, "{text:?} must be quoted");
    }
}

#[test]
fn common_texts_stay_plain() {
    for text in [
        "podinfo",
        "10m",
        "v1.2.3",
        "1.2.3",
        "flux-system",
        "./apps/base",
        "ghcr.io/fluxcd",
        "a b",
        "5m0s",
        "oci://a/b",
    ] {
        assert_eq!(write::scalar(text), text);
    }
}

proptest! {
    #[test]
    fn every_text_survives_writing_and_reading(text in any::<String>()) {
        for written in [write::scalar(&text), write::quoted(&text), write::single_quoted(&text)] {
            for line in [format!("v: {written}\n"), format!("{{v: {written}, w: 1}}\n"), format!("- {written}\n")] {
                let stream = parse(&line);
                let root = stream.documents[0].node().unwrap_or_else(|| panic!("{line:?} does not parse"));
                let value = root.get("v").or_else(|| root.items().first()).unwrap();
                prop_assert_eq!(value.as_str(), Some(text.as_str()), "{}", line);
            }
        }
    }

    #[test]
    fn a_second_reader_agrees_on_what_is_written(text in any::<String>()) {
        let line = format!("v: {}\n", write::scalar(&text));
        let read: std::collections::BTreeMap<String, serde_yaml::Value> = serde_yaml::from_str(&line).unwrap();
        prop_assert_eq!(read["v"].as_str(), Some(text.as_str()));
    }
}
