import assert from "node:assert/strict";
import type { HostRepositoryRow } from "#server/store/host-repositories.js";
import type { StoreFactory } from "./store-conformance.js";
import { testWith } from "./with-store.js";

/** What hosts let the service see. */
export function describeHostRepositories(create: StoreFactory): void {
  const test = testWith(create);

  test("replaceHostRepositories() leaves what is there now, of that host alone", async ({
    store,
    reopen,
  }) => {
    await store.replaceHostRepositories("github", [
      row("2", "acme/B"),
      row("1", "acme/a"),
      row("3", "acme/c"),
    ]);
    await store.replaceHostRepositories("gitlab", [row("1", "other/x")]);
    await store.replaceHostRepositories("github", [row("2", "acme/moved"), row("1", "acme/A", true)]);
    const again = await reopen();
    assert.deepEqual(await again.listHostRepositories("github"), [
      row("1", "acme/A", true),
      row("2", "acme/moved"),
    ]);
    assert.deepEqual(await again.listHostRepositories("gitlab"), [row("1", "other/x")]);
    await again.replaceHostRepositories("github", []);
    assert.deepEqual(await again.listHostRepositories("github"), []);
  });
}

function row(id: string, fullName: string, isArchived = false): HostRepositoryRow {
  const [cloneUrl, sshUrl] = [`https://git.example/${fullName}.git`, `git@git.example:${fullName}.git`];
  const visibility = isArchived ? "public" : null;
  return { account: "5", id, fullName, cloneUrl, sshUrl, branch: "main", isArchived, visibility };
}
