/** What no service may be asked, as `server/steps/http/address.ts` refuses it: there it is all of it, here what an author may write. */
const CREDENTIAL_HOSTS =
  /^(?:169\.254\.\d+\.\d+|100\.100\.100\.200|168\.63\.129\.16|192\.0\.0\.192|metadata\.google\.internal\.?|metadata\.goog\.?)$/i;

const PORT_MAX = 65_535;

/** Whom an `http://` or `https://` address asks: everything up to the path. */
const AUTHORITY = /^https?:\/\/[/\\]*([^/?#\\]*)/i;

/** Why no request can go to an address that holds no expressions before its path; null when nothing speaks against it. */
export function addressProblem(url: string): string | null {
  const authority = AUTHORITY.exec(url.trim())?.[1];
  if (authority === undefined) return "A URL begins with http:// or https://";
  if (authority.includes("${{")) return null;
  const at = authority.lastIndexOf("@");
  if (/^[^:]*:./.test(authority.slice(0, Math.max(0, at)))) {
    return "Whoever reads the repository reads this password: send it as a header that is one secret, such as authorization";
  }
  return hostProblem(authority.slice(at + 1));
}

function hostProblem(written: string): string | null {
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(written) ?? [];
  if (host === "") return "The URL names no host";
  const strange = host.startsWith("[") ? undefined : /[ <>^|[\]]/.exec(host)?.[0];
  if (strange === " ") return "A host holds no blank";
  if (strange !== undefined) return `A host holds no "${strange}"`;
  if (CREDENTIAL_HOSTS.test(host)) {
    return `"${host}" is where clouds keep the machine's credentials: steps may not call it`;
  }
  return port === undefined ? null : portProblem(port);
}

/** What is wrong with the port of an address; null when nothing is, or it is left out. */
export function portProblem(port: string): string | null {
  const isPort = port === "" || (/^\d+$/.test(port) && Number(port) <= PORT_MAX);
  return isPort ? null : `"${port.slice(0, 80)}" is no port: it is a number up to ${PORT_MAX}`;
}
