//! Static files: built from `web/`, embedded, served under names that carry their content hash.

use crate::headers::WORKER_POLICY;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Where static files live.
pub const PREFIX: &str = "/static/";

const CODEC_FOLDER: &str = "codecs/";

#[derive(RustEmbed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct Embedded;

struct Asset {
    address: String,
    content_type: &'static str,
    file: EmbeddedFile,
}

struct Codecs {
    version: String,
    address: String,
    files: BTreeMap<String, EmbeddedFile>,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let all: BTreeMap<_, _> = Embedded::iter()
        .filter(|name| !name.starts_with('.') && !name.starts_with(CODEC_FOLDER))
        .filter_map(|name| Some((name.to_string(), asset(&name, Embedded::get(&name)?))))
        .collect();
    if all.is_empty() {
        tracing::error!(
            "this binary was built without web/dist: pages have no style and no scripts; run \
             `node web/build.mjs` and build again"
        );
    }
    all
});

/// Where the decoders' WebAssembly lies: the worker makes the addresses out of this one and plain
/// names, so that the hash of all of them stands in front.
static CODECS: LazyLock<Codecs> = LazyLock::new(|| {
    let files: BTreeMap<_, _> = Embedded::iter()
        .filter_map(|path| {
            let name = path.strip_prefix(CODEC_FOLDER)?.to_owned();
            Some((name, Embedded::get(&path)?))
        })
        .collect();
    let mut hash = Sha256::new();
    for file in files.values() {
        hash.update(file.metadata.sha256_hash());
    }
    let version = hex::encode(&hash.finalize()[..8]);
    Codecs { address: format!("{PREFIX}{CODEC_FOLDER}{version}/"), version, files }
});

/// The address of a static file, such as `/static/styles.0a1b2c3d4e5f.css`; without the built
/// files an address that answers 404.
pub fn url(name: &str) -> &'static str {
    ASSETS.get(name).map_or("/static/missing", |asset| asset.address.as_str())
}

/// Whether the binary carries the built files.
pub fn present() -> bool {
    !ASSETS.is_empty()
}

/// The bytes of a static file by its plain name.
pub fn bytes(name: &str) -> Option<&'static [u8]> {
    ASSETS.get(name).map(|asset| asset.file.data.as_ref())
}

/// The folder of the decoders' WebAssembly, such as `/static/codecs/0a1b2c3d4e5f/`.
pub fn codecs() -> &'static str {
    &CODECS.address
}

/// Serves `/static/codecs/{version}/{file}`.
pub async fn serve_codec(Path((version, file)): Path<(String, String)>) -> Response {
    match CODECS.files.get(&file).filter(|_| version == CODECS.version) {
        Some(file) => kept("application/wasm", None, file),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Serves `/static/{file}`. Files never change under their address, so they may be kept.
pub async fn serve(Path(file): Path<String>) -> Response {
    let found = ASSETS.values().find(|asset| asset.address.strip_prefix(PREFIX) == Some(&file));
    let Some(asset) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_worker = asset.address.starts_with("/static/decode.");
    kept(asset.content_type, is_worker.then_some(WORKER_POLICY), &asset.file)
}

/// A file that never changes under its address. `policy` is of scripts that run on their own.
fn kept(content_type: &'static str, policy: Option<&'static str>, file: &EmbeddedFile) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    let mut response = (headers, Body::from(file.data.clone())).into_response();
    if let Some(policy) = policy {
        let value = HeaderValue::from_static(policy);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
    response
}

fn asset(name: &str, file: EmbeddedFile) -> Asset {
    let hash = hex::encode(&file.metadata.sha256_hash()[..8]);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let content_type = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    Asset { address: format!("{PREFIX}{stem}.{hash}.{extension}"), content_type, file }
}
