//! Arguments of controllers.

use std::collections::BTreeMap;

use serde_json::Value;

/// Arguments of a controller by their effect.
#[derive(Default)]
pub struct Flags {
    /// Flags with their values; of `--feature-gates` each gate by itself.
    pub values: BTreeMap<String, String>,
    /// Everything that is no flag, in order.
    pub others: Vec<Value>,
}

/// The flag whose values add up.
const GATES: &str = "--feature-gates";

impl Flags {
    /// Source: spf13/pflag `flag.go`: the last value of a flag counts; k8s.io/component-base `featuregate`: gates add up.
    pub fn of(args: &[Value]) -> Self {
        let mut flags = Self::default();
        for arg in args {
            let Some(flag) = arg.as_str().filter(|text| text.starts_with("--")) else {
                flags.others.push(arg.clone());
                continue;
            };
            let (name, value) = flag.split_once('=').unwrap_or((flag, "true"));
            if name == GATES {
                for gate in value.split(',') {
                    let (gate, value) = gate.trim().split_once('=').unwrap_or((gate.trim(), "true"));
                    flags.values.insert(format!("{GATES} {gate}"), value.to_ascii_lowercase());
                }
            } else {
                flags.values.insert(name.to_owned(), value.to_owned());
            }
        }
        flags
    }
}
