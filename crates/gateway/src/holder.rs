//! Who holds a lease: a name by which another process on the same machine can tell that the
//! holder is dead, so that a killed pull does not block the next one for the lease's whole time.

use model::IdSource;

/// The name of this process as a holder: boot, process name space, process, its start, a nonce.
/// On a system without `/proc` it is the nonce alone, and nobody takes over before the time is up.
pub fn own_name(ids: &dyn IdSource) -> String {
    let nonce = ids.uuid().simple().to_string();
    let process = std::process::id();
    match (machine(), start_ticks(process)) {
        (Some(machine), Some(start)) => format!("{machine}/{process}/{start}/{nonce}"),
        _ => nonce,
    }
}

/// Whether the process of a holder's name is known to be gone. A holder on another machine, or
/// in another process name space, is never known to be.
pub fn is_dead(holder: &str) -> bool {
    let parts: Vec<&str> = holder.split('/').collect();
    let [boot, name_space, process, start, _nonce] = parts.as_slice() else { return false };
    if machine().as_deref() != Some(&format!("{boot}/{name_space}")) {
        return false;
    }
    match process.parse() {
        Ok(process) => start_ticks(process).as_deref() != Some(*start),
        Err(_) => false,
    }
}

fn machine() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let name_space = std::fs::read_link("/proc/self/ns/pid").ok()?;
    let name_space = name_space.to_str()?.replace('/', "-");
    Some(format!("{}/{name_space}", boot.trim()))
}

/// When a process began, in clock ticks since boot (field 22 of its `stat`); a number that comes
/// again for another process has another beginning. A zombie counts as gone.
fn start_ticks(process: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::CountingIds;

    #[test]
    fn a_living_process_is_not_dead_and_an_ended_one_is() {
        let own = own_name(&CountingIds::new());
        assert!(!is_dead(&own));
        let mut parts: Vec<String> = own.split('/').map(str::to_owned).collect();
        parts[3] = "1".to_owned();
        assert!(is_dead(&parts.join("/")), "the number was given to another process");
        parts[0] = "another-boot".to_owned();
        assert!(!is_dead(&parts.join("/")), "nothing is known of another machine");
        assert!(!is_dead("nonce"));
    }
}
