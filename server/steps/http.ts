import type { AttemptRequest, AttemptResult } from "@headwater/engine";
import {
  checkValue,
  parseExactly,
  POLL_EVERY_MS_MIN,
  toCelValue,
  type Evaluator,
  type Json,
} from "@headwater/workflow";
import { sleep, type Clock } from "../clock.js";
import { appendLogLine } from "../logs/append-line.js";
import { createMask, type Mask } from "../logs/mask.js";
import { resolveTexts } from "../secrets/resolve-texts.js";
import type { Secrets } from "../secrets/secrets.js";
import type { AllowedHosts } from "./http/allowed-hosts.js";
import {
  RequestRefused,
  sendRequest,
  type HttpRequestOptions,
  type HttpResponse,
} from "./http/send-request.js";
import { noteUnmasked } from "./note-unmasked.js";
import { errorResult, finalResult, missingSecrets } from "./results.js";
import type { Attempt, StepKind } from "./step-context.js";

export type HttpRequest = Extract<AttemptRequest, { readonly kind: "http" }>;

export interface HttpKindOptions {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly evaluator: Evaluator;
  readonly hosts: AllowedHosts;
}

interface Exchange {
  readonly attempt: Attempt<HttpRequest>;
  readonly options: HttpRequestOptions;
  readonly mask: Mask;
}

type Sent =
  | { readonly ok: true; readonly response: Response }
  | { readonly ok: false; readonly result: AttemptResult };

interface Response {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON, otherwise text. */
  readonly body: Json;
}

/** `http`: one request, or with `poll` the same one until its response says that the work elsewhere is done. */
export function createHttpKind(kind: HttpKindOptions): StepKind<HttpRequest> {
  return async (attempt, stop, onStarted) => {
    const { request } = attempt;
    const secrets = await resolveTexts(request.headers, {
      provider: kind.secrets,
      scope: attempt.secretScope,
    });
    if (!secrets.ok) return missingSecrets(secrets.missing);
    await noteUnmasked(attempt.logFile, kind.clock.now(), secrets.secrets);
    onStarted();
    const body = bodyOf(request);
    const headers = { ...defaultHeaders(request.body, body), ...lowerCaseNames(secrets.texts) };
    const options = { method: request.method, url: request.url, headers, body, stop, hosts: kind.hosts };
    const exchange: Exchange = { attempt, options, mask: createMask([...secrets.secrets.values()]) };
    for (;;) {
      const sent = await exchangeOnce(kind, exchange);
      if (!sent.ok) return sent.result;
      const done = isDone(kind.evaluator, request, sent.response);
      if (!done.ok) return finalResult(`Cannot evaluate poll.until: ${done.message}`);
      if (done.value) return outputsOf(sent.response, request.outputs);
      await sleep(kind.clock, Math.max(POLL_EVERY_MS_MIN, request.poll?.everyMs ?? 0), stop);
      if (stop.aborted) return errorResult("stopped while polling");
    }
  };
}

async function exchangeOnce({ clock }: HttpKindOptions, { attempt, options, mask }: Exchange): Promise<Sent> {
  const startedAt = clock.now();
  const place = mask(`${options.method} ${options.url}`);
  const log = (text: string): Promise<void> => appendLogLine(attempt.logFile, clock.now(), text);
  try {
    const answer = await sendRequest(options);
    await log(
      `${place}: ${answer.status} after ${clock.now() - startedAt} ms, ${answer.text.length} characters`,
    );
    if (isExpected(answer.status, attempt.request.expect))
      return { ok: true, response: readResponse(answer, mask) };
    const message = `${place} answered ${answer.status}, expected ${expectation(attempt.request.expect)}`;
    return { ok: false, result: errorResult(message) };
  } catch (error) {
    const reason = mask(error instanceof Error ? error.message : String(error));
    await log(`${place}: ${reason}`);
    const message = `${place} failed: ${reason}`;
    return {
      ok: false,
      result: error instanceof RequestRefused ? finalResult(message) : errorResult(message),
    };
  }
}

/** Text as it is, such as a form or XML, anything else as JSON. */
function bodyOf({ body }: HttpRequest): string | null {
  return body === null || typeof body === "string" ? body : JSON.stringify(body);
}

function defaultHeaders(given: Json, sent: string | null): Readonly<Record<string, string>> {
  const always = { accept: "application/json, */*;q=0.5", "user-agent": "headwater" };
  if (sent === null) return always;
  const type = typeof given === "string" ? "text/plain; charset=utf-8" : "application/json";
  return { ...always, "content-type": type, "content-length": String(Buffer.byteLength(sent)) };
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function isExpected(status: number, expected: readonly number[]): boolean {
  return expected.length === 0 ? status >= 200 && status < 300 : expected.includes(status);
}

function expectation(expected: readonly number[]): string {
  return expected.length === 0 ? "200 to 299" : expected.join(" or ");
}

/** A secret that the server sends back stays a secret, also one that JSON writes with escapes: parsed first, then masked. */
function readResponse({ status, headers, text }: HttpResponse, mask: Mask): Response {
  const head = { status, headers: maskEach(headers, mask) };
  try {
    return { ...head, body: maskJson(parseExactly(text), mask) };
  } catch {
    return { ...head, body: mask(text) };
  }
}

function maskEach(texts: Readonly<Record<string, string>>, mask: Mask): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, mask(text)]));
}

function maskJson(value: Json, mask: Mask): Json {
  if (typeof value === "string") return mask(value);
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map((item) => maskJson(item, mask));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [mask(name), maskJson(item, mask)]));
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isDone(
  evaluator: Evaluator,
  { poll }: HttpRequest,
  response: Response,
): ReturnType<Evaluator["condition"]> {
  if (poll === null) return { ok: true, value: true };
  const { status, headers, body } = response;
  return evaluator.condition(poll.until, {
    response: toCelValue({ status, headers, body }, { name: "json" }),
  });
}

/** `status` and `body`; any other declared name is a field of the body. */
function outputsOf(response: Response, declared: HttpRequest["outputs"]): AttemptResult {
  const outputs: Record<string, Json> = {};
  const problems: string[] = [];
  for (const [name, type] of Object.entries(declared)) {
    const value = outputNamed(name, response);
    const problem = value === undefined ? "is not in the response" : checkValue(value, type);
    if (problem === null && value !== undefined) outputs[name] = value;
    else problems.push(`output "${name}" ${problem}`);
  }
  if (problems.length > 0) return errorResult(`Cannot read the outputs: ${problems.join("; ")}`);
  return { status: "succeeded", outputs };
}

function outputNamed(name: string, { status, body }: Response): Json | undefined {
  if (name === "status") return status;
  if (name === "body") return body;
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, name)) return undefined;
  return (body as Readonly<Record<string, Json>>)[name];
}
