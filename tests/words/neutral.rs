//! What Lykt itself puts where others may look, in the title of a page and the subject of a mail, says nothing of what
//! the service is for.

use std::fs;
use std::path::{Path, PathBuf};

use lykt::campaign::lint::{House, Words, reveals};

/// Where subjects of notices are written.
const SUBJECTS: [&str; 6] = [
    "src/alarm/words.rs",
    "src/daemon/folder/guard.rs",
    "src/domain/alarm.rs",
    "src/plan/life.rs",
    "src/tasks/daily.rs",
    "src/webhook/news.rs",
];

fn house() -> House {
    House { words: Words::ours(), ..House::default() }
}

fn word_in<'a>(said: &'a str, house: &House) -> Option<&'a str> {
    ["en", "nb"].iter().find_map(|language| reveals(said, language, house)).map(|at| &said[at])
}

fn templates(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|ending| ending == "html")).collect()
}

#[test]
fn no_title_of_a_page_and_no_subject_of_a_mail_says_what_the_service_is_for() {
    let (root, house) = (Path::new(env!("CARGO_MANIFEST_DIR")), house());
    assert_eq!(word_in("Hivtest i dag", &house), Some("Hivtest"), "the words are known");
    assert_eq!(word_in("12 calls to sex workers", &house), Some("sex workers"));
    let mut titles = 0;
    for path in templates(&root.join("src/web/templates")) {
        let text = fs::read_to_string(&path).unwrap();
        for part in text.split("{% block title %}").skip(1) {
            let title = part.split("{% endblock %}").next().unwrap();
            assert_eq!(word_in(title, &house), None, "{}", path.display());
            titles += 1;
        }
    }
    assert!(titles > 20, "{titles} titles");
    for file in SUBJECTS {
        let text = fs::read_to_string(root.join(file)).unwrap();
        for literal in text.split('"').skip(1).step_by(2) {
            assert_eq!(word_in(literal, &house), None, "{file}: {literal}");
        }
    }
}
