//! Trusted proxies: the address of a client behind them, as they tell it. Whoever is not named in
//! the configuration is believed nothing.

use crate::PeerAddress;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use http::HeaderMap;
use model::limits::FORWARDED_HOPS;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

/// An address, or all addresses that begin alike: `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u32,
}

/// Which header a proxy writes the client's address into. Only that one is read: a proxy that
/// writes one of them passes the other on as the client wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`: addresses, the nearest last.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239): elements with `for=`, the nearest last.
    Forwarded,
}

/// The proxies that are believed, and by which header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustedProxies {
    /// Where they stand; none: no header is read.
    pub networks: Vec<Network>,
    /// The header.
    pub header: ForwardedHeader,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is neither an address nor a network such as 10.0.0.0/8");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) => bits.parse().map_err(|_| wrong())?,
            None => longest,
        };
        if prefix_bits > longest { Err(wrong()) } else { Ok(Network { address, prefix_bits }) }
    }
}

impl Network {
    /// Whether an address is one of it.
    pub fn holds(&self, address: IpAddr) -> bool {
        let same = |one: u128, other: u128, width: u32| {
            let rest = width - self.prefix_bits.min(width);
            // A shift by the whole width is none that the machine knows.
            one.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
        };
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(one), IpAddr::V4(other)) if self.prefix_bits <= 32 => {
                same(u128::from(one.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(one), IpAddr::V6(other)) => same(one.to_bits(), other.to_bits(), 128),
            _ => false,
        }
    }
}

impl TrustedProxies {
    /// Puts the client's address into the [`PeerAddress`] of every request that a trusted proxy
    /// passes on; others keep that of their connection.
    pub fn over(self, router: Router) -> Router {
        if self.networks.is_empty() {
            return router;
        }
        let proxies = Arc::new(self);
        router.layer(from_fn(move |mut request: Request, next: Next| {
            let proxies = Arc::clone(&proxies);
            async move {
                if let Some(peer) = request.extensions().get::<PeerAddress>().copied() {
                    let client = proxies.client(peer.0, request.headers());
                    request.extensions_mut().insert(PeerAddress(client));
                }
                next.run(request).await
            }
        }))
    }

    /// The client's address: of those that the header names, nearest first, the first that is no
    /// trusted proxy's. Where the header ends, or says something that is no address, it is the
    /// last proxy's own: nothing is guessed. The port of an address that was told is 0.
    pub fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        let is_trusted = |address: IpAddr| self.networks.iter().any(|one| one.holds(address));
        let mut client = peer;
        if !is_trusted(peer.ip()) {
            return client;
        }
        let told = self.told(headers);
        for hop in told.iter().rev().take(FORWARDED_HOPS as usize) {
            let Some(address) = hop else { return client };
            client = SocketAddr::new(*address, 0);
            if !is_trusted(*address) {
                return client;
            }
        }
        client
    }

    /// Every hop in the order of the header's lines; `None` for what is no address.
    fn told(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            ForwardedHeader::XForwardedFor => "x-forwarded-for",
            ForwardedHeader::Forwarded => "forwarded",
        };
        let mut told = Vec::new();
        for line in headers.get_all(name) {
            let Ok(line) = line.to_str() else {
                told.push(None);
                continue;
            };
            told.extend(line.split(',').map(|element| match self.header {
                ForwardedHeader::XForwardedFor => address(element.trim()),
                ForwardedHeader::Forwarded => forwarded_for(element),
            }));
        }
        told
    }
}

/// `for=` of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut told = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, value) = told.next()?;
    address(value.trim().trim_matches('"'))
}

/// An address with or without port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address);
    }
    if let Ok(with_port) = text.parse::<SocketAddr>() {
        return Some(with_port.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(header: ForwardedHeader) -> TrustedProxies {
        let networks = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"];
        TrustedProxies { networks: networks.map(|one| one.parse().unwrap()).to_vec(), header }
    }

    fn client(header: ForwardedHeader, peer: &str, lines: &[(&str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name: http::HeaderName = name.parse().unwrap();
            headers.append(name, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        proxies(header).client(peer.parse().unwrap(), &headers).ip().to_string()
    }

    #[test]
    fn the_nearest_address_that_is_no_proxy_is_the_client() {
        let header = ForwardedHeader::XForwardedFor;
        let x = "x-forwarded-for";
        for (peer, lines, expected) in [
            ("127.0.0.1:1", vec![(x, "192.0.2.9")], "192.0.2.9"),
            ("127.0.0.1:1", vec![(x, "1.2.3.4, 192.0.2.9, 10.1.1.1")], "192.0.2.9"),
            ("127.0.0.1:1", vec![(x, "1.2.3.4"), (x, "192.0.2.9")], "192.0.2.9"),
            ("127.0.0.1:1", vec![(x, "192.0.2.9:4711")], "192.0.2.9"),
            ("[::ffff:127.0.0.1]:1", vec![(x, "192.0.2.9")], "192.0.2.9"),
            ("[2001:db8::7]:1", vec![(x, "2001:db9::1")], "2001:db9::1"),
            ("127.0.0.1:1", vec![], "127.0.0.1"),
            ("127.0.0.1:1", vec![(x, "10.2.2.2")], "10.2.2.2"),
            ("127.0.0.1:1", vec![(x, "1.2.3.4, unknown")], "127.0.0.1"),
            ("127.0.0.1:1", vec![(x, "1.2.3.4, unknown, 10.9.9.9")], "10.9.9.9"),
            ("127.0.0.1:1", vec![("forwarded", "for=1.2.3.4")], "127.0.0.1"),
            ("192.0.2.1:1", vec![(x, "1.2.3.4")], "192.0.2.1"),
        ] {
            assert_eq!(client(header, peer, &lines), expected, "{peer} {lines:?}");
        }
        let many = vec!["10.0.0.1"; 1_000].join(",");
        assert_eq!(client(header, "127.0.0.1:1", &[(x, &many)]), "10.0.0.1");
    }

    #[test]
    fn elements_of_rfc_7239_are_read() {
        let header = ForwardedHeader::Forwarded;
        for (value, expected) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("For=\"[2001:db9:cafe::17]:4711\"", "2001:db9:cafe::17"),
            ("for=\"[2001:db9::17]\"", "2001:db9::17"),
            ("for=1.2.3.4, for=192.0.2.43, for=10.0.0.2", "192.0.2.43"),
            ("for=_hidden", "127.0.0.1"),
            ("proto=https", "127.0.0.1"),
        ] {
            assert_eq!(client(header, "127.0.0.1:1", &[("forwarded", value)]), expected, "{value}");
        }
    }

    #[test]
    fn networks_are_read_and_hold_their_own() {
        let holds = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().holds(address.parse().unwrap())
        };
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("0.0.0.0/0", "192.0.2.1") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("::/0", "2001:db8::1") && holds("192.0.2.7", "192.0.2.7"));
        assert!(!holds("192.0.2.7", "192.0.2.8"));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "host", "::/129", "10.0.0.0/x"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_request_carries_the_address_that_a_trusted_proxy_tells() {
        use axum::Extension;
        use axum::routing::get;
        use tower::ServiceExt;
        let shown = |Extension(peer): Extension<PeerAddress>| async move { peer.0.to_string() };
        let trusting =
            proxies(ForwardedHeader::XForwardedFor).over(Router::new().route("/", get(shown)));
        let believing_nobody = TrustedProxies::default().over(Router::new().route("/", get(shown)));
        for (router, peer, expected) in [
            (&trusting, "127.0.0.1:7", "192.0.2.9:0"),
            (&trusting, "192.0.2.1:7", "192.0.2.1:7"),
            (&believing_nobody, "127.0.0.1:7", "127.0.0.1:7"),
        ] {
            let request = Request::get("/")
                .header("X-Forwarded-For", "192.0.2.9")
                .extension(PeerAddress(peer.parse().unwrap()))
                .body(axum::body::Body::empty())
                .unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            let body = axum::body::to_bytes(answer.into_body(), 100).await.unwrap();
            assert_eq!(body, expected.as_bytes(), "{peer}");
        }
    }
}
