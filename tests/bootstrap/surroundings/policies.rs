//! Policies that the operator may run into.

use super::{at, seen};

fn told(text: &str) -> Vec<String> {
    let found = seen(&[("policies/one.yaml", text)]);
    found.policies.iter().map(|policy| format!("{} {:?}", at(&policy.place), policy.why)).collect()
}

/// A policy of Kyverno with one rule.
fn kyverno(rule: &str) -> String {
    let rule = rule.replace('\n', "\n      ");
    format!(
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: one\nspec:\n  rules:\n    - name: x\n      {rule}\n"
    )
}

const PODS: &str = "match:\n  any:\n    - resources:\n        kinds: [Pod]\n";

#[test]
fn signatures_of_flux_are_found() {
    let old = "match:\n  resources:\n    kinds:\n      - Pod\nverifyImages:\n  - image: \"ghcr.io/fluxcd/helm-controller:*\"";
    assert_eq!(told(&kyverno(old)), ["policies/one.yaml:13 Signatures"]);
    let new =
        format!("{PODS}verifyImages:\n  - imageReferences:\n      - \"ghcr.io/fluxcd/source-controller:*\"");
    let found = seen(&[("policies/one.yaml", &kyverno(&new))]);
    assert_eq!(
        found.policies[0].message,
        "ClusterPolicy `one` verifies the signatures of Flux's images, which the operator names by digest; as written it only \
         reports"
    );
    let strict =
        kyverno(&new).replace("spec:\n  rules", "spec:\n  validationFailureAction: Enforce\n  rules");
    assert!(!seen(&[("policies/one.yaml", &strict)]).policies[0].only_reports);
    let all = format!("{PODS}verifyImages:\n  - imageReferences: [\"*\"]");
    assert_eq!(told(&kyverno(&all)).len(), 1);
    let other = format!("{PODS}verifyImages:\n  - imageReferences: [\"ghcr.io/acme/*\"]");
    assert_eq!(told(&kyverno(&other)), [""; 0]);
    let excluded =
        format!("{all}\nexclude:\n  any:\n    - resources:\n        namespaces: [kube-system, \"flux-*\"]");
    assert_eq!(told(&kyverno(&excluded)), [""; 0]);
}

#[test]
fn lists_of_images_without_the_operator_are_found() {
    let registries = |list: &str| {
        format!(
            "{PODS}validate:\n  message: not ghcr.io/fluxcd\n  pattern:\n    spec:\n      containers:\n        - image: \"{list}\""
        )
    };
    let found = told(&kyverno(&registries("gcr.io/* | ghcr.io/fluxcd/* | quay.io/*")));
    assert_eq!(found, ["policies/one.yaml:17 Images"]);
    for covered in ["ghcr.io/fluxcd/* | ghcr.io/controlplaneio-fluxcd/*", "ghcr.io/*", "!*:latest"] {
        assert_eq!(told(&kyverno(&registries(covered))), [""; 0], "{covered}");
    }
}

#[test]
fn the_namespace_counts_where_it_is_matched() {
    let rule = "match:\n  any:\n    - resources:\n        kinds: [Secret]\n        namespaces:\n          - flux-system\nvalidate: \
                {deny: {}}";
    assert_eq!(told(&kyverno(rule)), ["policies/one.yaml:13 Namespace"]);
    let everywhere = rule.replace("flux-system", "\"*\"");
    assert_eq!(told(&kyverno(&everywhere)), [""; 0]);
    let elsewhere = "match:\n  resources:\n    kinds: [Pod]\n    namespaces: [apps]\nvalidate:\n  pattern:\n    spec:\n      \
                     containers:\n        - =(args): [\"!--insecure\"]";
    assert_eq!(told(&kyverno(elsewhere)), [""; 0]);
    // The policy of Flux's own example for several tenants.
    let excluded = "exclude:\n  resources:\n    namespaces:\n      - flux-system\nmatch:\n  resources:\n    kinds:\n      - \
                    GitRepository\nvalidate:\n  anyPattern:\n    - spec:\n        url: \"https://github.com/fluxcd/?*\"";
    assert_eq!(told(&kyverno(excluded)), [""; 0]);
}

#[test]
fn accounts_labels_and_arguments_are_found() {
    let account = "match:\n  any:\n    - resources: {kinds: [Deployment]}\nexclude:\n  any:\n    - subjects:\n        - kind: \
                   ServiceAccount\n          name: kustomize-controller\n          namespace: flux-system\nvalidate: {deny: {}}";
    assert_eq!(told(&kyverno(account)), ["policies/one.yaml:14 Accounts"]);
    let user = "match:\n  any:\n    - resources: {kinds: [Deployment]}\npreconditions:\n  all:\n    - key: \"{{ \
                request.userInfo.username }}\"\n      operator: NotEquals\n      value: \
                system:serviceaccount:flux-system:helm-controller\nvalidate: {deny: {}}";
    assert_eq!(told(&kyverno(user)), ["policies/one.yaml:15 Accounts"]);
    let label = "match:\n  any:\n    - resources: {kinds: [\"*\"]}\nvalidate:\n  pattern:\n    metadata:\n      labels:\n        \
                 kustomize.toolkit.fluxcd.io/name: \"?*\"";
    assert_eq!(told(&kyverno(label)), ["policies/one.yaml:15 Labels"]);
    let arguments = format!(
        "{PODS}validate:\n  pattern:\n    spec:\n      containers:\n        - =(args): [\"!--debug\"]"
    );
    assert_eq!(told(&kyverno(&arguments)), ["policies/one.yaml:16 Arguments"]);
    let pod_labels = format!(
        "{PODS}validate:\n  pattern:\n    metadata:\n      labels:\n        app.kubernetes.io/instance: \"?*\""
    );
    assert_eq!(told(&kyverno(&pod_labels)), ["policies/one.yaml:16 PodLabels"]);
    let ingress = pod_labels.replace("[Pod]", "[Ingress]");
    assert_eq!(told(&kyverno(&ingress)), [""; 0]);
    let words =
        format!("{PODS}validate:\n  pattern:\n    spec:\n      containers:\n        - name: \"!targets\"");
    assert_eq!(told(&kyverno(&words)), [""; 0]);
}

#[test]
fn policies_of_one_namespace_count_there_only() {
    let text = kyverno(&format!("{PODS}verifyImages:\n  - imageReferences: [\"*\"]"));
    let policy = |namespace: &str| {
        text.replace("ClusterPolicy", "Policy")
            .replace("name: one", &format!("name: one\n  namespace: {namespace}"))
    };
    assert_eq!(told(&policy("apps")), [""; 0]);
    assert_eq!(told(&policy("flux-system")), ["policies/one.yaml:14 Signatures"]);
}

#[test]
fn constraints_and_expressions_are_found() {
    let gatekeeper = "apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sAllowedRepos
metadata:
  name: repos
spec:
  match:
    kinds:
      - apiGroups: [\"\"]
        kinds: [Pod]
  parameters:
    repos:
      - ghcr.io/fluxcd/
      - docker.io/
";
    assert_eq!(told(gatekeeper), ["policies/one.yaml:12 Images"]);
    let excluded = gatekeeper.replace("  match:\n", "  match:\n    excludedNamespaces: [flux-system]\n");
    assert_eq!(told(&excluded), [""; 0]);
    let allowed = gatekeeper.replace("docker.io/", "ghcr.io/controlplaneio-fluxcd/");
    assert_eq!(told(&allowed), [""; 0]);
    let expression = "apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: args
spec:
  matchConstraints:
    namespaceSelector:
      matchExpressions:
        - key: kubernetes.io/metadata.name
          operator: In
          values: [flux-system]
    resourceRules:
      - apiGroups: [apps]
        resources: [deployments]
  validations:
    - expression: object.spec.template.spec.containers.all(c, !has(c.args) || c.args.size() < 20)
";
    assert_eq!(told(expression), ["policies/one.yaml:11 Namespace", "policies/one.yaml:16 Arguments"]);
    assert_eq!(told(&expression.replace("operator: In", "operator: NotIn")), [""; 0]);
    assert_eq!(told(&expression.replace("[flux-system]", "[apps]")), [""; 0]);
}
