//! Checking a number or a nick, and what is registered from there.

use axum::http::StatusCode;
use lykt::domain::role::Role;

use crate::web::staff::Service;

const NUMBER: &str = "+46701740605";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_number_is_answered_at_once_and_registered_from_there() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let page = service.post(&kari, "/check", "address=0046+70+174+06+05").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Yes: this number may be approached now."), "{}", page.body);
        let form = format!("address={}&kind=message&channel=instagram", NUMBER.replace('+', "%2B"));
        let registered = service.post(&kari, "/contacts", &form).await;
        let id = service.contact(NUMBER).await;
        assert_eq!(registered.to, format!("/contacts/{id}"));
        assert_eq!(service.ledger(id).await, ["message Kari"]);
        let again = service.post(&kari, "/check", "address=%2B46701740605").await;
        assert_eq!(again.to, registered.to, "no number in an address");
        let answer = service.get(&kari, &again.to).await.body;
        assert!(answer.contains("may not be approached before Thu 3 June 2027"), "{answer}");
        assert!(!answer.contains(NUMBER), "nobody asked for the number");
        let shown = service.post(&kari, &format!("{}/number", again.to), "").await.body;
        assert!(shown.contains(NUMBER));
        assert_eq!(service.ledger(id).await[1], "revealed contact Kari");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nick_is_found_in_any_spelling_and_without_its_platform() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let id = service.contact("instagram:anna_x").await;
        for written in ["instagram%3Aanna_x", "IG%3A+%40Anna_X", "%40anna_x", "ANNA_X"] {
            let found = service.post(&kari, "/check", &format!("address={written}")).await;
            assert_eq!(found.to, format!("/contacts/{id}"), "{written}: {}", found.body);
        }
        service.contact("snapchat:anna_x").await;
        let two = service.post(&kari, "/check", "address=anna_x").await;
        assert!(two.body.contains("More than one has this nick"), "{}", two.body);
        let unknown = service.post(&kari, "/check", "address=nobody").await;
        assert!(unknown.status == StatusCode::UNPROCESSABLE_ENTITY && unknown.body.contains("instagram:nick"));
        let wrong = service.post(&kari, "/check", "address=12345").await;
        assert!(wrong.body.contains("The number is not understood"), "{}", wrong.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_takes_one_press_and_a_confirmation() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let known = service.contact(NUMBER).await;
        let ask = service.get_in(&kari, &format!("/contacts/{known}/opt-out"), "nb").await;
        assert!(ask.body.contains("Endelig: ingen her kontakter"), "{}", ask.body);
        assert!(service.ledger(known).await.is_empty());
        service.post(&kari, &format!("/contacts/{known}/opt-out"), "").await;
        assert_eq!(service.ledger(known).await, ["opt_out by_hand Kari"]);
        let unsure = service.post(&kari, "/contacts/opt-out", "address=snap%3Abea").await;
        assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
        service.post(&kari, "/contacts/opt-out", "address=snap%3Abea&sure=yes").await;
        let page = service.post(&kari, "/check", "address=snapchat%3Abea").await.to;
        assert!(service.get(&kari, &page).await.body.contains("does not want contact"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_is_taken_for_a_number_that_no_plan_knows_and_nothing_else_is() {
    for service in Service::both().await {
        let (kari, bea) = (service.worker("Kari", Role::Staff).await, service.worker("Bea", Role::Peer).await);
        let page = service.post(&kari, "/check", "address=%2B44+7700+900123").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let body = &page.body;
        assert!(body.contains("No numbering plan knows this number") && body.contains("+447700900123"), "{body}");
        assert!(body.contains("action=\"/contacts/opt-out\"") && !body.contains("action=\"/contacts\""), "{body}");
        let peers = service.post(&bea, "/check", "address=%2B44+7700+900123").await.body;
        assert!(peers.contains("No numbering plan") && !peers.contains("/contacts/opt-out"), "{peers}");
        let visit = service.post(&kari, "/contacts", "address=%2B447700900123&kind=visit").await;
        assert_eq!(visit.status, StatusCode::UNPROCESSABLE_ENTITY);
        let unsure = service.post(&kari, "/contacts/opt-out", "address=%2B44+7700+900123").await;
        assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsure.body.contains("Tick that") && unsure.body.contains("/contacts/opt-out"), "{}", unsure.body);
        let no = service.post(&kari, "/contacts/opt-out", "address=tel%3A%2B44-7700-900123&sure=yes").await;
        let id = service.contact("+447700900123").await;
        assert_eq!(no.to, format!("/contacts/{id}"));
        assert_eq!(service.ledger(id).await, ["opt_out by_hand Kari"]);
        assert_eq!(service.post(&kari, "/check", "address=0044+7700+900123").await.to, no.to);
        for (doubtful, told) in [
            ("447700900124", "with nothing around it: +447700900124"),
            ("%2B46+70-174+O6+20", "Did you mean +46701740620?"),
        ] {
            let refused = service.post(&kari, "/contacts/opt-out", &format!("address={doubtful}&sure=yes")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{doubtful}");
            assert!(refused.body.contains(told) && !refused.body.contains("/contacts/opt-out"), "{}", refused.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happened_is_registered_and_a_health_record_is_warned_of() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let id = service.contact(NUMBER).await;
        let touch = format!("/contacts/{id}/touch");
        for (form, status) in [
            ("kind=visit&at=2026-12-01&channel=drop-in", 303),
            ("kind=note&note=%E2%80%AEmarkup+%3Cb%3E", 303),
            ("kind=note&note=HIV+pos.", 422),
            ("kind=note&note=HIV+pos.&insist=yes", 303),
            ("kind=note&note=", 422),
            ("kind=message&at=2099-01-01", 422),
            ("kind=message&channel=two+words", 422),
            ("kind=party", 422),
        ] {
            let answer = service.post(&kari, &touch, form).await;
            assert_eq!(answer.status.as_u16(), status, "{form}: {}", answer.body);
        }
        assert_eq!(service.ledger(id).await.len(), 3);
        let page = service.get(&kari, &format!("/contacts/{id}")).await.body;
        assert!(page.contains("markup &#60;b&#62;") && !page.contains('\u{202e}'), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nick_is_linked_to_a_number_and_parted_again() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let nick = service.contact("instagram:anna_x").await;
        let linked = service.post(&kari, &format!("/contacts/{nick}/link"), "other=0046701740605").await;
        assert_eq!(linked.to, format!("/contacts/{nick}"), "{}", linked.body);
        let page = service.get(&kari, &linked.to).await.body;
        assert!(page.contains("+46 ··· ·· 605") && page.contains("Not the same person"), "{page}");
        assert_eq!(service.post(&kari, "/check", "address=0046701740605").await.to, linked.to);
        let again = service.post(&kari, &format!("/contacts/{nick}/link"), "other=0046701740605").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        let part = page.split("action=\"").find(|rest| rest.contains("/unlink/")).unwrap();
        let part = part.split('"').next().unwrap();
        assert_eq!(service.post(&kari, part, "").await.to, linked.to);
        assert_ne!(service.post(&kari, "/check", "address=0046701740605").await.to, linked.to);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_to_whatsapp_is_registered_with_when_how_and_by_whom_and_lifts_no_no() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let id = service.contact(NUMBER).await;
        let agreed = format!("/contacts/{id}/agreed");
        let page = service.get_in(&kari, &format!("/contacts/{id}"), "nb").await.body;
        assert!(page.contains("De sier ja til meldinger") && page.contains(&agreed), "{page}");
        for (form, status) in [
            ("to=whatsapp&how=spoken&day=2026-12-01&words=", 303),
            ("to=whatsapp&how=in_writing&day=&words=On+paper", 303),
            ("to=whatsapp&how=other_way&words=", 422),
            ("to=whatsapp&how=other_way&words=HIV+pos.", 422),
            ("to=whatsapp&how=thought&words=x", 422),
            ("to=manual&how=spoken", 422),
            ("to=whatsapp&how=spoken&day=2099-01-01", 422),
            ("", 422),
        ] {
            let answer = service.post(&kari, &agreed, form).await;
            assert_eq!(answer.status.as_u16(), status, "{form}: {}", answer.body);
        }
        assert_eq!(service.ledger(id).await, ["agreed spoken Kari", "agreed in_writing Kari"]);
        let page = service.get(&kari, &format!("/contacts/{id}")).await.body;
        assert!(page.contains("whatsapp · in writing · Kari") && page.contains("On paper"), "{page}");
        service.post(&kari, &format!("/contacts/{id}/opt-out"), "").await;
        let late = service.post(&kari, &agreed, "to=whatsapp&how=spoken").await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.body.contains("does not lift it") && !late.body.contains(&agreed), "{}", late.body);
        assert_eq!(service.ledger(id).await.len(), 3);
    }
}
