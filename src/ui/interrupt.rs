//! Ctrl-C: while something must not be cut in two, it is a wish that is heard, not the end of the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// Keeps a signal from ending the process as long as it lives.
pub(super) struct Hold(&'static Signal);

/// A signal, and how many hold it.
pub(super) struct Signal {
    /// While this is `false`, it does not end the process.
    kill: Arc<AtomicBool>,
    /// Whether it came since the first of its holders began.
    came: Arc<AtomicBool>,
    holders: Mutex<usize>,
}

/// Ctrl-C.
pub(super) fn ctrl_c() -> &'static Signal {
    static CTRL_C: OnceLock<Signal> = OnceLock::new();
    CTRL_C.get_or_init(|| Signal::new(SIGINT))
}

/// The wish of another program that this one ends.
pub(super) fn termination() -> &'static Signal {
    static TERMINATION: OnceLock<Signal> = OnceLock::new();
    TERMINATION.get_or_init(|| Signal::new(SIGTERM))
}

/// Ends the process as Ctrl-C does where nothing holds it.
pub(super) fn end() {
    let _ = low_level::emulate_default_handler(SIGINT);
}

impl Signal {
    fn new(signal: i32) -> Self {
        let (kill, came) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        // Without the handlers the signal kills the process, as it does where nothing holds it.
        let _ = flag::register_conditional_default(signal, Arc::clone(&kill))
            .and_then(|_| flag::register(signal, Arc::clone(&came)));
        Self { kill, came, holders: Mutex::new(0) }
    }

    pub(super) fn hold(&'static self) -> Hold {
        let mut holders = self.holders();
        if *holders == 0 {
            self.came.store(false, Ordering::SeqCst);
            self.kill.store(false, Ordering::SeqCst);
        }
        *holders += 1;
        Hold(self)
    }

    fn holders(&self) -> MutexGuard<'_, usize> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hold {
    /// Whether the signal came.
    pub(super) fn came(&self) -> bool {
        self.0.came.load(Ordering::SeqCst)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut holders = self.0.holders();
        *holders -= 1;
        if *holders == 0 {
            self.0.kill.store(true, Ordering::SeqCst);
        }
    }
}
