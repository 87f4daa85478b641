import type { Clock } from "../clock.js";

/** Twice what the service lets pass between two signs of life in its stream of changes. */
export const SILENCE_MS = 30_000;

/** There is a connection, and nothing comes of it: a machine that sleeps, a proxy that waits, a service that hangs. */
class ServiceSilent extends Error {
  readonly code = "service-silent";
  override readonly message = `it has said nothing for ${SILENCE_MS / 1000} s`;
}

/** Fetches, and gives up what says nothing for too long: before its answer, or in the middle of it. `silent` is told first. */
export function boundFetch(
  request: typeof fetch,
  clock: Clock,
  silent: (reason: Error) => void,
): typeof fetch {
  return async (input, init) => {
    const { signal, heard, done } = watchSilence(clock, silent);
    const given = init?.signal;
    const either = given == null ? signal : AbortSignal.any([given, signal]);
    given?.addEventListener("abort", done);
    try {
      const response = await request(input, { ...init, signal: either });
      if (response.body === null) done();
      return response.body === null ? response : withBody(response, listened(response.body, heard, done));
    } catch (error) {
      done();
      throw error;
    }
  };
}

interface Silence {
  /** Aborts when it has lasted too long. */
  readonly signal: AbortSignal;
  readonly heard: () => void;
  /** Nothing more is to come. */
  readonly done: () => void;
}

function watchSilence(clock: Clock, silent: (reason: Error) => void): Silence {
  const controller = new AbortController();
  const giveUp = (): void => {
    const reason = new ServiceSilent();
    silent(reason);
    controller.abort(reason);
  };
  let cancel = clock.after(SILENCE_MS, giveUp);
  return {
    signal: controller.signal,
    heard() {
      cancel();
      cancel = clock.after(SILENCE_MS, giveUp);
    },
    done: () => cancel(),
  };
}

function listened(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
  done: () => void,
): ReadableStream<Uint8Array> {
  const listening = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      heard();
      controller.enqueue(chunk);
    },
    flush: done,
  });
  return body.pipeThrough(listening);
}

/** A response that is made anew forgets where it is from. */
function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  return Object.defineProperty(new Response(body, response), "url", { value: response.url });
}
