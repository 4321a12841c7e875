//! What the whole-server tests share: servers, clients, a browser.
