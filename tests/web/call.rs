//! The call card: the number to who holds the call, what an outcome leads to, and taking it back.

use axum::http::StatusCode;
use lykt::domain::role::Role;

use crate::web::staff::Service;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_holds_the_call_sees_the_number_and_that_is_written_down() {
    for service in Service::both().await {
        let (kari, ola) = (service.worker("Kari", Role::Staff).await, service.worker("Ola", Role::Staff).await);
        let person = service.calls(1).await.remove(0);
        let task = format!("/tasks/{}", service.id(&person).await);
        assert_eq!(service.post(&kari, &format!("{task}/take"), "").await.to, task);
        let mine = service.get(&kari, &task).await.body;
        assert!(mine.contains(&format!("tel:{}", person.number)) && mine.contains("Hei, dette er Noor."), "{mine}");
        assert_eq!(service.ledger(person.contact).await, ["revealed call Kari"]);
        let theirs = service.get(&ola, &task).await.body;
        assert!(!theirs.contains(&person.number) && theirs.contains("with Kari"), "{theirs}");
        let refused = service.post(&ola, &format!("{task}/number"), "").await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(!refused.body.contains(&person.number));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_is_explained_then_saved_and_taken_back() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let person = service.calls(2).await.remove(0);
        let task = format!("/tasks/{}", service.id(&person).await);
        service.post(&kari, &format!("{task}/take"), "").await;
        let asked = service.get_in(&kari, &format!("{task}/outcome/no_answer"), "nb").await;
        assert!(asked.body.contains("Kommer tilbake neste virkedag"), "{}", asked.body);
        assert_eq!(service.ledger(person.contact).await.len(), 1, "asking saves nothing");
        assert_eq!(service.post(&kari, &format!("{task}/outcome/no_answer"), "note=&heavy=yes").await.to, task);
        let saved = service.get(&kari, &task).await.body;
        assert!(
            saved.contains("Undo (") && saved.contains("Wed 9 December 09:00") && saved.contains("Next call"),
            "{saved}"
        );
        assert_eq!(service.post(&kari, &format!("{task}/undo"), "").await.to, task);
        assert!(service.get(&kari, &task).await.body.contains("How did it go?"), "the call is hers again");
        let ledger = service.ledger(person.contact).await;
        assert_eq!(ledger, ["revealed call Kari", "call no_answer Kari", "taken_back no_answer Kari"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_on_a_call_is_final_and_comes_back_only_with_a_reason() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let person = service.calls(1).await.remove(0);
        let task = format!("/tasks/{}", service.id(&person).await);
        service.post(&kari, &format!("{task}/take"), "").await;
        service.post(&kari, &format!("{task}/outcome/opt_out"), "").await;
        let refused = service.post(&kari, &format!("{task}/undo"), "").await;
        assert!(
            refused.status == StatusCode::CONFLICT && refused.body.contains("say how you know"),
            "{}",
            refused.body
        );
        let back = service.post(&kari, &format!("{task}/undo"), "reason=pressed+the+wrong+one").await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_on_a_call_waits_for_who_was_signed_out_meanwhile() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let person = service.calls(1).await.remove(0);
        let task = format!("/tasks/{}", service.id(&person).await);
        service.post(&kari, &format!("{task}/take"), "").await;
        let save = format!("{task}/outcome/opt_out");
        let kept = service.post_signed_out(&save, "note=%3Cvil+ikke%3E&heavy=yes").await;
        assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
        assert!(kept.body.contains("nothing of this was saved") && kept.body.contains(&format!("action=\"{save}\"")));
        assert!(
            !kept.body.contains("<vil ikke>") && kept.body.contains("name=\"heavy\" value=\"yes\""),
            "{}",
            kept.body
        );
        assert_eq!(service.ledger(person.contact).await, ["revealed call Kari"]);
        let secret = service.post_signed_out("/account/password", "password=open-sesame").await;
        assert!(!secret.body.contains("open-sesame"), "{}", secret.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_that_reads_like_a_health_record_is_saved_only_when_one_insists() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let person = service.calls(1).await.remove(0);
        let task = format!("/tasks/{}", service.id(&person).await);
        service.post(&kari, &format!("{task}/take"), "").await;
        let save = format!("{task}/outcome/talked");
        let warned = service.post(&kari, &save, "note=hun+er+gravid").await;
        assert_eq!(warned.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(warned.body.contains("<strong>gravid</strong>") && warned.body.contains("hun er gravid</textarea>"));
        assert_eq!(service.ledger(person.contact).await.len(), 1);
        assert_eq!(service.post(&kari, &save, "note=hun+er+gravid&insist=yes").await.to, task);
        assert!(service.get(&kari, &task).await.body.contains("hun er gravid"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_is_answered_and_nothing_is_saved() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let person = service.calls(1).await.remove(0);
        let task = format!("/tasks/{}", service.id(&person).await);
        service.post(&kari, &format!("{task}/take"), "").await;
        for (path, form, status) in [
            ("outcome/voicemail", "", 404),
            ("outcome/call_later", "", 422),
            ("outcome/call_later", "at=soon", 422),
            ("outcome/call_later", "at=2026-12-13T12:00", 422),
            ("outcome/other_language", "language=klingon", 422),
            ("snooze", "until=never", 404),
            ("snooze", "", 422),
        ] {
            let answer = service.post(&kari, &format!("{task}/{path}"), form).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {form}: {}", answer.body);
        }
        assert_eq!(service.get(&kari, "/tasks/1").await.status, StatusCode::NOT_FOUND);
        assert_eq!(service.get(&kari, "/today?page=-9").await.status, StatusCode::OK);
        assert_eq!(service.ledger(person.contact).await.len(), 1);
    }
}
