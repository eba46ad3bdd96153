//! Certificates decide who is a member, and access control who may speak under which name.

use std::{fs, path::Path, time::Duration};

use mixminus::cluster::{Delivery, Engine};
use mixminus_zenoh::{
    ZenohOptions,
    zenoh::{self, Config, Wait},
};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use crate::support::{Carrier, Node, endpoint, name, options, run, until};

const QUIC: Carrier = ("quic", "?mixed_rel=1");
const TLS: Carrier = ("tls", "");

/// Who signs certificates.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let (key, mut params) = (KeyPair::generate().unwrap(), CertificateParams::default());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test");
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate for a node of that name, and its key.
    fn sign(&self, name: &str) -> (String, String) {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

/// The configuration of README.md, with files of that name in a folder.
const MUTUAL_TLS: &str = r#"{
  root_ca_certificate: "FOLDER/ca.pem",
  enable_mtls: true,
  listen_certificate: "FOLDER/NODE.pem",
  listen_private_key: "FOLDER/NODE.key",
  connect_certificate: "FOLDER/NODE.pem",
  connect_private_key: "FOLDER/NODE.key",
}"#;

/// Zenoh's configuration of a node that has a certificate of `own`, and trusts those of `trusted`.
fn tls(folder: &Path, node: &str, own: &Authority, trusted: &Authority) -> Config {
    let (certificate, key) = own.sign(node);
    fs::write(folder.join("ca.pem"), &trusted.pem).unwrap();
    fs::write(folder.join(format!("{node}.pem")), certificate).unwrap();
    fs::write(folder.join(format!("{node}.key")), key).unwrap();
    let settings = MUTUAL_TLS.replace("FOLDER", folder.to_str().unwrap()).replace("NODE", node);
    let mut config = options(node, &[], &[]).config;
    config.insert_json5("transport/link/tls", &settings).unwrap();
    config
}

fn node(name: &str, listen: &[&str], connect: &[&str], config: Config) -> Node {
    let mut options = options(name, listen, connect);
    options.config = config;
    Node::open(options)
}

fn certificates_let_members_in(carrier: Carrier) {
    let (authority, other) = (Authority::new(), Authority::new());
    let (folder, endpoint) = (TempDir::new().unwrap(), endpoint(carrier));
    let at = folder.path();
    let mut a = node("a", &[&endpoint], &[], tls(at, "a", &authority, &authority));
    let mut b = node("b", &[], &[&endpoint], tls(at, "b", &authority, &authority));
    let mut forged = node("forged", &[], &[&endpoint], tls(at, "forged", &other, &authority));
    let mut config = tls(at, "bare", &authority, &authority);
    config.insert_json5("transport/link/tls/enable_mtls", "false").unwrap();
    config.insert_json5("transport/link/tls/connect_certificate", "null").unwrap();
    config.insert_json5("transport/link/tls/connect_private_key", "null").unwrap();
    let mut bare = node("bare", &[], &[&endpoint], config);
    until([&mut a, &mut b, &mut forged, &mut bare], |[a, b, ..]| a.sees("b") && b.sees("a"));
    run([&mut a, &mut b, &mut forged, &mut bare], Duration::from_millis(500));
    assert_eq!((a.members.len(), forged.members.len(), bare.members.len()), (1, 0, 0));
    a.engine.publish(b"tick");
    b.engine.send(&name("a"), b"message");
    until([&mut a, &mut b], |nodes| nodes.iter().all(|node| !node.received.is_empty()));
}

#[test]
fn certificates_let_members_in_over_quic() {
    certificates_let_members_in(QUIC);
}

#[test]
fn certificates_let_members_in_over_tls() {
    certificates_let_members_in(TLS);
}

/// That of README.md: each node speaks under its own name alone, which its certificate has.
const ACCESS: &str = r#"{
  enabled: true,
  default_permission: "deny",
  rules: [
    {
      id: "listen",
      permission: "allow",
      flows: ["ingress", "egress"],
      messages: ["declare_subscriber", "declare_liveliness_subscriber", "liveliness_query"],
      key_exprs: ["mixminus/test/**"],
    },
    {
      id: "speak",
      permission: "allow",
      flows: ["egress"],
      messages: ["put", "liveliness_token"],
      key_exprs: ["mixminus/test/**"],
    },
    {
      id: "from b",
      permission: "allow",
      flows: ["ingress"],
      messages: ["put", "liveliness_token"],
      key_exprs: ["mixminus/test/tick/b", "mixminus/test/to/*/b", "mixminus/test/node/b/*"],
    },
  ],
  subjects: [{ id: "all" }, { id: "b", cert_common_names: ["b"] }],
  policies: [
    { rules: ["listen", "speak"], subjects: ["all"] },
    { rules: ["from b"], subjects: ["b"] },
  ],
}"#;

/// Two members, and what the first has of a third that has a certificate, and says to be the second.
fn forged_in_the_name_of_a_member(access: Option<&str>) -> Vec<Vec<u8>> {
    let (authority, folder, endpoint) = (Authority::new(), TempDir::new().unwrap(), endpoint(QUIC));
    let mut config = tls(folder.path(), "a", &authority, &authority);
    if let Some(access) = access {
        config.insert_json5("access_control", access).unwrap();
    }
    let mut a = node("a", &[&endpoint], &[], config);
    let mut b = node("b", &[], &[&endpoint], tls(folder.path(), "b", &authority, &authority));
    until([&mut a, &mut b], |[a, b]| a.sees("b") && b.sees("a"));
    let mut config = tls(folder.path(), "mallory", &authority, &authority);
    config.insert_json5("connect/endpoints", &format!("[{endpoint:?}]")).unwrap();
    let mallory = zenoh::open(config).wait().unwrap();
    for _ in 0..20 {
        mallory.put("mixminus/test/tick/b", "forged").wait().unwrap();
        b.engine.publish(b"real");
        run([&mut a, &mut b], Duration::from_millis(10));
    }
    b.engine.send(&name("a"), b"last");
    until([&mut a, &mut b], |[a, _]| a.received.iter().any(|(_, delivery, _)| *delivery == Delivery::Sent));
    a.received.into_iter().map(|(_, _, message)| message).collect()
}

#[test]
fn a_member_may_forge_anothers_name() {
    let received = forged_in_the_name_of_a_member(None);
    assert!(received.contains(&b"forged".to_vec()) && received.contains(&b"real".to_vec()));
}

#[test]
fn access_control_keeps_each_to_its_own_name() {
    let received = forged_in_the_name_of_a_member(Some(ACCESS));
    assert!(!received.contains(&b"forged".to_vec()) && received.contains(&b"real".to_vec()));
}

#[test]
fn a_file_of_zenohs_is_a_configuration() {
    let (folder, endpoint) = (TempDir::new().unwrap(), endpoint(QUIC));
    let authority = Authority::new();
    let settings = tls(folder.path(), "b", &authority, &authority).get_json("transport/link/tls").unwrap();
    let file = folder.path().join("zenoh.json5");
    let text = format!("{{ connect: {{ endpoints: [{endpoint:?}] }}, transport: {{ link: {{ tls: {settings} }} }} }}");
    fs::write(&file, text).unwrap();
    let mut a = node("a", &[&endpoint], &[], tls(folder.path(), "a", &authority, &authority));
    let mut options = ZenohOptions::new("test", name("b"));
    options.config = Config::from_file(&file).unwrap();
    options.config.insert_json5("scouting/multicast/enabled", "false").unwrap();
    let mut b = Node::open(options);
    until([&mut a, &mut b], |[a, b]| a.sees("b") && b.sees("a"));
}
