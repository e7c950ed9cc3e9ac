//! The main job from outside: the real program, a Twilio-shaped gateway on loopback, both databases.

mod calls;
mod deaf;
mod demo;
mod fallback;
pub mod house;
mod keys;
pub mod leaks;
mod limit;
mod newcomers;
mod once;
mod planted;
mod provider;
mod refusals;
mod replies;
mod service;
mod twilio_whatsapp;
mod whatsapp;
