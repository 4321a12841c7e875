//! The CPU time, memory and descriptors of processes, as the kernel tells them.

use std::fs;
use std::time::Duration;

use server_tests::process::Pid;

/// The sum of what some processes have used, or use now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Time on a CPU, of threads that are still there.
    pub(crate) cpu: Duration,
    /// Bytes of memory that belong to no file: heaps and stacks.
    pub(crate) memory: u64,
    /// Open descriptors.
    pub(crate) descriptors: usize,
}

impl Usage {
    /// Of these processes, as far as they are there.
    pub(crate) fn of(pids: &[Pid]) -> Self {
        let mut sum = Self::default();
        for pid in pids {
            sum.cpu += cpu(*pid);
            sum.memory += memory(*pid);
            sum.descriptors += descriptors(*pid);
        }
        sum
    }
}

/// The most bytes of memory that a process has had at once.
pub(crate) fn peak(pid: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// The number of descriptors that they have open.
pub(crate) fn all_descriptors(pids: &[Pid]) -> usize {
    pids.iter().map(|pid| descriptors(*pid)).sum()
}

fn cpu(pid: Pid) -> Duration {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let of_task = |task: fs::DirEntry| -> Option<u64> {
        let statistics = fs::read_to_string(task.path().join("schedstat")).ok()?;
        statistics.split(' ').next()?.parse().ok()
    };
    Duration::from_nanos(tasks.filter_map(of_task).sum())
}

fn memory(pid: Pid) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Anonymous:"));
    let kilobytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

fn descriptors(pid: Pid) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}
