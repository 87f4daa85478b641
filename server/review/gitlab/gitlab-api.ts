import type * as z from "zod";
import type { Clock } from "../../clock.js";
import { HostFailure } from "../review-host.js";
import type { AccessToken } from "./access-token.js";
import { GitlabRefusal, wordsOf } from "./gitlab-failure.js";

export interface GitlabApiOptions {
  /** Of the GitLab, without a slash at the end. */
  readonly url: string;
  readonly token: AccessToken;
  readonly clock: Clock;
}

type Values = Readonly<Record<string, string | number | boolean | null | undefined>>;

const REQUEST_MS_MAX = 30_000;
/** Of a list. */
export const PAGE = 100;
const REDIRECTS_MAX = 3;

/** The REST API of a GitLab. Source: https://docs.gitlab.com/api/rest/ */
export class GitlabApi {
  readonly #options: GitlabApiOptions;

  constructor(options: GitlabApiOptions) {
    this.#options = options;
  }

  /** @throws HostFailure */
  async get<Answer>(path: string, answer: z.ZodType<Answer>, query: Values = {}): Promise<Answer> {
    return read(answer, await this.#ask("GET", this.#urlOf(path, query)));
  }

  /**
   * A list by its pages, so many at most.
   * @yields each page
   * @throws HostFailure
   */
  async *pages<Item>(
    path: string,
    items: z.ZodType<readonly Item[]>,
    { pagesMax, ...query }: Values & { readonly pagesMax: number },
  ): AsyncGenerator<readonly Item[]> {
    for (let page = 1; page <= pagesMax; page += 1) {
      const found = await this.get(path, items, { ...query, per_page: PAGE, page });
      yield found;
      if (found.length < PAGE) return;
    }
  }

  /** @throws HostFailure */
  async send<Answer>(
    method: "POST" | "PUT",
    path: string,
    { body, answer }: { readonly body: Values; readonly answer: z.ZodType<Answer> },
  ): Promise<Answer> {
    return read(answer, await this.#ask(method, this.#urlOf(path, {}), JSON.stringify(body)));
  }

  #urlOf(path: string, query: Values): URL {
    const url = new URL(`${this.#options.url}/api/v4${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== null && value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  async #ask(method: string, url: URL, body?: string): Promise<string> {
    const { token: access, clock } = this.#options;
    const token = await access.read();
    const response = await this.#fetch(method, url, { token, body });
    const text = await response.text().catch(unreachable);
    if (response.status === 401) throw access.refuse(token, wordsOf(text));
    if (!response.ok) throw new GitlabRefusal(response, wordsOf(text), clock.now());
    access.accept();
    return text;
  }

  /** What was renamed is found where it is now, but never at another server: it would be sent the token. */
  async #fetch(
    method: string,
    url: URL,
    { token, body }: { readonly token: string; readonly body: string | undefined },
  ): Promise<Response> {
    let at = url;
    for (let redirects = 0; ; redirects += 1) {
      const response = await fetch(at, {
        method,
        headers: { "private-token": token, "content-type": "application/json" },
        redirect: "manual",
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
        ...(body === undefined ? {} : { body }),
      }).catch(unreachable);
      const location = response.headers.get("location");
      const isMoved = response.status >= 300 && response.status < 400 && location !== null;
      if (!isMoved || method !== "GET" || redirects >= REDIRECTS_MAX) return response;
      const next = new URL(location, at);
      if (next.origin !== at.origin) return response;
      await response.body?.cancel();
      at = next;
    }
  }
}

function unreachable(error: unknown): never {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new HostFailure("unavailable", `GitLab cannot be reached: ${reason}`, { cause: error });
}

function read<Answer>(schema: z.ZodType<Answer>, text: string): Answer {
  const found = schema.safeParse(parse(text));
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw new HostFailure(
    "unavailable",
    `GitLab answers what cannot be read: "${where}" ${issue?.message ?? ""}`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, say.
    return undefined;
  }
}
