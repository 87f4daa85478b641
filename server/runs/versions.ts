import type { Store, VersionRow } from "../store/store.js";
import { ServiceError } from "../errors.js";

const REMEMBERED = 500;

/** Versions never change, so the last few hundred that runs used are kept in memory. */
export class Versions {
  readonly #store: Pick<Store, "findVersion">;
  readonly #recent = new Map<string, Promise<VersionRow>>();

  constructor(store: Pick<Store, "findVersion">) {
    this.#store = store;
  }

  /** @throws ServiceError internal when the store has no such version, which no path should reach */
  read(id: string): Promise<VersionRow> {
    const known = this.#recent.get(id);
    if (known !== undefined) return known;
    const loading = this.#load(id);
    this.#recent.set(id, loading);
    const oldest = this.#recent.keys().next().value;
    if (this.#recent.size > REMEMBERED && oldest !== undefined) this.#recent.delete(oldest);
    return loading;
  }

  async #load(id: string): Promise<VersionRow> {
    try {
      const version = await this.#store.findVersion(id);
      if (version !== null) return version;
    } catch (error) {
      this.#recent.delete(id);
      throw error;
    }
    this.#recent.delete(id);
    throw new ServiceError("internal", `Cannot load version "${id}": the store does not have it`);
  }
}
