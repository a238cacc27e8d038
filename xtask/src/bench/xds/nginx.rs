//! A static file server on loopback: what a transfer of bytes costs at least.

use super::Plan;
use crate::process;
use crate::server::{self, Server};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// A running nginx of one process.
pub struct Nginx {
    /// Killed when dropped.
    pub server: Server,
}

impl Nginx {
    /// Serves the files of a folder.
    pub fn start(plan: &Plan, files: &Path) -> Result<Nginx> {
        let address = server::free_address()?;
        let prefix = plan.directory.join("nginx");
        fs::create_dir_all(&prefix)?;
        let config = prefix.join("nginx.conf");
        let text = format!(
            "daemon off; master_process off; user root; pid {prefix}/pid; error_log stderr;\n\
             events {{ }}\nhttp {{ access_log off; sendfile on; tcp_nopush on;\n\
             client_body_temp_path {prefix}/a; proxy_temp_path {prefix}/b;\n\
             fastcgi_temp_path {prefix}/c; uwsgi_temp_path {prefix}/d; scgi_temp_path {prefix}/e;\n\
             keepalive_requests 1000000;\n\
             server {{ listen {address}; root {files}; }} }}\n",
            prefix = prefix.display(),
            files = files.display(),
        );
        fs::write(&config, text)?;
        let mut nginx = process::command("/usr/sbin/nginx");
        nginx.arg("-c").arg(&config).arg("-p").arg(&prefix);
        let child = nginx.stdin(Stdio::null()).spawn().context("cannot start nginx")?;
        Ok(Nginx { server: Server::started(child, address)? })
    }

    /// The address of a file.
    pub fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.server.address)
    }
}
