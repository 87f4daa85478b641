import { request as requestPlain, type IncomingMessage } from "node:http";
import { request as requestSecure } from "node:https";
import { headerNameProblem, headerValueProblem } from "@headwater/workflow";
import { checkedLookup, isRefusedAddress, RefusedAddress } from "./address.js";
import type { AllowedHosts } from "./allowed-hosts.js";

export interface HttpRequestOptions {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body: string | null;
  readonly stop: AbortSignal;
  /** Default: redirects within its origin are followed. */
  readonly redirects?: "follow" | "refuse";
  /** Default: every host. */
  readonly hosts?: AllowedHosts;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Of one response. */
export const MAX_RESPONSE_BYTES = 1024 * 1024;
const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The request cannot be made at all, however often: the message is for its author. */
export class RequestRefused extends Error {
  readonly code = "request-refused";
}

/**
 * Sends a request, follows redirects within its host, and reads the response. It is not `fetch`, because only here can the
 * address be checked when the connection is made.
 * @throws RequestRefused; whatever the network throws
 */
export async function sendRequest(options: HttpRequestOptions): Promise<HttpResponse> {
  let current = { ...options, url: parseUrl(options.url, options.hosts) };
  refuseHeaders(options.headers);
  for (let redirects = 0; ; redirects += 1) {
    const response = await sendOnce(current);
    const location = response.headers["location"];
    if (!REDIRECTS.has(response.status) || location === undefined) return response;
    if (options.redirects === "refuse") return response;
    if (redirects === MOST_REDIRECTS)
      throw new RequestRefused(`it was redirected more than ${MOST_REDIRECTS} times`);
    const url = parseUrl(new URL(location, current.url).href, options.hosts);
    // Headers may hold secrets that are meant for this origin only: not for another host, nor for the same one in clear.
    if (url.origin !== current.url.origin) return response;
    const becomesGet = response.status === 303 && current.method !== "HEAD";
    current = becomesGet ? { ...current, url, method: "GET", body: null } : { ...current, url };
  }
}

function parseUrl(text: string, hosts: AllowedHosts | undefined): URL {
  if (!URL.canParse(text)) throw new RequestRefused("it is not a URL");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RequestRefused(`"${url.protocol}" is not http or https`);
  }
  const address = url.hostname.replace(/^\[|\]$/g, "");
  if (isRefusedAddress(address)) throw new RequestRefused(new RefusedAddress(url.hostname, address).message);
  if (hosts?.allows(address) === false)
    throw new RequestRefused(
      `steps of this service may not call "${url.hostname}": HEADWATER_HTTP_HOSTS does not name it`,
    );
  return url;
}

function refuseHeaders(headers: HttpRequestOptions["headers"]): void {
  for (const [name, text] of Object.entries(headers)) {
    const ofName = headerNameProblem(name);
    if (ofName !== null) throw new RequestRefused(ofName);
    const ofText = headerValueProblem(text);
    if (ofText !== null) throw new RequestRefused(`${ofText} (header "${name}")`);
  }
}

type OneRequest = Omit<HttpRequestOptions, "url" | "redirects" | "hosts"> & { readonly url: URL };

function sendOnce({ method, url, headers, body, stop }: OneRequest): Promise<HttpResponse> {
  const send = url.protocol === "https:" ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers, lookup: checkedLookup, signal: stop, agent: false });
    request.once("error", reject);
    request.once("response", (response) => {
      readText(response).then((text) => resolve({ ...headOf(response), text }), reject);
    });
    request.end(body ?? undefined);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) {
      response.destroy();
      throw new RequestRefused(`the response is larger than the limit of ${MAX_RESPONSE_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function headOf(response: IncomingMessage): Pick<HttpResponse, "status" | "headers"> {
  const headers = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers) as Record<string, string> };
}
