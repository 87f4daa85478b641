import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import { findSession, startSession, type Session, type SessionName } from "./session.js";

export interface SessionsOptions {
  /** Without it there are no sessions. */
  readonly token: string | null;
  /** Which were ended before their time is kept in its `ended-sessions.json`. */
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Which sessions have ended before their time. */
interface Ended {
  /** Those that began at this time or before: epoch milliseconds. */
  readonly begunUntil: number;
  readonly sessions: readonly SessionName[];
}

/**
 * The sessions of browsers that have signed in. A session is in its cookie and nowhere else; what is kept is which of them
 * were ended, until their time is over, so that a cookie somebody has copied is worth nothing after signing out.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #file: string;
  /** Null until it is read. */
  #ended: Ended | null = null;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#file = join(options.dataFolder, "ended-sessions.json");
  }

  start(token: string, isSecure: boolean): Session {
    const { clock, ids } = this.#options;
    const now = clock.now();
    return startSession(token, { id: ids.next("ses", now), now, isSecure });
  }

  /** Whether the `Cookie` header of a request carries a session that goes on. */
  has(cookies: string | undefined): boolean {
    return this.#find(cookies) !== null;
  }

  /** Ends the session that the `Cookie` header carries, whoever holds it. @throws what the file system said */
  end(cookies: string | undefined): void {
    const session = this.#find(cookies);
    if (session === null) return;
    const { begunUntil, sessions } = this.#readEnded();
    this.#keep({ begunUntil, sessions: [...sessions, session] });
  }

  /** Ends every session there is. @throws what the file system said */
  endAll(): void {
    this.#keep({ begunUntil: this.#options.clock.now(), sessions: [] });
  }

  #find(cookies: string | undefined): SessionName | null {
    const { token, clock } = this.#options;
    const session = token === null ? null : findSession(token, cookies, clock.now());
    if (session === null) return null;
    const { begunUntil, sessions } = this.#readEnded();
    const isEnded = session.begunAt <= begunUntil || sessions.some(({ id }) => id === session.id);
    return isEnded ? null : session;
  }

  #readEnded(): Ended {
    return (this.#ended ??= parseEnded(readIfThere(this.#file)));
  }

  #keep({ begunUntil, sessions }: Ended): void {
    const now = this.#options.clock.now();
    this.#ended = { begunUntil, sessions: sessions.filter(({ endsAt }) => now < endsAt) };
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#ended), { flush: true, mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** The file is ours, and replaced as a whole. */
function parseEnded(text: string | null): Ended {
  return text === null ? { begunUntil: 0, sessions: [] } : (JSON.parse(text) as Ended);
}
