import type { Store, VersionRow } from "../store/store.js";
import { ServiceError } from "../errors.js";

const REMEMBERED = 500;

/** Versions never change, so the last few hundred that runs used are kept in memory. */
export class Versions {
  readonly #store: Pick<Store, "findVersion">;
  readonly #recent = new Map<string, Promise<VersionRow | null>>();

  constructor(store: Pick<Store, "findVersion">) {
    this.#store = store;
  }

  /** @throws ServiceError internal when the store has no such version, which no path should reach */
  async read(id: string): Promise<VersionRow> {
    const version = await this.find(id);
    if (version !== null) return version;
    throw new ServiceError("internal", `Cannot load version "${id}": the store does not have it`);
  }

  /** Null when the store has no such version. */
  find(id: string): Promise<VersionRow | null> {
    const known = this.#recent.get(id);
    if (known !== undefined) return known;
    const loading = this.#load(id);
    this.#keep(id, loading);
    return loading;
  }

  /** One that the store may come to have. */
  remember(version: VersionRow): void {
    if (!this.#recent.has(version.id)) this.#keep(version.id, Promise.resolve(version));
  }

  #keep(id: string, version: Promise<VersionRow | null>): void {
    this.#recent.set(id, version);
    const oldest = this.#recent.keys().next().value;
    if (this.#recent.size > REMEMBERED && oldest !== undefined) this.#recent.delete(oldest);
  }

  /** What failed, or is not there, is asked for again. */
  async #load(id: string): Promise<VersionRow | null> {
    let version: VersionRow | null = null;
    try {
      version = await this.#store.findVersion(id);
      return version;
    } finally {
      if (version === null) this.#recent.delete(id);
    }
  }
}
