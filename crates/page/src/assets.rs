//! Static files: built from `web/`, embedded, served under names that carry their content hash.

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Where static files live.
pub const PREFIX: &str = "/static/";

#[derive(RustEmbed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct Embedded;

struct Asset {
    address: String,
    content_type: &'static str,
    file: EmbeddedFile,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let all: BTreeMap<_, _> = Embedded::iter()
        .filter(|name| !name.starts_with('.'))
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

/// Serves `/static/{file}`. Files never change under their address, so they may be kept.
pub async fn serve(Path(file): Path<String>) -> Response {
    let found = ASSETS.values().find(|asset| asset.address.strip_prefix(PREFIX) == Some(&file));
    let Some(asset) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, Body::from(asset.file.data.clone())).into_response()
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
