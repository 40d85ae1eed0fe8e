//! How Kubernetes reads a scalar.
//!
//! The API server, kubectl and the Flux controllers read YAML through sigs.k8s.io/yaml, whose scalars are those of
//! go.yaml.in/yaml/v2 `resolve.go`: the words and numbers of YAML 1.1, octal and binary included, timestamps as
//! text.

use std::borrow::Cow;

use super::document::ScalarStyle;

/// A scalar after Kubernetes' reading.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// `null`, `~`, nothing.
    Null,
    /// `true`, `yes`, `on`, …
    Bool(bool),
    /// A whole number; 128 bits hold both i64 and u64.
    Int(i128),
    /// Any other number; infinities and NaN have no JSON form, Kubernetes refuses them.
    Float(f64),
    /// Everything else.
    String(Cow<'t, str>),
}

/// Reads the text of a scalar, written in `style`, with its tag as written.
pub fn resolve<'t>(text: &'t str, style: ScalarStyle, tag: Option<&str>) -> Scalar<'t> {
    let string = || Scalar::String(Cow::Borrowed(text));
    match tag.map(core_tag) {
        None if style == ScalarStyle::Plain => plain(text),
        Some(Some("bool" | "int" | "null")) => plain(text),
        Some(Some("float")) => match plain(text) {
            #[expect(clippy::cast_precision_loss, reason = "a float is what the tag asks for")]
            Scalar::Int(number) => Scalar::Float(number as f64),
            other => other,
        },
        Some(Some("binary")) => binary(text).map_or_else(string, |text| Scalar::String(Cow::Owned(text))),
        _ => string(),
    }
}

/// Whether Kubernetes reads the plain `text` as the string that it is.
pub fn is_plain_string(text: &str) -> bool {
    matches!(plain(text), Scalar::String(_))
}

/// The name of a YAML tag such as `!!int`, where it is one of YAML's own.
fn core_tag(tag: &str) -> Option<&str> {
    tag.strip_prefix("!!").or_else(|| tag.strip_prefix("!<tag:yaml.org,2002:")?.strip_suffix('>'))
}

fn plain(text: &str) -> Scalar<'_> {
    word(text).or_else(|| number(text)).unwrap_or(Scalar::String(Cow::Borrowed(text)))
}

fn word(text: &str) -> Option<Scalar<'static>> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

fn number(text: &str) -> Option<Scalar<'static>> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return None;
    }
    let digits = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    integer(&digits).map(Scalar::Int).or_else(|| float(&digits).map(Scalar::Float))
}

/// Go's `strconv.ParseInt` and `ParseUint` with base 0: the prefix gives the base, a leading zero means octal.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (base, digits) = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        Some(_) if digits.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, base).ok()?;
    let number = if negative { -magnitude } else { magnitude };
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&number).then_some(number)
}

/// The floats of YAML 1.1 as go-yaml takes them: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) =
        unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_holds = all_digits(whole)
        && fraction.is_none_or(all_digits)
        && (!whole.is_empty() || fraction.is_some_and(|fraction| !fraction.is_empty()));
    let exponent_holds = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    if !mantissa_holds || !exponent_holds {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn binary(text: &str) -> Option<String> {
    let packed: String = text.split_whitespace().collect();
    String::from_utf8(data_encoding::BASE64.decode(packed.as_bytes()).ok()?).ok()
}
