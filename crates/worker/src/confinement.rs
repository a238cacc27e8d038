//! What a child takes from itself before it reads foreign bytes.
//!
//! Resource limits bound memory and processor time; a filter of system calls leaves a few that
//! computing needs. Every other call fails with EPERM rather than killing: allocators and language
//! runtimes look at `/sys` now and then and do without. Descriptors that were inherited by mistake
//! are of no use either, because reading is allowed on the first and writing on the next two.

use crate::ChildError;
use model::limits::{WORKER_CPU_SECONDS, WORKER_MEMORY_BYTES};
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;

/// How much a child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confinement {
    /// Address space in bytes, the program itself included.
    pub memory_bytes: u64,
    /// Processor time of one job in seconds.
    pub cpu_seconds: u64,
}

impl Default for Confinement {
    fn default() -> Confinement {
        Confinement { memory_bytes: WORKER_MEMORY_BYTES, cpu_seconds: WORKER_CPU_SECONDS }
    }
}

impl Confinement {
    /// Limits this process for good. Only its one thread may run.
    pub(crate) fn enter(self) -> Result<(), ChildError> {
        let resources = [
            (Resource::As, self.memory_bytes, "memory"),
            (Resource::Core, 0, "core dumps"),
            (Resource::Fsize, 0, "files' sizes"),
            (Resource::Nofile, 0, "new descriptors"),
            (Resource::Nproc, 0, "new processes"),
        ];
        for (resource, value, what) in resources {
            let both = Rlimit { current: Some(value), maximum: Some(value) };
            setrlimit(resource, both)
                .map_err(|error| ChildError::Limit { what, source: error.into() })?;
        }
        seccompiler::apply_filter(&filter()?)?;
        Ok(())
    }

    /// Gives the next job its processor time. The soft limit is what kills; the parent's clock
    /// stands behind it should a job raise it.
    pub(crate) fn renew(self) -> Result<(), ChildError> {
        let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
        let until = u64::try_from(used).unwrap_or_default() + self.cpu_seconds + 1;
        setrlimit(Resource::Cpu, Rlimit { current: Some(until), maximum: None })
            .map_err(|error| ChildError::Limit { what: "processor time", source: error.into() })
    }
}

/// The system calls that computing needs.
fn filter() -> Result<BpfProgram, BackendError> {
    let unconditional = [
        libc::SYS_brk,
        libc::SYS_clock_gettime,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_futex,
        libc::SYS_getpid,
        libc::SYS_getrandom,
        libc::SYS_gettid,
        libc::SYS_madvise,
        libc::SYS_mremap,
        libc::SYS_munmap,
        libc::SYS_restart_syscall,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sched_yield,
        libc::SYS_sigaltstack,
        libc::SYS_tgkill,
    ];
    let not_executable = SeccompCmpOp::MaskedEq(libc::PROT_EXEC.unsigned_abs().into());
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        unconditional.into_iter().map(|call| (call, Vec::new())).collect();
    rules.insert(libc::SYS_read, vec![rule(&[(0, SeccompCmpOp::Eq, 0)])?]);
    let outputs = [1, 2].map(|descriptor| rule(&[(0, SeccompCmpOp::Eq, descriptor)]));
    rules.insert(libc::SYS_write, outputs.into_iter().collect::<Result<_, _>>()?);
    rules.insert(libc::SYS_mmap, vec![rule(&[(2, not_executable.clone(), 0)])?]);
    rules.insert(libc::SYS_mprotect, vec![rule(&[(2, not_executable, 0)])?]);
    let processor_time = u64::from(libc::RLIMIT_CPU);
    let own_processor_time =
        rule(&[(0, SeccompCmpOp::Eq, 0), (1, SeccompCmpOp::Eq, processor_time)])?;
    rules.insert(libc::SYS_prlimit64, vec![own_processor_time]);
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, refused, SeccompAction::Allow, architecture)?.try_into()
}

/// A call is allowed when each of these arguments (number, comparison, value) is so.
fn rule(arguments: &[(u8, SeccompCmpOp, u64)]) -> Result<SeccompRule, BackendError> {
    let conditions = arguments.iter().map(|(number, comparison, value)| {
        SeccompCondition::new(*number, SeccompCmpArgLen::Dword, comparison.clone(), *value)
    });
    SeccompRule::new(conditions.collect::<Result<_, _>>()?)
}
