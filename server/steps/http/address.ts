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

/** The host of a URL is, or leads to, an address that is refused. */
export class RefusedAddress extends Error {
  readonly code = "refused-address";

  constructor(host: string, address: string) {
    super(`"${host}" is ${address}, where clouds keep the machine's credentials: steps may not call it`);
    this.name = "RefusedAddress";
  }
}

/** Whether a literal address (brackets of IPv6 removed) is refused; false for names, which `checkedLookup` checks. */
export function isRefusedAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return REFUSED.check(address, family === 6 ? "ipv6" : "ipv4");
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
