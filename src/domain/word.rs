//! Closed lists of words: enums whose variants each have the one word by which files, the database and JSON know them.

/// Declares an enum with a word for each variant, and behind it those of `ALL`, `as_str` and `parse` that are wanted.
///
/// ```text
/// words! {
///     /// How a day was.
///     #[derive(Clone, Copy, Debug, PartialEq, Eq)]
///     pub enum Day {
///         /// Fine.
///         Fine = "fine",
///         /// It weighs on them.
///         Heavy = "heavy",
///     }
///
///     /// Both, in the order in which they are shown.
///     pub const ALL;
///     /// The word that a form sends.
///     pub fn as_str;
///     /// Reads the word; `None` when it is none of ours.
///     pub fn parse;
/// }
/// ```
#[macro_export]
macro_rules! words {
    (
        $(#[$about:meta])* $sees:vis enum $name:ident $words:tt
        $($(#[$of_item:meta])* $sees_item:vis $kind:ident $item:ident;)+
    ) => {
        $crate::words! { @enum $(#[$about])* $sees $name $words }

        impl $name {
            $($crate::words! { @$item $words $(#[$of_item])* $sees_item })+
        }
    };
    (
        @enum $(#[$about:meta])* $sees:vis $name:ident
        { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? }
    ) => {
        $(#[$about])*
        $sees enum $name {
            $($(#[$of])* $variant),+
        }
    };
    (@ALL { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? } $(#[$about:meta])* $sees:vis) => {
        $(#[$about])*
        $sees const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];
    };
    (@as_str { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? } $(#[$about:meta])* $sees:vis) => {
        $(#[$about])*
        $sees fn as_str(self) -> &'static str {
            match self {
                $(Self::$variant => $word),+
            }
        }
    };
    (@parse { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? } $(#[$about:meta])* $sees:vis) => {
        $(#[$about])*
        $sees fn parse(word: &str) -> Option<Self> {
            match word {
                $($word => Some(Self::$variant),)+
                _ => None,
            }
        }
    };
}

#[cfg(test)]
mod tests {
    words! {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Day {
            Fine = "fine",
            Heavy = "heavy",
        }

        const ALL;
        fn as_str;
        fn parse;
    }

    #[test]
    fn every_word_is_read_back_and_no_other() {
        assert_eq!(Day::ALL.map(Day::as_str), ["fine", "heavy"]);
        assert_eq!(Day::ALL.map(|day| Day::parse(day.as_str())), [Some(Day::Fine), Some(Day::Heavy)]);
        assert_eq!(Day::parse("Fine"), None);
    }
}
