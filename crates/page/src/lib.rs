//! Layout, sessions, security headers and languages shared by all pages.
