//! Certificates decide who is a member, and who may speak under which name.
