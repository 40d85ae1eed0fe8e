//! The interview in a real terminal: the built program behind a pseudo-terminal, key by key.

use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use rexpect::session::{PtySession, spawn_command};

use crate::harness::World;

/// How long anything may take, in milliseconds; a machine under load is slow.
const PATIENCE: u64 = 60_000;
const DOWN: &str = "\x1b[B";
const ESCAPE: &str = "\x1b";
const ENTER: &str = "\r";
const INTERRUPT: &str = "\x03";

/// A terminal in which the program runs, and what has been seen there.
struct Terminal {
    world: World,
    session: PtySession,
    seen: String,
}

impl Terminal {
    /// Runs `new` with `args` in a terminal of `columns`, then tells the exit code and the state of the terminal.
    fn new(world: World, columns: u16, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let script = format!(
            "stty cols {columns} rows 40; modes=$(stty -g)\n\"$0\" new \"$@\"\necho \"code=$?\"\n\
             test \"$modes\" = \"$(stty -g)\" && echo same modes"
        );
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(cargo_bin("flux-forge")).args(args);
        command.current_dir(world.root()).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", world.root()).env("TERM", "xterm").env("LANG", "C.UTF-8");
        command.envs(variables.iter().copied());
        let session = spawn_command(command, Some(PATIENCE)).unwrap();
        Self { world, session, seen: String::new() }
    }

    fn plain(args: &[&str]) -> Self {
        Self::new(World::new(), 80, args, &[("NO_COLOR", "1")])
    }

    /// Waits until `text` is shown.
    fn expect(&mut self, text: &str) {
        // The session takes each byte for a character.
        let bytes: String = text.bytes().map(char::from).collect();
        match self.session.exp_string(&bytes) {
            Ok(before) => {
                let before: Vec<u8> = before.chars().map(|character| character as u8).collect();
                self.seen.push_str(&format!("{}{text}", String::from_utf8_lossy(&before)));
            }
            Err(error) => panic!("`{text}` is not shown after\n{}\n{error}", self.seen),
        }
    }

    /// Waits for a question and answers it.
    fn answer(&mut self, question: &str, keys: &[&str]) {
        self.expect(&format!("{question}:"));
        for key in keys {
            self.session.send(key).unwrap();
        }
        self.session.flush().unwrap();
    }

    /// Types a line as the answer to a question, and waits until it is taken.
    fn line(&mut self, question: &str, text: &str) {
        self.answer(question, &[text, ENTER]);
        self.expect(&format!("{question}:"));
    }

    /// Takes what is offered as the answer to each question.
    fn take(&mut self, questions: &[&str]) {
        for question in questions {
            self.answer(question, &[ENTER]);
            self.expect(&format!("{question}:"));
        }
    }

    /// Waits for the end; the exit code, with the terminal as it was before.
    fn end(mut self) -> (World, u8, String) {
        self.expect("code=");
        let code = self.session.exp_regex("[0-9]+").expect("a number follows").1;
        self.expect("same modes");
        let cursor = |code: &str| self.seen.rfind(code);
        assert!(cursor("\x1b[?25l") <= cursor("\x1b[?25h"), "the cursor is hidden: {:?}", self.seen);
        (self.world, code.parse().unwrap(), self.seen)
    }
}

const FIRST: [&str; 7] = [
    "Which pattern",
    "Where will the repository live",
    "Which clusters, in which environment",
    "Base domain",
    "Where do the clusters run",
    "Platform components",
    "Teams and their namespaces",
];

#[test]
fn enter_alone_writes_a_monorepo() {
    let mut terminal = Terminal::plain(&["out"]);
    terminal.take(&FIRST);
    terminal.take(&[
        "How does Flux authenticate to Git",
        "Where do failures go",
        "How do apps reach production",
    ]);
    terminal.expect("├── apps/");
    terminal.expect("Your answers");
    terminal.take(&["What now"]);
    terminal.expect("Committed to `main`");
    let (world, code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert_eq!(
        world.git_run(&["-C", "out", "log", "--format=%s"]),
        "Let Flux manage staging and production\n"
    );
    let answers = world.read("out/.flux-forge/answers.yaml");
    assert!(answers.contains("repository: ssh://git@github.com/example/out\n"), "{answers}");
}

#[test]
fn a_long_interview_of_a_gitless_fleet() {
    let mut terminal = Terminal::plain(&["out"]);
    terminal.answer("Which pattern", &[DOWN, DOWN, ENTER]);
    terminal.line("Where will the repository live", "git@git.lab:Acme/stack.git");
    terminal.line("Which clusters, in which environment", "dev=dev, eu=prod*, us=prod*");
    terminal.line("Base domain", "acme.io");
    terminal.answer("Where do the clusters run", &[DOWN, ENTER]);
    // cert-manager, envoy-gateway, metrics-server, kube-prometheus-stack, kyverno, external-secrets: by capability.
    terminal.answer("Platform components", &[" ", " ", DOWN, DOWN, DOWN, DOWN, " ", ENTER]);
    terminal.expect("Platform components: ");
    terminal.line("Teams and their namespaces", "shop=shop-web,shop-api; ops");
    terminal
        .line("OCI registry and path for the artifacts", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme");
    terminal.expect("Not beside the other answers: `keyless`");
    terminal.answer("How are artifacts signed", &[ENTER]);
    terminal.take(&["Who issues certificates"]);
    terminal.line("Contact e-mail for certificates", "ops@acme.io");
    terminal.answer("Where do failures go", &[DOWN, ENTER]);
    terminal.line("Which channel there", "#ops");
    terminal.take(&["What now"]);
    let (world, code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    let answers = world.read("out/stack-fleet/.flux-forge/answers.yaml");
    for line in
        ["pattern: gitless", "platform: aws", "signing: key-pair", "provider: slack", "channel: \"#ops\""]
    {
        assert!(answers.contains(line), "{line}: {answers}");
    }
    for folder in ["stack-fleet", "stack-infra", "stack-apps"] {
        assert!(world.exists(&format!("out/{folder}/.git/refs/heads/main")), "{seen}");
    }
}

#[test]
fn a_wrong_answer_is_asked_again() {
    let mut terminal = Terminal::plain(&["out", "--pattern=multi-repo"]);
    terminal.line("Where will the repository live", "https://bot@github.com/acme/x");
    terminal.expect("no: `repository` is `https://***@github.com/acme/x`, which holds a");
    terminal.line("Where will the repository live", "acme/x");
    terminal.line("Which clusters, in which environment", "a=prod*");
    terminal.expect("no: `clusters` has production clusters only");
    terminal.line("Which clusters, in which environment", "a=dev");
    terminal.line("Base domain", "https://acme.io");
    terminal.expect("(did you mean `acme.io`?)");
    terminal.line("Base domain", "none");
    terminal.take(&FIRST[4..]);
    terminal.take(&["How does Flux authenticate to Git", "Where do failures go", "What now"]);
    let (world, code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert!(world.exists("out/x-fleet/clusters/a"), "{seen}");
}

/// The shortest way to the review.
fn reviewed() -> Terminal {
    let mut terminal = Terminal::plain(&["out", "--pattern=monorepo", "--set=components=metrics-server"]);
    terminal.take(&FIRST[1..5]);
    terminal.take(&FIRST[6..]);
    terminal.take(&[
        "How does Flux authenticate to Git",
        "Where do failures go",
        "How do apps reach production",
    ]);
    terminal.expect("Your answers");
    terminal
}

#[test]
fn an_answer_is_changed_in_the_review() {
    let mut terminal = reviewed();
    terminal.answer("What now", &[DOWN, ENTER]);
    // Pattern, repository, clusters.
    terminal.answer("Which one", &[DOWN, DOWN, ENTER]);
    terminal.line("Which clusters, in which environment", "only=dev");
    terminal.expect("clusters         only=dev");
    terminal.take(&["What now"]);
    let (world, code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert!(world.exists("out/clusters/only") && !world.exists("out/clusters/staging"), "{seen}");
}

#[test]
fn a_stop_in_the_review_leaves_nothing_behind() {
    let mut terminal = reviewed();
    terminal.answer("What now", &[DOWN, DOWN, ENTER]);
    terminal.expect("refused: nothing was written, as you wished");
    let (world, code, seen) = terminal.end();
    assert_eq!(code, 2, "{seen}");
    assert_eq!(world.tree(), "");
}

#[test]
fn an_interrupt_leaves_the_terminal_as_it_was() {
    let stops = [
        ("Which pattern", INTERRUPT),
        ("Which pattern", ESCAPE),
        ("Where will the repository live", INTERRUPT),
    ];
    for (question, key) in stops {
        let mut terminal = Terminal::new(World::new(), 80, &["out"], &[]);
        terminal.expect("Which pattern");
        if question != "Which pattern" {
            terminal.session.send(ENTER).unwrap();
            terminal.session.flush().unwrap();
            terminal.expect(question);
        }
        // The last thing drawn, so that the program waits for a key.
        terminal.expect(if question == "Which pattern" { "OCI artifacts" } else { "›" });
        std::thread::sleep(std::time::Duration::from_millis(300));
        terminal.session.send(key).unwrap();
        terminal.session.flush().unwrap();
        terminal.expect(&format!("nothing was written, since you stopped at: {question}"));
        let (world, code, seen) = terminal.end();
        assert_eq!(code, 2, "{seen}");
        assert_eq!(world.tree(), "", "{question}");
    }
}

#[test]
fn what_the_machine_knows_is_offered() {
    let config = "apiVersion: v1\nkind: Config\ncurrent-context: work\n\
        contexts: [{name: work, context: {cluster: eu, user: me}}]\n\
        clusters: [{name: eu, cluster: {server: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com'}}]\n";
    let world = World::new()
        .file("kube/config", config)
        .file(".docker/config.json", r#"{"auths": {"https://index.docker.io/v1/": {}, "ghcr.io": {}}}"#)
        .file(".gitconfig", "[user]\n\temail = ada@acme.io\n[github]\n\tuser = Ada\n");
    let kubeconfig = world.path("kube/config").display().to_string();
    let variables = [("NO_COLOR", "1"), ("KUBECONFIG", kubeconfig.as_str())];
    let mut terminal = Terminal::new(world, 80, &["out", "--domain=acme.io"], &variables);
    terminal.expect("Offered because of a login to a registry.");
    terminal.take(&FIRST[..3]);
    terminal.expect("Offered because of the current context of kubectl.");
    terminal.take(&FIRST[4..]);
    terminal.take(&["OCI registry and path for the artifacts", "Who issues certificates"]);
    terminal.expect("Offered because of Git's `user.email`.");
    terminal.take(&["Contact e-mail for certificates", "Where do failures go"]);
    terminal.take(&["What now"]);
    let (world, code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    let answers = world.read("out/out-fleet/.flux-forge/answers.yaml");
    for line in [
        "pattern: gitless\n",
        "registry: ghcr.io/ada\n",
        "platform: aws\n",
        "email: ada@acme.io\n",
        "github.com/Ada/out\n",
    ] {
        assert!(answers.contains(line), "{line}: {answers}");
    }
}

#[test]
fn a_narrow_terminal_shows_whole_words() {
    let mut terminal = Terminal::new(World::new(), 60, &["out", "--dry-run"], &[("NO_COLOR", "1")]);
    terminal.take(&FIRST);
    terminal.take(&[
        "How does Flux authenticate to Git",
        "Where do failures go",
        "How do apps reach production",
    ]);
    let (_, code, seen) = terminal.end();
    assert_eq!(code, 1, "{seen}");
    let shown = seen.split("code=").next().unwrap().replace("\x1b[?25l", "").replace("\x1b[?25h", "");
    let wide: Vec<&str> =
        shown.lines().filter(|line| !line.contains('\x1b') && line.chars().count() > 60).collect();
    assert_eq!(wide, [""; 0], "{seen}");
}
