//! Flux in Terraform.

use flux_forge::bootstrap::surroundings::{TerraformInstall, TerraformKind, Value};

use super::{at, seen};

const BOOTSTRAP: &str = r#"# resource "flux_bootstrap_git" "commented" {}
terraform {
  required_providers {
    flux = {
      source  = "fluxcd/flux"
      version = ">= 1.2"
    }
  }
}

/* resource "flux_bootstrap_git" "gone" {
} */
resource "flux_bootstrap_git" "this" {
  depends_on = [github_repository_deploy_key.this]

  path             = "clusters/lab" # the root
  version          = "v2.3.0"
  components_extra = [
    "image-reflector-controller", # scans
    "image-automation-controller",
  ]
  embedded_manifests     = true
  delete_git_manifests   = false
  kustomization_override = <<-EOT
    resources:
      - gotk-components.yaml
      - gotk-sync.yaml
  EOT
  secret_name = var.secret
  interval    = "${var.minutes}m"
}
"#;

fn one(files: &[(&str, &str)]) -> TerraformInstall {
    let mut found = seen(files).terraform;
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

#[test]
fn the_bootstrap_resource_is_read() {
    let install = one(&[("infra/flux.tf", BOOTSTRAP)]);
    assert_eq!(at(&install.place), "infra/flux.tf:13");
    assert_eq!(install.place.range(), "13:1-37");
    assert_eq!(install.kind, TerraformKind::BootstrapGit);
    assert_eq!(install.addresses, ["flux_bootstrap_git.this"]);
    assert!(!install.is_keyed && !install.deletes_manifests() && install.deletes_namespace());
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(install.get("path"), Some(&text("clusters/lab")));
    assert_eq!(install.get("version"), Some(&text("v2.3.0")));
    let extra = ["image-reflector-controller", "image-automation-controller"].map(str::to_owned);
    assert_eq!(install.get("components_extra"), Some(&Value::Texts(extra.to_vec())));
    assert_eq!(install.get("embedded_manifests"), Some(&Value::Flag(true)));
    let override_text = "resources:\n  - gotk-components.yaml\n  - gotk-sync.yaml\n";
    assert_eq!(install.get("kustomization_override"), Some(&text(override_text)));
    assert_eq!(install.get("secret_name"), Some(&Value::Expression("var.secret".to_owned())));
    assert_eq!(install.get("interval"), Some(&Value::Expression("\"${var.minutes}m\"".to_owned())));
    assert_eq!(install.get("depends_on"), None);
    let path = install.attributes.iter().find(|attribute| attribute.name == "path").unwrap();
    assert_eq!(path.place.range(), "16:3-36");
    assert_eq!(
        install.message,
        "`flux_bootstrap_git.this` writes the gotk files again on every apply, and destroying it uninstalls Flux and \
         deletes the namespace with all that runs in it: take it out of the state before anything changes in Git"
    );
}

#[test]
fn addresses_lead_through_modules() {
    let install = one(&[
        ("modules/flux/main.tf", "resource \"flux_bootstrap_git\" \"this\" {\n  path = var.path\n}\n"),
        (
            "live/main.tf",
            "module \"lab\" {\n  source = \"../modules/flux\"\n}\nmodule \"prod\" {\n  for_each = toset([\"a\"])\n  source \
             = \"../modules/flux/\"\n}\nmodule \"other\" {\n  source = \"terraform-aws-modules/eks/aws\"\n}\n",
        ),
    ]);
    assert_eq!(
        install.addresses,
        ["module.lab.flux_bootstrap_git.this", "module.prod.flux_bootstrap_git.this"]
    );
    assert!(install.is_keyed && install.deletes_manifests());
}

#[test]
fn modules_that_call_each_other_end() {
    let call = "module \"a\" {\n  source = \"../x\"\n}\nmodule \"b\" {\n  source = \"../x\"\n}\nmodule \"c\" { source = \
                \"../y\" }\nresource \"flux_bootstrap_git\" \"this\" {}\n";
    let found = seen(&[("x/main.tf", call), ("y/main.tf", call)]);
    assert_eq!(found.terraform.len(), 2);
}

const DATA_SOURCES: &str = r#"data "flux_install" "main" {
  target_path = "staging-cluster"
  components_extra = toset(["image-reflector-controller"])
}

data "flux_sync" "main" {
  target_path = "staging-cluster"
  url         = "ssh://git@github.com/${var.github_owner}/${var.repository_name}.git"
  branch      = "main"
}

resource "kubernetes_namespace" "flux_system" {
  metadata {
    name = "flux-system"
  }
  lifecycle {
    ignore_changes = [metadata[0].labels]
  }
}

data "kubectl_file_documents" "install" {
  content = data.flux_install.main.content
}

locals {
  install = [for v in data.kubectl_file_documents.install.documents : {
    data : yamldecode(v)
    content : v
  }]
  install_count = 3
}

resource "kubectl_manifest" "install" {
  for_each   = { for v in local.install : sha1(v.content) => v.content }
  depends_on = [kubernetes_namespace.flux_system]
  yaml_body  = each.value
}

resource "kubernetes_secret" "main" {
  depends_on = [kubectl_manifest.install]
  metadata {
    name      = data.flux_sync.main.secret
    namespace = data.flux_sync.main.namespace
  }
}

resource "github_repository_file" "install" {
  repository = github_repository.main.name
  file       = data.flux_install.main.path
  content    = data.flux_install.main.content
}

resource "github_repository_file" "sync" {
  file    = data.flux_sync.main.path
  content = "${data.flux_sync.main.content}"
}

resource "github_repository_file" "readme" {
  depends_on = [data.flux_sync.main]
  file       = "README.md"
  content    = "${local.install_count} of data.flux_sync.main_other"
}

output "path" {
  value = data.flux_install.main.path
}
"#;

#[test]
fn what_the_old_data_sources_feed_is_found() {
    let found = seen(&[("flux/main.tf", DATA_SOURCES)]);
    let told: Vec<(Vec<String>, Vec<String>)> = found
        .terraform
        .iter()
        .map(|install| {
            let fed = install.fed.iter().map(|fed| format!("{} {}", fed.place.line, fed.addresses[0]));
            (install.addresses.clone(), fed.collect())
        })
        .collect();
    let expected = [
        (
            vec!["data.flux_install.main".to_owned()],
            vec![
                "12 kubernetes_namespace.flux_system".to_owned(),
                "33 kubectl_manifest.install".to_owned(),
                "47 github_repository_file.install".to_owned(),
            ],
        ),
        (
            vec!["data.flux_sync.main".to_owned()],
            vec![
                "12 kubernetes_namespace.flux_system".to_owned(),
                "39 kubernetes_secret.main".to_owned(),
                "53 github_repository_file.sync".to_owned(),
            ],
        ),
    ];
    assert_eq!(told, expected);
    assert!(found.terraform[0].fed[1].is_keyed);
    assert_eq!(
        found.terraform[1].get("url"),
        Some(&Value::Expression(
            "\"ssh://git@github.com/${var.github_owner}/${var.repository_name}.git\"".to_owned()
        ))
    );
    assert_eq!(
        found.terraform[0].fed[2].message,
        "`github_repository_file.install` is destroyed with what feeds it, and deletes a file of the installation from Git"
    );
    let owners: Vec<_> = found.owners_of("flux-system", "clusters/lab/flux-system").collect();
    assert_eq!(owners.len(), 1);
    assert_eq!(at(&owners[0].place), "flux/main.tf:12");
}

#[test]
fn broken_terraform_is_passed_over() {
    for text in [
        "resource \"flux_bootstrap_git\" \"this\"",
        "resource \"flux_bootstrap_git",
        "resource = {",
        "}}}} ]] \"\\é",
        "a = <<EOT\nresource \"flux_bootstrap_git\" \"in_text\" {}\n",
        "a = \"${\"resource \\\"flux_bootstrap_git\\\"\"}\"",
        "é { }\n",
    ] {
        assert_eq!(seen(&[("main.tf", text)]).terraform, [], "{text}");
    }
    let install =
        one(&[("main.tf", "a = \"${b[\"x\"]} é\"\n???\nresource flux_bootstrap_git this { path = \"p\" }")]);
    assert_eq!((install.place.line, install.get("path")), (3, Some(&Value::Text("p".to_owned()))));
    let deep = "a {\n".repeat(5000);
    assert_eq!(seen(&[("main.tf", &deep)]).terraform, []);
}
