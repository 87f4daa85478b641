import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { openConnection } from "#server/store/sqlite/connection.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { activation, deployment, scheduleTrigger, signalTrigger } from "../store-rows.js";
import { temporaryFolder } from "./sqlite-world.js";

describe("listeners of a database that another build has written", () => {
  it("are made by the rules of this one at the start, of all that lives and whose triggers are not off", async () => {
    const folder = temporaryFolder();
    const open = () => createSqliteStore({ dataFolder: folder.path, clock: systemClock });
    const store = open();
    await store.start();
    const on = (value: number) => signalTrigger("updated", [{ param: "rows", operator: "gte", value }]);
    const many = Array.from({ length: 1200 }, (_, index) => {
      const triggers = [scheduleTrigger(), on(index), on(index + 0.5)];
      return [`w${String(index).padStart(4, "0")}`, { version: `v${index}`, triggers }] as const;
    });
    await store.activateDeployment(activation(deployment("d1"), Object.fromEntries(many)));
    await store.activateDeployment(activation(deployment("d2"), {}, ["w0000"]));
    const off = activation(deployment("d3", { environment: "staging" }), {
      off: { version: "v", triggers: [on(0)] },
    });
    const environments = { staging: { branch: "develop", triggers: false, backfillsFrom: [] } };
    await store.activateDeployment({ ...off, settings: { ...off.settings, environments } });
    await store.stop();
    const before = await listeners(
      folder.path,
      "UPDATE listener_rules SET version = 0; DELETE FROM signal_listener",
    );
    assert.equal(before.length, 2 * 1199);
    const again = open();
    await again.start();
    const heard = await again.listSignalListeners({
      signal: "updated",
      params: { rows: 2 },
      environment: "production",
    });
    assert.deepEqual(
      heard.map(({ workflow }) => workflow),
      ["w0001", "w0002"],
    );
    await again.stop();
    assert.deepEqual(await listeners(folder.path, ""), before);
    folder.remove();
  });
});

async function listeners(dataFolder: string, then: string): Promise<readonly unknown[]> {
  const connection = await openConnection(join(dataFolder, "headwater.db"), { access: "write" });
  const rows = await connection.all("SELECT * FROM signal_listener");
  await connection.exec(then);
  await connection.close();
  return rows;
}
