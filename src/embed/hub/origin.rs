//! Addresses: which server one belongs to, and where a redirect leads.

use std::net::IpAddr;

use ureq::http::Uri;

/// Scheme, host and port: what a token is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// Whether the scheme is https.
    pub(super) secure: bool,
    /// In lower case.
    pub(super) host: String,
    port: u16,
}

impl Origin {
    /// `None` where the address is relative, or neither http nor https.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let secure = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        Some(Self {
            secure,
            host: uri.host().filter(|host| !host.is_empty())?.to_ascii_lowercase(),
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
        })
    }

    /// Whether this is the same machine, which no proxy can reach.
    pub(super) fn is_loopback(&self) -> bool {
        let address = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }
}

/// The address that a `Location` header means, sent by `base` (RFC 3986, section 5.2).
pub(super) fn resolve(base: &Uri, location: &str) -> Option<Uri> {
    let (scheme, authority) = (base.scheme_str()?, base.authority()?);
    let has_scheme = location.split(['/', '?']).next().is_some_and(|start| start.contains(':'));
    let text = if has_scheme {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else {
        let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{location}")
    };
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Option<Origin> {
        Origin::of(&text.parse().ok()?)
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(origin("https://Hub.co/a"), origin("https://hub.co:443/b?c"));
        for other in
            ["http://hub.co", "https://hub.co:444", "https://cdn.hub.co", "https://hub.co.evil.org"]
        {
            assert_ne!(origin("https://hub.co"), origin(other));
            assert!(origin(other).is_some());
        }
        assert_eq!(origin("https://hub.co@evil.org/").unwrap().host, "evil.org");
        for none in ["", "hub.co", "/a", "ftp://hub.co", "file:///a"] {
            assert_eq!(origin(none), None, "{none}");
        }
        assert!(origin("http://127.0.0.1:80").unwrap().is_loopback());
        assert!(origin("http://[::1]:80").unwrap().is_loopback());
        assert!(!origin("http://127.0.0.1.org").unwrap().is_loopback());
    }

    #[test]
    fn redirects_resolve() {
        let base: Uri = "https://hub.co/a/b/c?d=e".parse().unwrap();
        for (location, wanted) in [
            ("https://cdn.co/x?y=z", "https://cdn.co/x?y=z"),
            ("//cdn.co/x", "https://cdn.co/x"),
            ("/x?u=https://y", "https://hub.co/x?u=https://y"),
            ("x", "https://hub.co/a/b/x"),
        ] {
            assert_eq!(resolve(&base, location).unwrap().to_string(), wanted);
        }
        assert_eq!(resolve(&base, "https://x y/"), None);
    }
}
