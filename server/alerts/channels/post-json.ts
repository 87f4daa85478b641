import { createMask } from "../../logs/mask.js";
import { RequestRefused, sendRequest, type HttpResponse } from "../../steps/http/send-request.js";
import { finalFailure, type Sent } from "./channel.js";

export interface JsonPost {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, as it is sent. */
  readonly body: string;
  /** What nobody may read in a message. */
  readonly secrets: readonly string[];
  readonly stop: AbortSignal;
}

const QUOTED_CHARACTERS = 200;
const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

/** Sends JSON once, to where steps may send as well; redirects are refused. Never throws. @param judge of an answer that is 200 to 299 */
export async function postJson(
  { url, headers = {}, body, secrets, stop }: JsonPost,
  judge: (response: HttpResponse) => Sent = () => ({ ok: true }),
): Promise<Sent> {
  const mask = createMask(secrets);
  try {
    const response = await sendRequest({
      method: "POST",
      url,
      headers: {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
        "user-agent": "headwater",
        ...headers,
      },
      body,
      stop,
      redirects: "refuse",
    });
    const sent = response.status >= 200 && response.status < 300 ? judge(response) : refusalOf(response);
    return sent.ok ? sent : { ...sent, error: mask(sent.error) };
  } catch (error) {
    const reason = mask(error instanceof Error ? error.message : String(error));
    if (error instanceof RequestRefused) return finalFailure(`it cannot be asked: ${reason}`);
    return {
      ok: false,
      error: stop.aborted ? "it has not answered in time" : reason,
      isFinal: false,
      retryAfterMs: null,
    };
  }
}

/** After so many milliseconds the receiver wants to be asked again; null when it does not say so in seconds. */
export function retryAfterOf({ headers }: HttpResponse): number | null {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

function refusalOf(response: HttpResponse): Sent {
  const said = response.text.trim().slice(0, QUOTED_CHARACTERS);
  return {
    ok: false,
    error: `it answered ${response.status}${said === "" ? "" : `: ${said}`}`,
    isFinal: response.status < 500 && !TRY_AGAIN.has(response.status),
    retryAfterMs: retryAfterOf(response),
  };
}
