//! What an adapter asks for -> what stands on the wire: methods, whose it is, headers, bodies.

use std::time::Duration;

use lykt::domain::private::Private;
use lykt::gateway::http::Http;
use lykt::gateway::{Auth, Body, Failure, Method, Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::NEVER;

fn http() -> Http {
    Http::new(|| 0, Duration::from_secs(5)).unwrap()
}

fn secret(text: &str) -> Private<String> {
    Private::new(text.to_owned())
}

/// The request as it stood on the wire, in lower case.
async fn wire(request: impl FnOnce(String) -> Request) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let request = request(format!("http://{}/x?y=1", listener.local_addr().unwrap()));
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(b"}") && !heard.ends_with(b"=2") {
            assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        String::from_utf8(heard).unwrap().to_lowercase()
    });
    http().send(request, NEVER).await.unwrap();
    heard.await.unwrap()
}

#[tokio::test]
async fn a_document_goes_out_as_it_is_with_its_bearer_and_headers() {
    let json = || Body::Json(Private::new(br#"{"to":"x"}"#.to_vec()));
    let heard = wire(|url| Request {
        headers: vec![("x-request-id".to_owned(), secret("abc"))],
        ..Request::post(url, Auth::Bearer(secret("eaab")), json())
    })
    .await;
    assert!(heard.starts_with("post /x?y=1 http/1.1\r\n"), "{heard}");
    for line in
        ["authorization: bearer eaab", "x-request-id: abc", "content-type: application/json", "content-length: 10"]
    {
        assert!(heard.contains(&format!("{line}\r\n")), "{heard}");
    }
    assert!(heard.ends_with("\r\n\r\n{\"to\":\"x\"}"), "{heard}");
}

#[tokio::test]
async fn a_form_may_be_put_with_a_header_of_the_providers_own() {
    let form = Body::Form(vec![("a b".to_owned(), secret("1&")), ("c".to_owned(), secret("2"))]);
    let auth = Auth::Header("api-key".to_owned(), secret("k"));
    let heard = wire(|url| Request { method: Method::Put, ..Request::post(url, auth, form) }).await;
    assert!(heard.starts_with("put ") && heard.contains("api-key: k\r\n"), "{heard}");
    assert!(heard.ends_with("a%20b=1%26&c=2"), "{heard}");
}

#[tokio::test]
async fn what_the_gate_cannot_hold_is_not_made() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let json = Body::Json(Private::new(b"{}".to_vec()));
    for request in [
        Request::post(url.as_str(), Auth::None, Body::None),
        Request::post(url.as_str(), Auth::None, Body::Form(Vec::new())),
        Request { body: json, ..Request::get(url.as_str(), Auth::None) },
        Request::post(
            url.as_str(),
            Auth::Header("no\nheader".to_owned(), secret("x")),
            Body::Json(Private::new(b"{}".to_vec())),
        ),
        Request::post(url.as_str(), Auth::Bearer(secret("line\nbreak")), Body::Json(Private::new(b"{}".to_vec()))),
    ] {
        assert_eq!(http().send(request, NEVER).await, Err(Failure::Unbuildable));
    }
    let nobody = std::future::poll_fn(|cx| std::task::Poll::Ready(listener.poll_accept(cx).is_pending())).await;
    assert!(nobody);
    let sends = Request::post(url, Auth::None, Body::Json(Private::new(b"{}".to_vec())));
    assert_eq!(http().get(sends).await, Err(Failure::Unbuildable), "what sends is not read");
}

#[test]
fn nothing_of_a_request_is_printed() {
    let body = Body::Json(Private::new(b"amanda".to_vec()));
    let shown = format!("{:?}", Request::post("http://a/secret", Auth::Bearer(secret("eaab")), body));
    assert_eq!(shown, "Request { method: Post, .. }");
}
