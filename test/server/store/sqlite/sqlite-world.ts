import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "#server/clock.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { StoreUnderTest } from "../store-conformance.js";

/** An empty folder for one test; `remove` takes it away again. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "headwater-store-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function createSqliteWorld(clock: Clock): Promise<StoreUnderTest> {
  const folder = temporaryFolder();
  let current = createSqliteStore({ dataFolder: folder.path, clock });
  await current.start();
  return {
    store: current,
    async reopen() {
      await current.stop();
      current = createSqliteStore({ dataFolder: folder.path, clock });
      await current.start();
      return current;
    },
    async dispose() {
      await current.stop();
      folder.remove();
    },
  };
}
