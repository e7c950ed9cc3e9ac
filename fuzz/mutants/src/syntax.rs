//! What a piece of Rust is, as far as it can be told without its types. Changes nothing.

use syn::{BinOp, Expr, ExprLit, Lit, Pat, ReturnType, Type, UnOp};

/// A constant text of a file, by its name.
pub fn word(item: &syn::Item) -> Option<(String, String)> {
    let syn::Item::Const(item) = item else { return None };
    match &*item.expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some((item.ident.to_string(), text.value())),
        _ => None,
    }
}

pub fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| match &a.meta {
        syn::Meta::Path(path) => path.segments.last().is_some_and(|last| last.ident == "test"),
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        syn::Meta::NameValue(_) => false,
    })
}

/// Whether a pattern takes anything; a capital begins the name of a state.
pub fn takes_all(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Ident(name) => name.subpat.is_none() && name.ident.to_string().starts_with(char::is_lowercase),
        _ => false,
    }
}

/// Whether a chain of conditions binds names.
pub fn binds(e: &Expr) -> bool {
    match e {
        Expr::Let(_) => true,
        Expr::Binary(both) if matches!(both.op, BinOp::And(_)) => binds(&both.left) || binds(&both.right),
        _ => false,
    }
}

/// Whether it is known to be yes or no.
pub fn is_truth(e: &Expr) -> bool {
    let begins = ["is_", "has_", "may_", "contains", "starts_with", "ends_with"];
    let asks = |call: &syn::ExprMethodCall| {
        let name = call.method.to_string();
        let each = ["all", "any"].contains(&name.as_str()) && matches!(call.args.first(), Some(Expr::Closure(_)));
        each || begins.iter().any(|begins| name.starts_with(begins))
    };
    match e {
        Expr::Lit(lit) => matches!(lit.lit, Lit::Bool(_)),
        Expr::Unary(not) => matches!(not.op, UnOp::Not(_)),
        Expr::Binary(both) => {
            use BinOp::{Eq, Ge, Gt, Le, Lt, Ne};
            matches!(both.op, Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_))
        }
        Expr::MethodCall(call) => asks(call),
        Expr::Try(maybe) => is_truth(&maybe.expr),
        Expr::Await(later) => is_truth(&later.base),
        Expr::Macro(call) => call.mac.path.is_ident("matches"),
        _ => false,
    }
}

/// What stands in its place by a slip.
pub fn other(op: &BinOp) -> Option<&'static str> {
    Some(match op {
        BinOp::Lt(_) => "<=",
        BinOp::Le(_) => "<",
        BinOp::Gt(_) => ">=",
        BinOp::Ge(_) => ">",
        BinOp::Add(_) => "-",
        BinOp::Sub(_) => "+",
        _ => return None,
    })
}

/// Whether a statement can be left out: it does something, and gives nothing back.
pub fn may_go(e: &Expr) -> bool {
    match e {
        Expr::Await(_) | Expr::Call(_) | Expr::MethodCall(_) | Expr::Try(_) => true,
        Expr::Assign(assign) => !matches!(&*assign.left, Expr::Path(_)),
        Expr::Binary(both) => {
            use BinOp::{AddAssign, BitAndAssign, BitOrAssign, SubAssign};
            matches!(both.op, AddAssign(_) | BitAndAssign(_) | BitOrAssign(_) | SubAssign(_))
        }
        _ => false,
    }
}

/// What a function of this type could say without doing anything.
pub fn answers(output: &ReturnType) -> &'static [&'static str] {
    let ReturnType::Type(_, of) = output else { return &[] };
    match named(of) {
        Some(("bool", _)) => &["true", "false"],
        Some(("Option", _)) => &["None"],
        Some(("Vec", _)) => &["Vec::new()"],
        Some(("Result", Some(Type::Tuple(nothing)))) if nothing.elems.is_empty() => &["Ok(())"],
        Some(("Result", Some(inner))) => match named(inner) {
            Some(("bool", _)) => &["Ok(true)", "Ok(false)"],
            Some(("Option", _)) => &["Ok(None)"],
            Some(("Vec", _)) => &["Ok(Vec::new())"],
            Some(("i64" | "u64" | "usize", _)) => &["Ok(0)"],
            _ => &[],
        },
        _ => &[],
    }
}

/// The last name of a type, and its first argument.
fn named(of: &Type) -> Option<(&'static str, Option<&Type>)> {
    const NAMES: [&str; 7] = ["bool", "Option", "Vec", "Result", "i64", "u64", "usize"];
    let Type::Path(path) = of else { return None };
    let last = path.path.segments.last()?;
    let name = NAMES.into_iter().find(|name| last.ident == name)?;
    let first = match &last.arguments {
        syn::PathArguments::AngleBracketed(all) => all.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::Type(inner) => Some(inner),
            _ => None,
        }),
        _ => None,
    };
    Some((name, first))
}
