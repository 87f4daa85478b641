import type { Operation } from "./github-contract.js";

/** What the fake GitHub is asked. */
export interface Asked {
  readonly operation: Operation;
  /** Held to the description already. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: URLSearchParams;
  /** Whose token it is; null of what the App asks as itself. */
  readonly installation: number | null;
}

export interface Answered {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export const NOT_FOUND: Answered = { status: 404, body: { message: "Not Found" } };
export const BAD_CREDENTIALS: Answered = { status: 401, body: { message: "Bad credentials" } };

/** One page of a list, as `per_page` and `page` ask for it. GitHub gives a hundred at the most. */
export function pageOf<Item>(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const [size, page] = [Math.min(100, Number(query.get("per_page") ?? 30)), Number(query.get("page") ?? 1)];
  return items.slice(size * (page - 1), size * page);
}
