//! Rules about the fields of objects.

pub(super) mod invalid_flux_object;
