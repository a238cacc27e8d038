//! XDS repository core: a document's bytes made durable, then registered.
