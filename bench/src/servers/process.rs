//! A server's process: [`Process`], and what it has used of the machine.

use std::{
    fs,
    process::{Child, Command},
};

use crate::Result;

/// The unit of times in /proc/PID/stat, as Linux tells programs on all machines.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process that is ended when this is dropped.
#[derive(Debug)]
pub struct Process {
    pub child: Child,
}

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> Result<Self> {
        let child = command.spawn().map_err(|fault| format!("{} cannot be run: {fault}", program(command)))?;
        Ok(Self { child })
    }

    /// Seconds of processor time that all its threads have used, in itself and in the system.
    pub fn cpu_seconds(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        Ok(cpu_seconds(&stat).ok_or("/proc/PID/stat is of another form")?)
    }

    /// Memory that it has now, in MiB.
    pub fn memory_mib(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        Ok(resident_mib(&status).ok_or("/proc/PID/status has no VmRSS")?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command runs: behind `nice` and `chroot`, the program itself.
fn program(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn cpu_seconds(stat: &str) -> Option<f64> {
    // The name before may have spaces and brackets in it.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    let (user, system) = (fields.next()?.ok()?, fields.next()?.ok()?);
    Some((user + system) / TICKS_PER_SECOND)
}

fn resident_mib(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_memory_are_read() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 1 0 5 6 7";
        assert_eq!(cpu_seconds(stat), Some(3.0));
        assert_eq!(cpu_seconds("7 (a) S 1"), None);
        assert_eq!(resident_mib("Name:\ta\nVmRSS:\t    2048 kB\n"), Some(2.0));
    }

    #[test]
    fn a_process_is_watched_until_it_is_ended() {
        let process = Process::start(Command::new("sleep").arg("60")).unwrap();
        assert!(process.cpu_seconds().unwrap() < 1.0 && process.memory_mib().unwrap() > 0.0);
        let fault = Process::start(&mut Command::new("/no/such/program")).unwrap_err().to_string();
        assert!(fault.starts_with("/no/such/program cannot be run: "), "{fault}");
    }
}
