//! Notices by mail, to a small SMTP server on this machine.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::http::{StatusCode, Uri};
use lykt::settings::{Settings, SettingsError};
use lykt::store::notice::{self, Way};
use lykt::tasks::mail::{Mailed, Mailer};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::tasks::house::{DAY, House, MINUTE};

/// Takes mails one after the other; refuses them while it is told to.
struct Server {
    port: u16,
    refuses: Arc<AtomicBool>,
    mails: mpsc::UnboundedReceiver<String>,
}

impl Server {
    async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let refuses = Arc::new(AtomicBool::new(false));
        let (taken, mails) = mpsc::unbounded_channel();
        let refusing = refuses.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, &refusing, &taken).await;
            }
        });
        Server { port, refuses, mails }
    }

    fn mailer(&self) -> Mailer {
        let port = self.port;
        let mail = format!(
            "server = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nfrom = \"Lykt <lykt@example.org>\"\nto = [\"a@example.org\", \"b@example.org\"]"
        );
        mailer(&mail).unwrap()
    }
}

async fn serve(stream: TcpStream, refuses: &AtomicBool, taken: &mpsc::UnboundedSender<String>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 here\r\n").await.unwrap();
    let mut mail = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "MAIL" if refuses.load(Ordering::SeqCst) => "451 later",
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    mail += &format!("{line}\n");
                }
                taken.send(std::mem::take(&mut mail)).unwrap();
                "250 taken"
            }
            "QUIT" => "221 bye",
            "RCPT" => {
                mail += &format!("{line}\n");
                "250 yes"
            }
            _ => "250 yes",
        };
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() || verb == "QUIT" {
            return;
        }
    }
}

fn mailer(mail: &str) -> Result<Mailer, SettingsError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lykt.toml");
    std::fs::write(&file, format!("[mail]\n{mail}\n")).unwrap();
    Settings::load(&file).map(|settings| Mailer::new(&settings).unwrap())
}

#[tokio::test]
async fn an_alarm_goes_to_those_who_keep_the_machine_and_is_posted_until_it_is_taken() {
    let mut server = Server::start().await;
    let posted = Posted::start().await;
    for house in House::both().await {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("alarm.url"), format!("http://127.0.0.1:{}/secret\n", posted.port)).unwrap();
        let file = folder.path().join("lykt.toml");
        let port = server.port;
        let settings = format!(
            "[mail]\nserver = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nfrom = \"lykt@example.org\"\nto = [\"a@example.org\"]\n\
             [alarm]\nmail = [\"it@example.org\"]\nwebhook = {{ file = \"alarm.url\" }}\n"
        );
        std::fs::write(&file, settings).unwrap();
        let mailer = Mailer::new(&Settings::load(&file).unwrap()).unwrap();
        assert_eq!(mailer.alarm_ways(), [Way::Operators, Way::Webhook]);
        let mut tx = house.db.begin().await.unwrap();
        for way in mailer.alarm_ways() {
            notice::add_by(&mut tx, way, "Lykt: it burns", "{\"text\":\"it burns\"}", house.clock.now_ms())
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        posted.refuses.store(true, Ordering::SeqCst);
        let first = [mailer.step(&house.db, &house.clock).await, mailer.step(&house.db, &house.clock).await];
        let first: Vec<Mailed> = first.into_iter().map(Result::unwrap).collect();
        assert!(first.contains(&Mailed::Sent) && first.contains(&Mailed::Failed), "{first:?}");
        let mail = server.mails.recv().await.unwrap();
        assert!(mail.contains("<it@example.org>") && !mail.contains("<a@example.org>"), "{mail}");
        posted.refuses.store(false, Ordering::SeqCst);
        house.clock.advance_ms(2 * MINUTE);
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Sent);
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Nothing);
        let taken = std::mem::take(&mut *posted.taken.lock().unwrap());
        assert_eq!(taken, ["/secret {\"text\":\"it burns\"}", "/secret {\"text\":\"it burns\"}"]);
    }
}

/// Takes what is posted; answers 503 while it is told to.
struct Posted {
    port: u16,
    refuses: Arc<AtomicBool>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Posted {
    async fn start() -> Posted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (refuses, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (refusing, kept) = (refuses.clone(), taken.clone());
        let take = async move |uri: Uri, body: String| {
            kept.lock().unwrap().push(format!("{} {body}", uri.path()));
            if refusing.load(Ordering::SeqCst) { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
        };
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(take)).await });
        Posted { port, refuses, taken }
    }
}

async fn tell(house: &House) {
    let mut tx = house.db.begin().await.unwrap();
    notice::add(&mut tx, "Lykt: 2 samtaler på lista i dag", "Uleste svar: 1\nSå mye.\n", house.clock.now_ms())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_notice_is_mailed_once_to_everybody() {
    let mut server = Server::start().await;
    for house in House::both().await {
        let mailer = server.mailer();
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Nothing);
        tell(&house).await;
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Sent);
        let mail = server.mails.recv().await.unwrap();
        for part in ["<a@example.org>", "<b@example.org>", "Subject: ", "Uleste svar: 1", "Thu, 03 Dec 2026 11:00:00"] {
            assert!(mail.contains(part), "{part} in {mail}");
        }
        house.clock.advance_ms(DAY);
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Nothing);
        assert!(server.mails.try_recv().is_err());
    }
}

#[tokio::test]
async fn a_mail_that_fails_is_tried_again_after_growing_pauses_and_given_up_after_a_day() {
    let mut server = Server::start().await;
    for house in House::both().await {
        let mailer = server.mailer();
        server.refuses.store(true, Ordering::SeqCst);
        tell(&house).await;
        for pause in [1, 5, 15, 60, 60] {
            assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Failed);
            house.clock.advance_ms(pause * MINUTE - 1);
            assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Nothing, "{pause} minutes");
            house.clock.advance_ms(1);
        }
        server.refuses.store(false, Ordering::SeqCst);
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Sent);
        assert!(server.mails.recv().await.is_some());

        server.refuses.store(true, Ordering::SeqCst);
        tell(&house).await;
        house.clock.advance_ms(DAY + 1);
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::GivenUp);
        house.clock.advance_ms(DAY);
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Nothing);
    }
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_a_failure() {
    let [house, _] = House::both().await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mail = format!(
        "server = \"localhost\"\nport = {gone}\nsecurity = \"none\"\nfrom = \"l@example.org\"\nto = [\"a@example.org\"]"
    );
    tell(&house).await;
    assert_eq!(mailer(&mail).unwrap().step(&house.db, &house.clock).await.unwrap(), Mailed::Failed);
}

#[tokio::test]
async fn without_mail_a_notice_goes_to_the_log_and_counts_as_sent() {
    for house in House::both().await {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lykt.toml");
        std::fs::write(&file, "").unwrap();
        let mailer = Mailer::new(&Settings::load(&file).unwrap()).unwrap();
        tell(&house).await;
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Sent);
        assert_eq!(mailer.step(&house.db, &house.clock).await.unwrap(), Mailed::Nothing);
    }
}

#[tokio::test]
async fn mail_settings_that_cannot_work_are_refused_with_what_to_write() {
    let with = |lines: &str| mailer(&format!("from = \"l@example.org\"\n{lines}")).unwrap_err().to_string();
    let clear = with("server = \"smtp.example.org\"\nto = [\"a@example.org\"]\nsecurity = \"none\"");
    assert!(clear.contains("starttls"), "{clear}");
    assert!(with("server = \"localhost\"\nto = []").contains("mail.to is empty"));
    assert!(with("server = \"localhost\"\nto = [\"nobody\"]").contains("`nobody` is no address"));
    assert!(
        with("server = \"localhost\"\nsecurity = \"none\"\nto = [\"a@example.org\"]\nuser = \"lykt\"")
            .contains("belong together")
    );
}
