//! What is in memory is never written to a disk when the program crashes: it holds keys, and texts while they are sent.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Forbids the system to write this process's memory to a file when it crashes, or to hand it to another program.
///
/// # Errors
/// When the system does not let itself be told.
pub fn leave_no_dump() -> std::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // The limit does not hold where dumps go to a program (`core_pattern` with a pipe); this does.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}
