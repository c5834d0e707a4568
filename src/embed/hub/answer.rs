//! What the header of an answer says.

use std::time::Duration;

use ureq::Body;
use ureq::http::{Response, header};

/// Whether the answer is a web page.
pub(super) fn is_html(response: &Response<Body>) -> bool {
    text(response, header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"))
}

/// The first byte of a partial answer: 5 in `Content-Range: bytes 5-9/10`.
pub(super) fn range_start(response: &Response<Body>) -> Option<u64> {
    let range = text(response, header::CONTENT_RANGE)?.strip_prefix("bytes ")?;
    range.split_once('-')?.0.trim().parse().ok()
}

/// `Retry-After` in seconds. Its other form, a date, is left to the usual pauses.
pub(super) fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let seconds = text(response, header::RETRY_AFTER)?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn text(response: &Response<Body>, name: header::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &str) -> Response<Body> {
        let body = Body::builder().data(Vec::new());
        Response::builder().header(name, value).body(body).unwrap()
    }

    #[test]
    fn headers_are_read() {
        let html = |value| is_html(&with(header::CONTENT_TYPE, value));
        assert!(html("text/html; charset=utf-8") && html("text/html"));
        assert!(!html("text/plain") && !html("application/octet-stream"));

        let start = |value| range_start(&with(header::CONTENT_RANGE, value));
        assert_eq!(start("bytes 5-9/10"), Some(5));
        assert_eq!(start("bytes 0-0/*"), Some(0));
        assert_eq!(start("bytes */10"), None);
        assert_eq!(start("pages 1-2/3"), None);

        let after = |value| retry_after(&with(header::RETRY_AFTER, value));
        assert_eq!(after("7"), Some(Duration::from_secs(7)));
        assert_eq!(after("-1"), None);
        assert_eq!(after("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }
}
