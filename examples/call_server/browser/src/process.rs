//! What a process of this machine has: [`Usage`].

use std::fs;

use crate::{Error, Result};

/// The figures of `/proc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Open file descriptors.
    pub descriptors: usize,
    /// Threads.
    pub threads: usize,
    /// Memory that is in use (RSS).
    pub memory_kib: usize,
}

impl Usage {
    /// Reads what a process has now.
    ///
    /// # Errors
    /// If there is no such process.
    pub fn of(pid: u32) -> Result<Self> {
        let count = |what: &str| Ok::<_, Error>(fs::read_dir(format!("/proc/{pid}/{what}"))?.count());
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let memory_kib = memory.trim().trim_end_matches(" kB").parse()?;
        Ok(Self { descriptors: count("fd")?, threads: count("task")?, memory_kib })
    }
}

/// The process that was started with this argument, and is not a child of such a one: of a browser's many the first.
pub fn with_argument(argument: &str) -> Result<u32> {
    let all = fs::read_dir("/proc")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let is_it = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.split('\0').any(|given| given == argument) && !line.contains("--type=")
    };
    all.filter(is_it).min().ok_or_else(|| format!("no process has the argument {argument}").into())
}
