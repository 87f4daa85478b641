import { isIPv6 } from "node:net";
import { formatDuration } from "@headwater/workflow";
import { ServiceError } from "../errors.js";

const WINDOW_MS = 10 * 60_000;
/** More are forgotten, the oldest first: who has so many addresses is not held up by a limit for each of them. */
const SOURCES_MAX = 10_000;

/** How often a source may give a wrong token within ten minutes. The caller says what is refused after that. */
export class TokenTries {
  readonly #most: number;
  readonly #action: string;
  /** By source: when each wrong token of the last ten minutes came, epoch milliseconds. */
  readonly #failures = new Map<string, readonly number[]>();

  /** @param options.action what a message says cannot be done, such as `sign in` */
  constructor(options: { readonly most: number; readonly action: string }) {
    this.#most = options.most;
    this.#action = options.action;
  }

  /** @throws ServiceError too-many-tries */
  check(address: string, now: number): void {
    const failures = this.#recent(address, now);
    const [oldest = now] = failures;
    if (failures.length < this.#most) return;
    const seconds = Math.ceil((oldest + WINDOW_MS - now) / 1000);
    throw new ServiceError(
      "too-many-tries",
      `Cannot ${this.#action}: ${this.#most} wrong tokens came from ${sourceOf(address)} within ${formatDuration(WINDOW_MS)}. ` +
        `Try again in ${formatDuration(seconds * 1000)}`,
      { data: { retryAfterSeconds: String(seconds) } },
    );
  }

  /** A wrong token came. */
  fail(address: string, now: number): void {
    const failures = [...this.#recent(address, now), now];
    const source = sourceOf(address);
    this.#failures.delete(source);
    this.#failures.set(source, failures);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > SOURCES_MAX && oldest !== undefined) this.#failures.delete(oldest);
  }

  /** The right token came. */
  succeed(address: string): void {
    this.#failures.delete(sourceOf(address));
  }

  #recent(address: string, now: number): readonly number[] {
    return (this.#failures.get(sourceOf(address)) ?? []).filter((at) => now - at < WINDOW_MS);
  }
}

/** One who has an IPv6 address has as a rule all of its 2^64 neighbours too. */
function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [before = "", after = ""] = address.replace(/%.*$/, "").split("::");
  const [first, last] = [groupsOf(before), groupsOf(after)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => "0");
  return `${[...first, ...zeros, ...last].slice(0, 4).join(":")}::/64`;
}

function groupsOf(part: string): readonly string[] {
  return part === "" ? [] : part.split(":");
}
