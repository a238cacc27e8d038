//! Asking a server what it offers, and servers that are none.

use super::pacs::Pacs;
use super::world::{PACS, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_check_names_the_layer_that_fails() {
    let world = World::new().await;
    let check = world.gateway.check_images(PACS).await.unwrap();
    assert!(check.is_usable(), "{check:?}");
    world.pacs.state().has_no_get = true;
    let check = world.gateway.check_images(PACS).await.unwrap();
    assert!(check.is_usable());
    assert!(check.steps.contains(&("C-GET", Err("not offered".to_owned()))));
    world.pacs.state().is_gone = true;
    let check = world.gateway.check_images(PACS).await.unwrap();
    let (step, found) = &check.steps[0];
    assert_eq!(*step, "association");
    assert!(found.as_ref().unwrap_err().contains("refused the association"), "{found:?}");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = World::at(Pacs::default(), free, |_| {}).await;
    let check = nobody.gateway.check_images(PACS).await.unwrap();
    assert!(!check.is_usable());
    assert!(check.steps[0].1.as_ref().unwrap_err().contains("not reached"), "{check:?}");
}
