import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { isRefusedAddress, RefusedAddress } from "../../http/address.js";
import { QueryProblem } from "../../databases/query-problem.js";

/** Where a server is, and as whom it is asked. */
export interface ServerAddress {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** False: in clear. */
  readonly tls: ConnectionOptions | false;
  /** What the server is told at the start, such as `-c search_path=sales`; empty for nothing. */
  readonly options: string;
}

const DEFAULT_PORT = 5432;
const KNOWN: readonly string[] = ["host", "sslmode", "sslrootcert", "options"];

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`. The words of `sslmode` mean what they mean to libpq; without one the
 * server must have a certificate that holds, unless it is this machine: libpq would ask a server without TLS in clear.
 * @throws QueryProblem, in which the URL does not occur: it may be a secret
 */
export function readServerAddress(url: string, password: string | null): ServerAddress {
  const { username, password: written, pathname, port, hostname, searchParams } = parseUrl(url);
  const host = (searchParams.get("host") ?? decoded(hostname, "host")).replace(/^\[|\]$/g, "");
  const named = {
    host,
    user: decoded(username, "user"),
    database: decoded(pathname.slice(1), "database"),
  };
  for (const [what, name] of Object.entries(named)) {
    if (name === "") throw refusal(`its URL names no ${what}`);
  }
  if (isRefusedAddress(host)) throw refusal(new RefusedAddress(host, host).message);
  return {
    ...named,
    port: port === "" ? DEFAULT_PORT : Number(port),
    password: password ?? decoded(written, "password"),
    tls: tlsOptions(host, searchParams),
    options: searchParams.get("options") ?? "",
  };
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refusal(`the ${what} in its URL holds a "%" that is no escape: write it as %25`);
  }
}

function parseUrl(url: string): URL {
  if (!/^postgres(?:ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw refusal("its URL is not of the form postgres://user@host:5432/database");
  }
  const parsed = new URL(url);
  const unknown = [...parsed.searchParams.keys()].find((name) => !KNOWN.includes(name));
  if (unknown === undefined) return parsed;
  throw refusal(`its URL has "${unknown}", which means nothing here: known are ${KNOWN.join(", ")}`);
}

function tlsOptions(host: string, params: URLSearchParams): ConnectionOptions | false {
  const mode = params.get("sslmode") ?? (isThisMachine(host) ? "disable" : "verify-full");
  const servername = isIP(host) === 0 ? { servername: host } : {};
  switch (mode) {
    case "disable":
      return false;
    case "require":
      return { ...servername, rejectUnauthorized: false };
    case "verify-ca":
      return { ...servername, ...authorities(params), checkServerIdentity: () => undefined };
    case "verify-full":
      return { ...servername, ...authorities(params) };
    default:
      throw refusal(
        `sslmode "${mode}" may ask the server in clear, unseen: write disable, require, verify-ca or verify-full`,
      );
  }
}

function authorities(params: URLSearchParams): ConnectionOptions {
  const file = params.get("sslrootcert");
  if (file === null) return {};
  try {
    return { ca: readFileSync(file) };
  } catch (error) {
    throw refusal(`sslrootcert cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isThisMachine(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || host.startsWith("127.");
}

function refusal(state: string): QueryProblem {
  return new QueryProblem(`Cannot connect: ${state}`);
}
