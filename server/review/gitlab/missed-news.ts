import type { Clock } from "../../clock.js";
import type { Log } from "../../log.js";
import type { NamedPlace } from "../place.js";
import { asksForPatience, HostFailure, type Delivery, type Lost } from "../review-host.js";
import { findMissed } from "./find-missed.js";
import type { GitlabApi } from "./gitlab-api.js";
import { placeOf, project, projectAt, projectPath } from "./project.js";

/** Two clocks are never the same, and what is being written is not seen yet. */
const OVERLAP_MS = 5 * 60_000;

export interface MissedNewsOptions {
  readonly api: GitlabApi;
  /** Of the GitLab. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks at every project that is followed for what nobody has told. One that fails keeps none of the others from being looked at. */
export class MissedNews {
  readonly #options: MissedNewsOptions;
  /** By path, until when all is known. */
  readonly #seenUntil = new Map<string, number>();
  /** By path, what was wrong with it at the last look. */
  readonly #problems = new Map<string, string>();

  constructor(options: MissedNewsOptions) {
    this.#options = options;
  }

  /** @throws HostFailure limited, locked-out: the others would fail as well */
  async find(lost: Lost): Promise<void> {
    const places = lost.urls.map((url) => projectAt(url, this.#options.url));
    const byPath = new Map(places.flatMap((place) => (place === null ? [] : [[pathOf(place), place]])));
    for (const [path, place] of byPath) {
      try {
        await this.#look(path, place, lost);
        this.#problems.delete(path);
      } catch (error) {
        if (error instanceof HostFailure && asksForPatience(error)) throw error;
        this.#warn(path, error);
      }
    }
  }

  async #look(path: string, named: NamedPlace, { since, isKnown, take }: Lost): Promise<void> {
    const { api, clock } = this.#options;
    const now = clock.now();
    const place = placeOf(await api.get(projectPath(named), project));
    const found: Delivery[] = [];
    for await (const delivery of findMissed(api, place, { since: this.#seenUntil.get(path) ?? since, now }))
      found.push(delivery);
    const known = await isKnown(found.map(({ id }) => id));
    // The oldest first, as it was told.
    for (const delivery of found.toReversed()) if (!known.has(delivery.id)) await take(delivery);
    this.#seenUntil.set(path, now - OVERLAP_MS);
  }

  #warn(path: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#problems.get(path) !== reason)
      this.#options.log.warn("Cannot look at the merge requests of a project", { project: path, reason });
    this.#problems.set(path, reason);
  }
}

function pathOf({ owner, name }: NamedPlace): string {
  return `${owner}/${name}`;
}
