//! To which addresses a prompt may lead: [`Addresses`], and [`IpRange`], which a host may allow beside the public ones.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use ipnet::IpNet;

/// A range of IP addresses, written as `10.1.2.0/24`, `fd00::/8`, or one address.
///
/// ```
/// use mixminus::http::IpRange;
/// let range: IpRange = "10.1.2.0/24".parse()?;
/// assert!(range.contains("10.1.2.7".parse()?) && !range.contains("10.1.3.7".parse()?));
/// assert!("10.1.2.0/33".parse::<IpRange>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpRange(IpNet);

/// A text that is no range of IP addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is no range of IP addresses: 10.1.2.0/24, fd00::/8 and 10.1.2.3 are some")]
pub struct IpRangeError {
    /// The text.
    pub text: String,
}

impl IpRange {
    /// Whether an address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for IpRange {
    type Err = IpRangeError;

    fn from_str(text: &str) -> Result<Self, IpRangeError> {
        let range = text.parse::<IpNet>().or_else(|error| text.parse::<IpAddr>().map(IpNet::from).map_err(|_| error));
        range.map(Self).map_err(|_| IpRangeError { text: text.into() })
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An address to which no prompt may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {kind}, and only public addresses are asked for prompts")]
pub(super) struct NotPublic {
    pub address: IpAddr,
    pub kind: &'static str,
}

/// The addresses that may be asked: public ones, and those that the host allows.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses {
    pub allowed: Vec<IpRange>,
}

impl Addresses {
    pub fn check(&self, address: IpAddr) -> Result<(), NotPublic> {
        if self.allowed.iter().any(|range| range.contains(address)) {
            return Ok(());
        }
        let kind = match address {
            IpAddr::V4(address) => kind_of_v4(address),
            IpAddr::V6(address) => kind_of_v6(address),
        };
        kind.map_or(Ok(()), |kind| Err(NotPublic { address, kind }))
    }
}

/// What an address is, by IANA's registry of special-purpose addresses, if it is not public.
fn kind_of_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = address.octets();
    Some(match (a, b, c) {
        (0, ..) => "an address of this network",
        (127, ..) => "a loopback address",
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => "a private address",
        (100, 64..=127, _) => "an address of a carrier's NAT",
        (169, 254, _) => "a link-local address",
        (192, 0, 0) => "an address of a protocol",
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => "an address for documentation",
        (192, 88, 99) => "an address of a 6to4 relay",
        (198, 18..=19, _) => "an address for benchmarks",
        (224..=239, ..) => "a multicast address",
        (240.., ..) => "a reserved address",
        _ => return None,
    })
}

/// The same. Addresses that stand for others of IPv4 are not public, whichever they stand for.
fn kind_of_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [a, b, ..] = address.segments();
    Some(match (a, b) {
        _ if address.is_loopback() => "a loopback address",
        _ if address.is_unspecified() => "no address",
        _ if address.to_ipv4().is_some() => "an IPv4 address in IPv6",
        (0x64, 0xff9b) => "an IPv4 address behind a NAT64",
        (0xfc00..=0xfdff, _) => "a unique local address",
        (0xfe80..=0xfebf, _) => "a link-local address",
        (0xff00.., _) => "a multicast address",
        (0x2001, 0..=0x1ff) => "an address of a protocol",
        (0x2001, 0xdb8) | (0x3fff, 0..=0xfff) => "an address for documentation",
        (0x2002, _) => "an address of 6to4",
        (0x2000..=0x3fff, _) => return None,
        _ => "a reserved address",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(address: &str) -> Option<&'static str> {
        Addresses::default().check(address.parse().unwrap()).err().map(|refused| refused.kind)
    }

    #[test]
    fn public_addresses_may_be_asked() {
        for address in
            ["1.1.1.1", "100.63.0.1", "172.15.9.9", "172.32.0.1", "192.0.1.1", "198.20.0.1", "223.255.255.255"]
        {
            assert_eq!(kind(address), None, "{address}");
        }
        for address in ["2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::1", "3ffe::1"] {
            assert_eq!(kind(address), None, "{address}");
        }
    }

    #[test]
    fn no_address_of_another_kind_may() {
        let v4 = [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
        ];
        let v6 = [
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ];
        for address in v4.into_iter().chain(v6) {
            assert!(kind(address).is_some(), "{address}");
        }
        let refused = Addresses::default().check("169.254.169.254".parse().unwrap()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "169.254.169.254 is a link-local address, and only public addresses are asked for prompts"
        );
    }

    #[test]
    fn a_host_allows_ranges_of_its_own() {
        let allowed = ["10.1.2.0/24", "fd00::7"].map(|range| range.parse().unwrap()).to_vec();
        let addresses = Addresses { allowed };
        let may = |address: &str| addresses.check(address.parse().unwrap()).is_ok();
        assert!(may("10.1.2.9") && may("fd00::7") && may("1.1.1.1"));
        assert!(!may("10.1.3.9") && !may("fd00::8") && !may("127.0.0.1") && !may("::ffff:10.1.2.9"));
    }
}
