import { BlockList, isIP } from "node:net";

/** What an operator lets `http` steps call. */
export interface AllowedHosts {
  /** @param host as a URL has it, without the brackets of IPv6 */
  allows(host: string): boolean;
}

/**
 * Names (`api.example.com`), all below one (`*.example.com`), addresses and networks (`10.0.0.5`, `10.0.0.0/8`); none of them allows every
 * host. A name counts by its name, wherever it leads, and an address as it is written: a step that calls a name is not allowed by the
 * network of its address.
 */
export function allowedHosts(entries: readonly string[]): AllowedHosts {
  const networks = new BlockList();
  const names: string[] = [];
  for (const entry of entries) {
    const network = networkOf(entry);
    if (network === null) names.push(entry.toLowerCase());
    else networks.addSubnet(network.address, network.prefix, network.family);
  }
  return {
    allows(host) {
      if (entries.length === 0) return true;
      const family = isIP(host);
      if (family !== 0) return networks.check(host, family === 4 ? "ipv4" : "ipv6");
      const name = host.toLowerCase().replace(/\.$/, "");
      return names.some((allowed) => (allowed.startsWith("*.") ? isBelow(name, allowed) : name === allowed));
    },
  };
}

/** Whether an entry is one that `allowedHosts` understands. */
export function isHostEntry(entry: string): boolean {
  return networkOf(entry) !== null || (NAME.test(entry) && !LOOKS_LIKE_ADDRESS.test(entry));
}

const NAME = /^(?:\*\.)?[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*$/i;
const LOOKS_LIKE_ADDRESS = /^[\d.]+$/;

function isBelow(name: string, pattern: string): boolean {
  return name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1;
}

/** An address is a network of one. Null for a name. */
function networkOf(entry: string): {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
} | null {
  const [, address = "", written] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  const longest = version === 4 ? 32 : 128;
  const prefix = written === undefined ? longest : Number(written);
  if (version === 0 || prefix > longest) return null;
  return { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}
