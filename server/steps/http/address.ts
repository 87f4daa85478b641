import { BlockList, isIP } from "node:net";
import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";

/**
 * Addresses on which clouds answer with the machine's own credentials: link-local, and those that Amazon (IPv6), Alibaba, Azure
 * and Oracle have outside of it. No step may ask them. Loopback and private networks are allowed: on one machine, pipelines call their neighbours.
 */
const REFUSED = new BlockList();
REFUSED.addSubnet("169.254.0.0", 16, "ipv4");
REFUSED.addSubnet("fe80::", 10, "ipv6");
REFUSED.addAddress("fd00:ec2::254", "ipv6");
for (const address of ["100.100.100.200", "168.63.129.16", "192.0.0.192"])
  REFUSED.addAddress(address, "ipv4");

/** Refused before anybody is asked: a resolver inside a cloud, or a hosts file, may lead it anywhere. */
const REFUSED_NAMES: readonly string[] = ["metadata.google.internal", "metadata.goog"];

/** NAT64 (RFC 6052): the last 32 bits of these IPv6 addresses are an IPv4 address, to which a gateway leads. */
const NAT64 = new BlockList();
NAT64.addSubnet("64:ff9b::", 96, "ipv6");

/** The host of a URL is, or leads to, an address that is refused. */
export class RefusedAddress extends Error {
  readonly code = "refused-address";

  constructor(host: string, address: string) {
    const where = host === address ? "" : ` ${address},`;
    super(`"${host}" is${where} where clouds keep the machine's credentials: steps may not call it`);
    this.name = "RefusedAddress";
  }
}

/** Whether a host (brackets of IPv6 removed) is refused as it is written; where other names lead, `checkedLookup` checks. */
export function isRefusedAddress(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return REFUSED_NAMES.includes(host.toLowerCase().replace(/\.$/, ""));
  if (family === 4) return REFUSED.check(host, "ipv4");
  const [address = host] = host.split("%");
  if (NAT64.check(address, "ipv6")) return REFUSED.check(embeddedIPv4(address), "ipv4");
  return REFUSED.check(address, "ipv6");
}

/** The last 32 bits of an IPv6 address, whichever way it is written. */
function embeddedIPv4(address: string): string {
  // As a host of a URL it has one form, without dots and with the zeros left out.
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1).split(":");
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || "0", 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** Resolves a name and refuses it by its addresses at the moment of connecting, so that a name cannot change in between. */
export const checkedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "", 0);
    const refused = addresses.find(({ address }) => isRefusedAddress(address));
    if (refused !== undefined) return callback(new RefusedAddress(hostname, refused.address), "", 0);
    if (options.all === true) return callback(null, addresses);
    const [first] = addresses;
    return callback(null, first?.address ?? "", first?.family ?? 0);
  });
};
