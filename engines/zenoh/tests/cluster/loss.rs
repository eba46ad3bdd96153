//! A network that loses packets.

use std::{
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use mixminus::cluster::{Delivery, Engine};

use crate::support::{Carrier, Node, PLAIN_UDP, UDP, endpoint, name, options, run, until};

/// A way to a node on which one packet of so many is lost, in each direction.
struct Lossy {
    port: u16,
    /// All pass at 0.
    one_of: Arc<AtomicU64>,
}

impl Lossy {
    /// To a port of this machine. Its threads end with the process.
    fn to(port: u16) -> Self {
        let [near, far] = ["127.0.0.1:0"; 2].map(|any| UdpSocket::bind(any).unwrap());
        far.connect(("127.0.0.1", port)).unwrap();
        let (port, one_of) = (near.local_addr().unwrap().port(), Arc::<AtomicU64>::default());
        let (answers, back) = (near.try_clone().unwrap(), far.try_clone().unwrap());
        let client = Arc::new(std::sync::Mutex::new(None::<SocketAddr>));
        let (seen, loses, loses_back) = (client.clone(), one_of.clone(), one_of.clone());
        thread::spawn(move || {
            pass(
                &loses,
                |packet| {
                    let (length, from) = near.recv_from(packet).ok()?;
                    *seen.lock().unwrap() = Some(from);
                    Some(length)
                },
                |packet| drop(far.send(packet)),
            );
        });
        thread::spawn(move || {
            pass(
                &loses_back,
                |packet| Some(back.recv(packet).unwrap_or(0)),
                |packet| {
                    if let Some(client) = *client.lock().unwrap() {
                        drop(answers.send_to(packet, client));
                    }
                },
            );
        });
        Self { port, one_of }
    }
}

fn pass(one_of: &AtomicU64, mut take: impl FnMut(&mut [u8]) -> Option<usize>, give: impl Fn(&[u8])) {
    let (mut packet, mut packets) = (vec![0; 65_536], 0);
    while let Some(length) = take(&mut packet) {
        packets += 1;
        if !matches!(one_of.load(Relaxed), one_of if one_of > 0 && packets % one_of == 0) {
            give(&packet[..length]);
        }
    }
}

/// Two members, and the way between them.
fn two_members(carrier: Carrier) -> (Node, Node, Lossy) {
    let endpoint = endpoint(carrier);
    let port = endpoint.split([':', '?']).nth(1).unwrap().parse().unwrap();
    let way = Lossy::to(port);
    let mut a = Node::open(options("a", &[&endpoint], &[]));
    let through = format!("{}/127.0.0.1:{}{}", carrier.0, way.port, carrier.1);
    let mut b = Node::open(options("b", &[], &[&through]));
    until([&mut a, &mut b], |[a, b]| a.sees("b") && b.sees("a"));
    (a, b, way)
}

fn numbers(node: &Node, delivery: Delivery) -> Vec<u32> {
    let of = node.received.iter().filter(|(_, way, _)| *way == delivery);
    of.map(|(_, _, message)| u32::from_le_bytes(message[..4].try_into().unwrap())).collect()
}

fn message(number: u32) -> Vec<u8> {
    let mut message = number.to_le_bytes().to_vec();
    message.resize(400, 0);
    message
}

#[test]
fn what_is_sent_comes_and_what_is_published_does_not_wait_for_what_is_lost() {
    let (mut a, mut b, way) = two_members(UDP);
    way.one_of.store(8, Relaxed);
    for number in 0..200 {
        b.engine.publish(&message(number));
        b.engine.send(&name("a"), &message(number));
        run([&mut a, &mut b], Duration::from_millis(5));
    }
    until([&mut a, &mut b], |[a, _]| numbers(a, Delivery::Sent).len() == 200);
    assert!(numbers(&a, Delivery::Sent).into_iter().eq(0..200));
    let ticks = numbers(&a, Delivery::Published).len();
    assert!((100..200).contains(&ticks), "{ticks} of 200: the lost ones are not sent again");
    assert_eq!(a.engine.readings().breaks, 0);
}

#[test]
fn who_has_missed_a_message_is_no_member_until_a_new_beginning() {
    let (mut a, mut b, way) = two_members(PLAIN_UDP);
    way.one_of.store(8, Relaxed);
    let mut number = 0;
    while a.engine.readings().breaks == 0 {
        b.engine.send(&name("a"), &message(number));
        number += 1;
        run([&mut b], Duration::from_millis(1));
        a.engine.wait(Duration::from_millis(1));
        a.engine.receive(&mut |_, _, message| {
            a.received.push((name("b"), Delivery::Sent, message.to_vec()));
        });
    }
    assert!(a.sees("b"), "its host has not asked since");
    let before = numbers(&a, Delivery::Sent);
    assert!(before.iter().copied().eq(0..before.len() as u32), "nothing after what is missing");
    a.turn();
    assert!(!a.sees("b"));
    way.one_of.store(0, Relaxed);
    until([&mut a, &mut b], |[a, b]| a.sees("b") && b.sees("a"));
    a.received.clear();
    b.engine.send(&name("a"), &message(1_000_000));
    until([&mut a, &mut b], |[a, _]| !a.received.is_empty());
    assert!(numbers(&a, Delivery::Sent).ends_with(&[1_000_000]));
}
