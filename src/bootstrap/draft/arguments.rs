//! Arguments of controllers that patches count by their places.

use serde_json::{Value, json};

use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::hazard::flux_id;
use crate::bootstrap::instance::InstancePatch;
use crate::bootstrap::proof::Proof;
use crate::bootstrap::read::Installation;

/// Where they stand.
const POINTER: &str = "/spec/template/spec/containers/0/args";

/// The name of a controller and how many arguments it has before anything is patched.
pub(super) fn count(object: &Value) -> Option<(String, usize)> {
    let args = object.pointer(POINTER)?.as_array()?;
    (object["kind"] == "Deployment").then_some((object["metadata"]["name"].as_str()?.to_owned(), args.len()))
}

/// Patches with all arguments of some controllers.
pub(super) struct Written {
    pub(super) patches: Vec<InstancePatch>,
    pub(super) rows: Vec<Row>,
}

/// The arguments of each controller that come out otherwise, as they are today.
pub(super) fn write_out(installation: &Installation, proof: &Proof) -> Written {
    let mut written = Written { patches: Vec::new(), rows: Vec::new() };
    let is_other = |id: &str| {
        let in_arguments = |path: &[String]| path.iter().any(|step| step == "args");
        proof.unexpected.iter().any(|one| {
            let difference = one.difference.as_ref();
            one.object == id && difference.is_some_and(|difference| in_arguments(&difference.path))
        })
    };
    for object in installation.core().filter(|object| is_other(&flux_id(&object.id()).to_string())) {
        let (Some(today), Some(name)) =
            (object.value.pointer(POINTER), object.value["metadata"]["name"].as_str())
        else {
            continue;
        };
        let operation: Value = json!({ "op": "replace", "path": POINTER, "value": today });
        written.patches.push(InstancePatch::of_operations("Deployment", Some(name.to_owned()), &[operation]));
        let why = "written out: patches here count arguments by places that the operator fills otherwise, so what a newer \
                   release adds to them does not reach this controller";
        let place = super::roots::last(installation, object);
        written.rows.push(Row::new(format!("arguments of {name}"), place, Outcome::Patch(why.into())));
    }
    written
}
