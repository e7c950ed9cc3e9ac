//! An account with each provider, made once; and providers' files as somebody may write them.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use lykt::domain::channel::Channel;
use lykt::domain::private::Private;
use lykt::gateway::declarative::{self, Declarative, Definition, providers};
use lykt::gateway::{Address, Gateway, Outgoing, Token, twilio, whatsapp_cloud};

/// The secret of every account that signs.
pub const SECRET: &str = "a-secret-that-only-the-provider-knows";
/// The secret that stands in the addresses of the others.
pub const HOOK_KEY: &str = "hook_key";
/// Our own number.
pub const OURS: &str = "+447700900001";
/// Where every account is.
pub const BASE: &str = "https://api.example.com";

/// An account with a provider.
pub struct Provider {
    /// The provider's name.
    pub name: &'static str,
    /// The account.
    pub gateway: Gateway,
}

/// One account with each; an input's first byte chooses.
static ALL: LazyLock<Vec<Provider>> = LazyLock::new(|| {
    let mut all = vec![
        Provider { name: "twilio", gateway: twilio_account(OURS) },
        Provider { name: "twilio-whatsapp", gateway: twilio_account("whatsapp:+447700900001") },
        Provider { name: "whatsapp", gateway: whatsapp_account() },
    ];
    all.extend(providers::names().map(|name| {
        let source = providers::find(name).expect("it is compiled in");
        let definition = Arc::new(Definition::read(source).expect("it has no mistake"));
        Provider { name, gateway: Gateway::Declarative(declared(source, definition).expect("the account fits")) }
    }));
    all
});

/// The provider that a byte chooses: `a` is the first.
pub fn chosen(byte: u8) -> &'static Provider {
    &ALL[usize::from(byte.wrapping_sub(b'a')) % ALL.len()]
}

fn twilio_account(from: &str) -> Gateway {
    let account = twilio::Account {
        name: "t".to_owned(),
        account_sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
        auth_token: Private::new(SECRET.to_owned()),
        shared_key: None,
        from: Some(from.to_owned()),
        messaging_service_sid: None,
        base_url: BASE.to_owned(),
        content_url: BASE.to_owned(),
        status_callback: None,
    };
    Gateway::Twilio(twilio::Twilio::new(account).expect("the account is right"))
}

fn whatsapp_account() -> Gateway {
    let account = whatsapp_cloud::Account {
        name: "w".to_owned(),
        phone_number_id: "100000000000001".to_owned(),
        waba_id: "100000000000002".to_owned(),
        access_token: Private::new("token".to_owned()),
        app_secret: Private::new(SECRET.to_owned()),
        verify_token: Private::new(HOOK_KEY.to_owned()),
        graph_version: "v25.0".to_owned(),
        base_url: BASE.to_owned(),
    };
    Gateway::WhatsAppCloud(whatsapp_cloud::WhatsAppCloud::new(account).expect("the account is right"))
}

/// An account by a provider's file, each value of which is its own name; `None` where that does not fit.
fn declared(source: &str, definition: Arc<Definition>) -> Option<Declarative> {
    let table: toml::Table = source.parse().ok()?;
    let asked = |key: &str| -> Vec<String> {
        let asked = table.get(key).and_then(toml::Value::as_table);
        let must = |value: &toml::Value| !["default", "optional"].iter().any(|key| value.get(key).is_some());
        asked.into_iter().flatten().filter(|(_, value)| must(value)).map(|(name, _)| name.clone()).collect()
    };
    let value = |name: &str| match name {
        "service_id" => "1000".to_owned(),
        "signing_key" => SECRET.to_owned(),
        name => name.to_owned(),
    };
    let values = asked("values").into_iter().map(|name| (name.clone(), value(&name)));
    let secrets = asked("secrets").into_iter().map(|name| (name.clone(), Private::new(value(&name))));
    let account = declarative::Account {
        name: "d".to_owned(),
        from: Some(OURS.to_owned()),
        values: values.collect::<BTreeMap<_, _>>(),
        secrets: secrets.collect::<BTreeMap<_, _>>(),
        base_url: (!table.contains_key("base_url")).then(|| BASE.to_owned()),
        allow_hosts: Vec::new(),
        hooks_url: "https://lykt.example.org/hooks/d".to_owned(),
    };
    Declarative::new(definition, account).ok()
}

/// A short message.
pub fn message() -> Outgoing {
    Outgoing {
        to: Address::new("+447700900123"),
        channel: Channel::Sms,
        text: Private::new("Hei! Svar STOPP for å slippe flere.".to_owned()),
        media_url: None,
        template: None,
        token: Token::parse("token-00000001").expect("a token"),
        validity_s: Some(3600),
        deadline_ms: i64::MAX,
    }
}

/// A provider's file: every mistake stands in it, and what has none sends, hears and shows its examples without a fall.
pub fn file(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    let definition = match Definition::read(&source) {
        Ok(definition) => Arc::new(definition),
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "a file is refused without a reason");
            return standing(&mistakes, &source);
        }
    };
    standing(&declarative::replay(&definition), &source);
    let Some(account) = declared(&source, definition) else { return };
    if let Ok(request) = account.request(&message(), Timestamp::UNIX_EPOCH) {
        // A file never leads from its own host to another one, or the secrets would go there.
        let host = request.url.split(['/', '?', '#']).nth(2).unwrap_or_default().to_owned();
        let other =
            account.request(&Outgoing { to: Address::new("@evil.example/"), ..message() }, Timestamp::UNIX_EPOCH);
        let other = other.map(|request| request.url.split(['/', '?', '#']).nth(2).unwrap_or_default().to_owned());
        assert!(other.is_err() || other == Ok(host), "an address of a person decides where a request goes");
        let _ = request.body.bytes();
    }
    for body in [&b"{}"[..], b"", b"a=b", b"[1]"] {
        let _ = account.parse("key=hook_key", body);
    }
}

fn standing(mistakes: &[declarative::Mistake], source: &str) {
    for mistake in mistakes {
        let span = &mistake.span;
        assert!(span.start <= span.end && span.end <= source.len(), "a mistake stands outside the file");
        let (line, column) = mistake.position(source);
        assert!(line <= source.matches('\n').count() + 1 && column <= source.chars().count() + 1);
        assert!(mistake.text.en.len() + mistake.help.en.len() < 4_000, "a mistake is longer than anybody reads");
    }
}
