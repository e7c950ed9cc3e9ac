//! What each key of a campaign file means, in a sentence or two of both languages, as an editor shows it beside the key.

/// What stands beside `phone` among the columns.
pub(super) const PHONE: &str = "The column with the telephone number.\n\nKolonnen med telefonnummeret.";
/// What stands beside `handle` among the columns.
pub(super) const HANDLE: &str =
    "The column with the handle, in a campaign by hand.\n\nKolonnen med kallenavnet, i en kampanje for hånd.";
/// What stands beside `language` among the columns.
pub(super) const LANGUAGE: &str =
    "The column that says which language a person reads.\n\nKolonnen som sier hvilket språk en person leser.";
/// What stands beside a channel.
pub(super) const ACCOUNT: &str =
    "The name of an account in the settings: [gateways.NAME].\n\nNavnet på en konto i innstillingene: [gateways.NAVN].";

/// What a key means, in English and Norwegian; empty when nobody has written it.
pub(super) fn of(section: &str, name: &str) -> (&'static str, &'static str) {
    match (section, name) {
        ("", "title") => ("What people call the campaign.", "Hva folk kaller kampanjen."),
        ("", "goal") => (
            "What it is to reach, in one sentence. The report sets the result against it.",
            "Hva den skal oppnå, i én setning. Rapporten måler resultatet mot det.",
        ),
        ("", "basis") => (
            "Why these numbers may be used: the legal basis.",
            "Hvorfor disse numrene kan brukes: behandlingsgrunnlaget.",
        ),
        ("", "starts") => (
            "The first day on which a message may go out. A date without quotes.",
            "Den første dagen en melding kan gå ut. En dato uten anførselstegn.",
        ),
        ("", "ends") => (
            "The last day on which a message may go out. A date without quotes.",
            "Den siste dagen en melding kan gå ut. En dato uten anførselstegn.",
        ),
        ("", "targets") => {
            ("To whom: the list, and which of it counts.", "Til hvem: listen, og hva av den som gjelder.")
        }
        ("", "message") => ("What is sent, and from whom.", "Hva som sendes, og fra hvem."),
        ("", "window") => ("When messages go out, and how fast.", "Når meldinger går ut, og hvor fort."),
        ("", "follow_up") => (
            "The call afterwards: a task for your staff; Lykt rings nobody.",
            "Samtalen etterpå: en oppgave for de ansatte; Lykt ringer ingen.",
        ),
        ("", "outcome") => (
            "What counts as a result: a first dose, a visit. Staff register each with two taps.",
            "Hva som teller som et resultat: en første dose, et besøk. De ansatte registrerer hvert med to trykk.",
        ),
        ("outcome", "name") => (
            "Its short name in commands, files and reports: letters a to z, digits, - and _.",
            "Det korte navnet i kommandoer, filer og rapporter: bokstavene a til z, sifre, - og _.",
        ),
        ("outcome", "title") => ("What people call it, in each language.", "Hva folk kaller det, på hvert språk."),
        ("outcome", "goal") => (
            "How many the campaign is to reach. The report sets the result against it.",
            "Hvor mange kampanjen skal oppnå. Rapporten måler resultatet mot det.",
        ),
        ("outcome", "code") => (
            "A word that the message carries and that people say when they come: then it came after the message.",
            "Et ord som står i meldingen, og som folk sier når de kommer: da kom de etter meldingen.",
        ),
        ("targets", "list") => (
            "The list, by its path from the folder campaigns/, inside it.",
            "Listen, med stien fra mappen campaigns/, inne i den.",
        ),
        ("targets", "columns") => (
            "Which columns are read: on the left a name of your choice, which texts can use; on the right the column's name in the list's first line.",
            "Hvilke kolonner som leses: til venstre et navn du velger, som tekstene kan bruke; til høyre kolonnens navn i listens første linje.",
        ),
        ("targets", "platform") => (
            "Where all handles of the list are, in a campaign by hand: instagram, snapchat, the name of a portal.",
            "Hvor alle kallenavnene på listen er, i en kampanje for hånd: instagram, snapchat, navnet på en portal.",
        ),
        ("targets", "where") => (
            "Only rows with one of these values. The name is the left side of columns.",
            "Bare rader med en av disse verdiene. Navnet er venstre side av columns.",
        ),
        ("targets", "wait_for_partners") => (
            "true makes no plan until every partner has answered.",
            "true lager ingen plan før hver partner har svart.",
        ),
        ("message", "channels") => ("The ways the message travels.", "Måtene meldingen går ut på."),
        ("message", "gateway") => ("The account that sends, for each channel.", "Kontoen som sender, for hver kanal."),
        ("message", "sender") => {
            ("The person who says hello: {{ sender }} in the texts.", "Den som sier hei: {{ sender }} i tekstene.")
        }
        ("message", "image") => (
            "An image that goes with the message: PNG, JPEG or GIF of at most 5 MB, inside campaigns/.",
            "Et bilde som følger meldingen: PNG, JPEG eller GIF på høyst 5 MB, inne i campaigns/.",
        ),
        ("message", "require_language") => (
            "true leaves out people whose own language is not among the texts.",
            "true utelater folk som ikke har sitt eget språk blant tekstene.",
        ),
        ("message", "script") => (
            "What to say in a campaign of calls, in each language; variables as in the texts.",
            "Hva man skal si i en ringekampanje, på hvert språk; variabler som i tekstene.",
        ),
        ("message", "attempts") => (
            "How often a call of a campaign of calls is tried, 1 to 5.",
            "Hvor mange ganger det ringes i en ringekampanje, 1 til 5.",
        ),
        ("message", "within") => (
            "How long a call of a campaign of calls stays on the list: \"7 days\".",
            "Hvor lenge en samtale i en ringekampanje står på listen: «7 days».",
        ),
        ("message", "variant") => (
            "A version of the message. With several, people are shared among them.",
            "En versjon av meldingen. Er det flere, blir folk fordelt på dem.",
        ),
        ("message.variant", "name") => {
            ("Its name in reports; each has its own.", "Navnet i rapporter; hver har sitt eget.")
        }
        ("message.variant", "weight") => (
            "How many get it, in proportion to the other variants.",
            "Hvor mange som får den, i forhold til de andre variantene.",
        ),
        ("message.variant", "sender") => (
            "Who says hello in this variant, in place of the message's sender.",
            "Hvem som sier hei i denne varianten, i stedet for avsenderen under [message].",
        ),
        ("message.variant", "image") => (
            "The image that goes with this variant, in place of the message's.",
            "Bildet som følger denne varianten, i stedet for det under [message].",
        ),
        ("message.variant", "text") => (
            "The text in each language, by its code: text.nb, text.en. Variables: {{ sender }}, {{ organisation }}, {{ services }}, {{ services.KIND }} and the left sides of columns.",
            "Teksten på hvert språk, med språkkode: text.nb, text.en. Variabler: {{ sender }}, {{ organisation }}, {{ services }}, {{ services.TYPE }} og venstresidene i columns.",
        ),
        ("message.variant", "template") => (
            "For WhatsApp: the template that Meta has approved. The texts say what it says.",
            "For WhatsApp: malen som Meta har godkjent. Tekstene sier det den sier.",
        ),
        ("message.variant.template", "name") => ("Its name in WhatsApp Manager.", "Navnet i WhatsApp Manager."),
        ("message.variant.template", "languages") => (
            "Its code for each language, where it is another than ours: { en = \"en_US\" }. With Twilio the template's id for each: { nb = \"HX..\" }.",
            "Koden for hvert språk, der den er en annen enn vår: { en = \"en_US\" }. Hos Twilio malens id for hvert: { nb = \"HX..\" }.",
        ),
        ("message.variant.template", "variables") => (
            "What goes into {{1}}, {{2}} .. in this order; or by name: { first_name = \"{{ sender }}\" }.",
            "Hva som skal inn i {{1}}, {{2}} .. i denne rekkefølgen; eller ved navn: { first_name = \"{{ sender }}\" }.",
        ),
        ("message.variant.template", "buttons") => (
            "The titles of its quick-reply buttons, in order. A press comes back as an answer with the title.",
            "Titlene på hurtigsvarknappene, i rekkefølge. Et trykk kommer tilbake som et svar med tittelen.",
        ),
        ("window", "days") => (
            "Days on which messages go out; Monday to Friday unless you write it.",
            "Dager meldinger går ut; mandag til fredag om du ikke skriver noe.",
        ),
        ("window", "from") => ("From this time of day: \"11:00\".", "Fra dette klokkeslettet: «11:00»."),
        ("window", "until") => (
            "Until this time of day; nothing begins in the last ten minutes.",
            "Til dette klokkeslettet; ingenting begynner de siste ti minuttene.",
        ),
        ("window", "holidays") => (
            "The country whose public holidays are left out, or \"none\".",
            "Landet hvis helligdager holdes utenfor, eller «none».",
        ),
        ("window", "rate") => (
            "How fast at most: \"20/min\", \"1/s\", \"300/h\", \"500/day\".",
            "Hvor fort på det meste: «20/min», «1/s», «300/h», «500/day».",
        ),
        ("follow_up", "kind") => ("What follows: a call.", "Hva som følger: en samtale (call)."),
        ("follow_up", "after") => (
            "When it falls due, counted from the day the message went out: \"3 working days\".",
            "Når den skal tas, regnet fra dagen meldingen gikk ut: «3 working days».",
        ),
        ("follow_up", "within") => (
            "How long after that it may still be made; then it lapses: \"7 days\".",
            "Hvor lenge etter det den fortsatt kan tas; så bortfaller den: «7 days».",
        ),
        ("follow_up", "unless") => {
            ("What makes it needless. A no always does.", "Hva som gjør den unødvendig. Et nei gjør det alltid.")
        }
        ("follow_up", "attempts") => ("How often it is tried, 1 to 5.", "Hvor mange ganger det forsøkes, 1 til 5."),
        ("follow_up", "script") => (
            "What to say, in each language; variables as in the texts.",
            "Hva man skal si, på hvert språk; variabler som i tekstene.",
        ),
        _ => ("", ""),
    }
}
