import { ApiError } from "./api-error.js";
import type { ClientOptions } from "./client-options.js";
import { change, type ServiceEvent } from "./events.js";
import { readEventStream, type StreamMessage } from "./event-stream.js";
import { readBody, refusal, send, unreachable } from "./request.js";
import { ROUTES } from "./routes.js";

const RECONNECTS_MAX = 10;
const RECONNECT_PAUSE_MS = 500;

/**
 * Changes after `lastId`, over as many connections as it takes. Without a `lastId` it begins with `reset` once the stream is
 * open: who then loads what is there misses nothing. Ten connections in a row that bring nothing are the end.
 * @yields each change once, in order, and `reset` when some were missed
 * @throws ApiError service-unreachable, unauthorized, forbidden, unexpected-answer
 */
export async function* followEvents(
  options: ClientOptions,
  lastId: string | null,
  signal: AbortSignal,
): AsyncGenerator<ServiceEvent> {
  let seen = lastId;
  let failures = 0;
  while (!signal.aborted) {
    let ending: unknown = unreachable(options.baseUrl, "the event stream ended");
    try {
      for await (const message of openStream(options, seen, signal)) {
        failures = 0;
        seen = message.id ?? seen;
        yield* knownEvents(message);
      }
    } catch (error) {
      ending = error;
    }
    failures += 1;
    if (!signal.aborted) await pauseAfter(ending, failures, options);
  }
}

/** @throws what ended the stream, when trying again is hopeless */
async function pauseAfter(ending: unknown, failures: number, { pause }: ClientOptions): Promise<void> {
  const isLost = ending instanceof ApiError && ending.code === "service-unreachable";
  if (!isLost || failures > RECONNECTS_MAX || pause === undefined) throw ending;
  await pause(RECONNECT_PAUSE_MS * failures);
}

// One connection, which is closed when the reader has enough, whether it read to the end or not.
async function* openStream(
  options: ClientOptions,
  lastId: string | null,
  signal: AbortSignal,
): AsyncGenerator<StreamMessage> {
  const connection = new AbortController();
  const headers = { accept: "text/event-stream", ...(lastId === null ? {} : { "last-event-id": lastId }) };
  try {
    const either = AbortSignal.any([signal, connection.signal]);
    const response = await send(options, ROUTES.followEvents, { signal: either, headers });
    if (!response.ok || response.body === null) throw refusal(response.status, await readBody(response));
    demandStream(response);
    if (lastId === null) yield { id: null, event: "reset", data: "{}" };
    yield* readEventStream(response.body);
  } catch (error) {
    throw signal.aborted || error instanceof ApiError ? error : unreachable(options.baseUrl, error);
  } finally {
    connection.abort();
  }
}

/** What stands before the service, such as a page to sign in, answers everything with success. @throws ApiError unexpected-answer */
function demandStream({ status, url, headers }: Response): void {
  const type = headers.get("content-type") ?? "nothing";
  if (type.startsWith("text/event-stream")) return;
  const message = `Cannot follow the changes at ${url}: it answers ${type}, not an event stream. Is this the address of a Headwater service?`;
  throw new ApiError("unexpected-answer", message, { status });
}

/** Nothing for what this client does not know: a newer service may tell more. @throws ApiError unexpected-answer */
function knownEvents(message: StreamMessage): readonly ServiceEvent[] {
  if (message.event === "reset") return [{ kind: "reset" }];
  const parsed = change.safeParse(parseData(message.data));
  if (!parsed.success || message.id === null) return [];
  return [{ kind: "change", id: message.id, change: parsed.data }];
}

function parseData(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    const message = "Cannot read the event stream: a change in it is not JSON";
    throw new ApiError("unexpected-answer", message, { status: 200, cause });
  }
}
