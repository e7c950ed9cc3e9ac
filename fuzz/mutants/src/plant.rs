//! Finds what a slip could change in a file of Rust. Left out is what the compiler must know beforehand (constants, patterns,
//! types), the inside of macros, and tests.

use std::collections::HashMap;
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ExprCall, ExprLit, ExprMatch, ExprMethodCall, Lit, Pat, Stmt, Type, UnOp};

use crate::edits::{Edits, Mutant};
use crate::statement;
use crate::syntax::{answers, binds, is_test, is_truth, may_go, other, takes_all, word};

/// Methods that take a closure which says yes or no.
const ASKING: [&str; 13] = [
    "all",
    "any",
    "filter",
    "find",
    "is_none_or",
    "is_ok_and",
    "is_some_and",
    "partition",
    "position",
    "retain",
    "skip_while",
    "take_while",
    "rposition",
];
/// Methods whose numbers say where something stands, or how much at once.
const COUNTING: [&str; 6] = ["chunks", "get", "id", "int", "with_capacity", "word"];

/// Reads one file after another; numbers go on.
#[derive(Default)]
pub struct Planter {
    file: String,
    source: String,
    edits: Edits,
    words: HashMap<String, String>,
    pub mutants: Vec<Mutant>,
}

impl Planter {
    /// What can be put into a file.
    pub fn plant(&mut self, file: &str, source: &str) -> Result<Edits, syn::Error> {
        let parsed = syn::parse_file(source)?;
        (self.file, self.source) = (file.to_owned(), source.to_owned());
        self.words = parsed.items.iter().filter_map(word).collect();
        self.visit_file(&parsed);
        Ok(std::mem::take(&mut self.edits))
    }

    fn text(&self, of: &impl Spanned) -> &str {
        &self.source[of.span().byte_range()]
    }

    /// In one line, not too long.
    fn short(&self, of: &impl Spanned) -> String {
        let line = self.text(of).split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() <= 90 { line } else { line.chars().take(88).chain(" ..".chars()).collect() }
    }

    /// Adds a mutant; `{}` in `before` is the switch.
    fn add(&mut self, place: Range<usize>, before: &str, after: &'static str, what: String) {
        let id = self.mutants.len() as u32 + 1;
        let line = self.source[..place.start].matches('\n').count() + 1;
        let before = before.replacen("{}", &format!("crate::mutant::is({id})"), 1);
        self.mutants.push(Mutant { id, file: self.file.clone(), line, what });
        self.edits.wrap(id, place, before, after);
    }

    /// `new` stands instead of it when the mutant is on.
    fn replace(&mut self, e: &Expr, new: &str) {
        let what = format!("`{}` is `{}`", self.short(e), new.split_whitespace().collect::<Vec<_>>().join(" "));
        self.add(e.span().byte_range(), &format!("(if {{}} {{ {new} }} else {{ "), " })", what);
    }

    fn negate(&mut self, e: &Expr) {
        self.add(e.span().byte_range(), "({} != (", "))", format!("`{}` is the other way round", self.short(e)));
    }

    fn fix(&mut self, e: &Expr, to_true: bool, to_false: bool) {
        if to_true {
            self.add(e.span().byte_range(), "({} || (", "))", format!("`{}` is always true", self.short(e)));
        }
        if to_false {
            self.add(e.span().byte_range(), "(!{} && (", "))", format!("`{}` is never true", self.short(e)));
        }
    }

    /// What decides something: made true, made false, and each of its parts left out.
    fn condition(&mut self, e: &Expr, to_true: bool, to_false: bool) {
        match e {
            Expr::Paren(inner) => self.condition(&inner.expr, to_true, to_false),
            Expr::Let(inner) => self.visit_expr(&inner.expr),
            Expr::Binary(both) if matches!(both.op, BinOp::And(_)) => {
                let binds = binds(e);
                if !binds {
                    self.fix(e, to_true, to_false);
                }
                self.condition(&both.left, true, binds && to_false);
                self.condition(&both.right, true, binds && to_false);
            }
            Expr::Binary(both) if matches!(both.op, BinOp::Or(_)) => {
                self.fix(e, to_true, to_false);
                self.condition(&both.left, false, true);
                self.condition(&both.right, false, true);
            }
            _ => {
                self.fix(e, to_true, to_false);
                self.inside(e);
            }
        }
    }

    /// What can be changed inside of it, as opposed to what it comes to.
    fn inside(&mut self, e: &Expr) {
        match e {
            Expr::Binary(both) if matches!(both.op, BinOp::And(_) | BinOp::Or(_)) => self.condition(e, false, false),
            Expr::Binary(both) => {
                if let Some(other) = other(&both.op) {
                    let new = format!("{} {other} {}", self.text(&both.left), self.text(&both.right));
                    self.replace(e, &new);
                }
                visit::visit_expr(self, e);
            }
            Expr::Unary(not) if matches!(not.op, UnOp::Not(_)) => self.condition(&not.expr, false, false),
            Expr::If(branch) => {
                self.condition(&branch.cond, true, true);
                self.visit_block(&branch.then_branch);
                branch.else_branch.iter().for_each(|(_, other)| self.visit_expr(other));
            }
            Expr::While(again) => {
                self.condition(&again.cond, false, true);
                self.visit_block(&again.body);
            }
            Expr::Lit(ExprLit { lit: Lit::Int(n), .. }) => self.replace(e, &format!("{} + 1", n.token())),
            Expr::Match(choice) => self.arms(choice),
            Expr::MethodCall(call) => self.method(e, call),
            Expr::Call(call) => self.call(call),
            Expr::Macro(call) if call.mac.path.is_ident("matches") => self.alternatives(e, &call.mac),
            // What is waited for is no answer yet.
            Expr::Await(later) => self.inside(&later.base),
            Expr::Try(maybe) => self.inside(&maybe.expr),
            Expr::Repeat(many) => self.visit_expr(&many.expr),
            Expr::Const(_) => {}
            _ => visit::visit_expr(self, e),
        }
    }

    /// Arms that fall to the last, where that takes anything; and guards.
    fn arms(&mut self, choice: &ExprMatch) {
        self.visit_expr(&choice.expr);
        let falls = choice.arms.last().is_some_and(|last| last.guard.is_none() && takes_all(&last.pat));
        for (n, arm) in choice.arms.iter().enumerate() {
            match &arm.guard {
                Some((_, guard)) => self.condition(guard, true, true),
                None if falls && n + 1 < choice.arms.len() => {
                    let end = arm.pat.span().byte_range().end;
                    let what = format!("the arm `{}` falls to the last", self.short(&arm.pat));
                    self.add(end..end, " if !{}", "", what);
                }
                None => {}
            }
            self.visit_expr(&arm.body);
        }
    }

    fn method(&mut self, e: &Expr, call: &ExprMethodCall) {
        let name = call.method.to_string();
        let other = match name.as_str() {
            "min" => Some("max"),
            "max" => Some("min"),
            "min_by_key" => Some("max_by_key"),
            "max_by_key" => Some("min_by_key"),
            "saturating_add" => Some("saturating_sub"),
            "saturating_sub" => Some("saturating_add"),
            _ => None,
        };
        if let Some(other) = other {
            let (whole, name) = (e.span().byte_range(), call.method.span().byte_range());
            let new = format!("{}{other}{}", &self.source[whole.start..name.start], &self.source[name.end..whole.end]);
            self.replace(e, &new);
        }
        if name == "then" || name == "then_some" {
            self.condition(&call.receiver, true, true);
        } else {
            self.visit_expr(&call.receiver);
        }
        for argument in &call.args {
            match argument {
                _ if name == "push" && self.sql(argument) => {}
                Expr::Lit(_) if COUNTING.contains(&name.as_str()) => {}
                Expr::Closure(asks) if ASKING.contains(&name.as_str()) => self.condition(&asks.body, true, true),
                _ => self.visit_expr(argument),
            }
        }
    }

    fn call(&mut self, call: &ExprCall) {
        for argument in &call.args {
            let is_sql = matches!(&*call.func, Expr::Path(path) if path.path.is_ident("sql"));
            if !is_sql || !self.sql(argument) {
                self.visit_expr(argument);
            }
        }
    }

    /// The text of a statement, or a word of this file for it.
    fn sql(&mut self, e: &Expr) -> bool {
        let text = match e {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            Expr::Path(path) => path.path.get_ident().and_then(|name| self.words.get(&name.to_string()).cloned()),
            _ => None,
        };
        for (what, new) in text.iter().flat_map(|text| statement::changes(text)) {
            self.add(e.span().byte_range(), &format!("(if {{}} {{ {new:?} }} else {{ "), " })", what);
        }
        text.is_some()
    }

    /// Alternatives left out of `matches!(e, A | B)`.
    fn alternatives(&mut self, e: &Expr, mac: &syn::Macro) {
        let parse = |input: syn::parse::ParseStream<'_>| {
            let (of, _, pattern) = (input.parse::<Expr>()?, input.parse::<syn::Token![,]>()?, Pat::parse_multi(input)?);
            Ok((of, pattern, input.parse::<proc_macro2::TokenStream>()?))
        };
        let Ok((of, Pat::Or(pattern), rest)) = mac.parse_body_with(parse) else { return };
        for left_out in 0..pattern.cases.len() {
            let kept =
                pattern.cases.iter().enumerate().filter(|(n, _)| *n != left_out).map(|(_, case)| self.text(case));
            let kept = kept.collect::<Vec<_>>().join(" | ");
            self.replace(e, &format!("matches!({}, {kept} {rest})", self.text(&of)));
        }
    }

    /// A function that does nothing, and says something.
    fn body(&mut self, signature: &syn::Signature, body: &Block) {
        let at = body.span().byte_range().start + 1;
        for says in answers(&signature.output) {
            let what = format!("`{}` says `{says}` and does nothing", signature.ident);
            self.add(at..at, &format!(" if {{}} {{ return {says}; }}"), "", what);
        }
    }
}

impl<'ast> Visit<'ast> for Planter {
    fn visit_expr(&mut self, e: &'ast Expr) {
        if is_truth(e) {
            self.negate(e);
        }
        self.inside(e);
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        match statement {
            Stmt::Expr(e, Some(_)) if may_go(e) => {
                let what = format!("`{}` is not done", self.short(e));
                self.add(statement.span().byte_range(), "if !{} { ", " }", what);
                self.visit_expr(e);
            }
            Stmt::Macro(_) => {}
            _ => visit::visit_stmt(self, statement),
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if item.sig.constness.is_none() && !is_test(&item.attrs) {
            self.body(&item.sig, &item.block);
            self.visit_block(&item.block);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if item.sig.constness.is_none() && !is_test(&item.attrs) {
            self.body(&item.sig, &item.block);
            self.visit_block(&item.block);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
    fn visit_pat(&mut self, _: &'ast Pat) {}
    fn visit_type(&mut self, _: &'ast Type) {}
    fn visit_path(&mut self, _: &'ast syn::Path) {}
    fn visit_macro(&mut self, _: &'ast syn::Macro) {}
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_item_enum(&mut self, _: &'ast syn::ItemEnum) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_angle_bracketed_generic_arguments(&mut self, _: &'ast syn::AngleBracketedGenericArguments) {}
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Each mutant's words, and the source with all of them.
    fn planted(source: &str) -> (Vec<String>, String) {
        let mut planter = Planter::default();
        let edits = planter.plant("a.rs", source).unwrap();
        let text = edits.apply(source, &HashSet::new()).text;
        syn::parse_file(&text).unwrap();
        (planter.mutants.into_iter().map(|m| m.what).collect(), text)
    }

    #[test]
    fn each_part_of_a_condition_can_be_missing() {
        let (found, _) = planted("fn f() { if a < 1 && !b { return g(); } }");
        for what in [
            "`a < 1 && !b` is always true",
            "`a < 1 && !b` is never true",
            "`a < 1` is always true",
            "`a < 1` is `a <= 1`",
            "`!b` is always true",
            "`1` is `1 + 1`",
        ] {
            assert!(found.contains(&what.to_owned()), "{what} is not in {found:#?}");
        }
    }

    #[test]
    fn what_the_compiler_must_know_is_left_alone() {
        let source = "const A: u8 = 1; const fn f() -> bool { true } fn j() { match a { B => h(), C => i() } } fn g(a: [u8; 2]) { match a { [1, _] => h(), b => i() } }\n\
                      #[cfg(test)] mod tests { fn f() -> bool { true } } fn k() { let Some(1) = a else { m!(1 < 2) }; }";
        let (found, _) = planted(source);
        assert_eq!(found, ["the arm `[1, _]` falls to the last"]);
    }

    #[test]
    fn a_statement_and_an_answer_can_be_missing() {
        let (found, text) = planted("async fn f(a: A) -> Result<bool, E> { a.b(1).await?; Ok(matches!(a, A | B)) }");
        for what in [
            "`f` says `Ok(true)` and does nothing",
            "`a.b(1).await?` is not done",
            "`matches!(a, A | B)` is `matches!(a, B )`",
            "`matches!(a, A | B)` is the other way round",
        ] {
            assert!(found.contains(&what.to_owned()), "{what} is not in {found:#?}");
        }
        assert!(text.contains("if crate::mutant::is(1) { return Ok(true); }"), "{text}");
    }

    #[test]
    fn a_chain_that_binds_a_name_stays_a_chain() {
        let (found, text) = planted("fn f() { if let Some(a) = b && a.c() {} }");
        assert_eq!(found, ["`a.c()` is always true", "`a.c()` is never true"]);
        assert!(text.contains("if let Some(a) = b && ("), "{text}");
    }
}
