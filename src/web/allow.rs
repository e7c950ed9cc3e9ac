//! Who may come through a door.

use crate::domain::role::Role;
use crate::domain::scope::Scope;

/// Those who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Everybody, signed in or not.
    Anyone,
    /// Whoever is signed in in one of these roles.
    Roles(&'static [Role]),
    /// Another system, with a token of this scope.
    Scope(Scope),
}

impl Allow {
    /// Everybody who is signed in.
    pub const SIGNED_IN: Allow = Allow::Roles(&Role::ALL);
    /// Whoever works with contacts.
    pub const CONTACTS: Allow = Allow::Roles(&[Role::Coordinator, Role::Staff, Role::Peer]);
    /// Staff and coordinators.
    pub const STAFF: Allow = Allow::Roles(&[Role::Coordinator, Role::Staff]);
    /// Coordinators.
    pub const COORDINATOR: Allow = Allow::Roles(&[Role::Coordinator]);
    /// Administrators.
    pub const ADMIN: Allow = Allow::Roles(&[Role::Admin]);
    /// Auditors.
    pub const AUDITOR: Allow = Allow::Roles(&[Role::Auditor]);
}
