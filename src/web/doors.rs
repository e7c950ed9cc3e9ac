//! Every address, with who may come through it. An address without that cannot be made.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};

use super::allow::Allow;
use super::guard::{self, Guarded, outermost};
use super::house::House;

/// A door: what is asked for, and who may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// The method.
    pub method: Method,
    /// The address, with `{names}` for what varies.
    pub path: &'static str,
    /// Who may.
    pub allow: Allow,
}

/// Adds what is behind one door to the router.
type Room = Box<dyn FnOnce(Router<Arc<House>>, &Arc<House>) -> Router<Arc<House>> + Send>;

/// The doors of the house, and what is behind each.
#[derive(Default)]
pub struct Doors {
    list: Vec<Door>,
    rooms: Vec<Room>,
}

impl Doors {
    /// A page or a file.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, allow: Allow, handler: H) -> Self
    where
        H: Handler<T, Arc<House>>,
        T: 'static,
    {
        self.door(Method::GET, MethodFilter::GET, path, allow, handler)
    }

    /// What changes something.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, allow: Allow, handler: H) -> Self
    where
        H: Handler<T, Arc<House>>,
        T: 'static,
    {
        self.door(Method::POST, MethodFilter::POST, path, allow, handler)
    }

    fn door<H, T>(mut self, method: Method, filter: MethodFilter, path: &'static str, allow: Allow, handler: H) -> Self
    where
        H: Handler<T, Arc<House>>,
        T: 'static,
    {
        self.list.push(Door { method, path, allow });
        self.rooms.push(Box::new(move |router, house| {
            let guarded = Guarded { house: house.clone(), allow };
            router.route(path, on(filter, handler).layer(from_fn_with_state(guarded, guard::guard)))
        }));
        self
    }

    /// All of them.
    pub fn list(&self) -> &[Door] {
        &self.list
    }

    /// The router of this house, with what every answer of it carries.
    pub(super) fn open(self, house: &Arc<House>) -> Router {
        let router = self.rooms.into_iter().fold(Router::new(), |router, room| room(router, house));
        outermost(router.fallback(guard::nowhere).with_state(house.clone()), house)
    }
}
