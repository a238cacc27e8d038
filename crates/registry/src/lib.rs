//! XDS registry core: atomic submission, replacement chains, streaming queries.
