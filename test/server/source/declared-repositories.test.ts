import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { createSourceWorld, type SourceWorld } from "./source-world.js";

const FILES = { "headwater.yaml": "project: growth\n" };

describe("repositories of a file", () => {
  let world: SourceWorld;
  let path: string;

  beforeEach(async () => {
    const options: { repositoriesFile: string | null } = { repositoriesFile: null };
    world = await createSourceWorld({ source: options });
    path = join(world.folder, "repositories.json");
    options.repositoriesFile = path;
  });
  afterEach(() => world.end());

  const write = (...repositories: readonly object[]): void =>
    writeFileSync(path, JSON.stringify({ repositories }));
  const rows = async () =>
    (await world.store.listRepositories()).map(({ name, url, branch }) => ({ name, url, branch }));

  it("are followed from the start on, also when their host does not answer", async () => {
    const commit = await world.origin.commit(FILES);
    const flows = { name: "growth", url: world.origin.folder, branch: "main" };
    const gone = { name: "gone", url: "/nonexistent/flows", branch: "main" };
    write({ name: "growth", url: world.origin.folder }, gone);
    await world.restart();
    assert.deepEqual(await rows(), [gone, flows]);
    await world.until(() => world.announced.includes(commit));
    await world.until(async () => (await world.store.listRepositories())[0]?.problem !== null);
  });

  it("that have moved keep their identity; what is taken out of the file stays until it is removed", async () => {
    await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder, name: "growth" });
    const moved = join(world.folder, "hosts", "moved.git");
    await world.origin.git("clone", "--bare", "--quiet", world.origin.folder, moved);
    write({ name: "growth", url: moved });
    await world.restart();
    assert.deepEqual(await rows(), [{ name: "growth", url: moved, branch: "main" }]);
    write();
    await world.restart();
    assert.deepEqual(
      (await world.store.listRepositories()).map((row) => row.id),
      [id],
    );
    await world.source.removeRepository("growth");
    await world.restart();
    assert.deepEqual(await rows(), []);
  });

  const refused: readonly (readonly [text: string, message: RegExp])[] = [
    ["{", /HEADWATER_REPOSITORIES_FILE, ".*": /],
    [
      '{ "repositories": [{ "name": "A b", "url": "/x" }] }',
      /"A b": Cannot name a repository "A b": use at most 63/,
    ],
    ['{ "repositories": [{ "name": "a", "url": "/x", "brunch": "x" }] }', /brunch/],
    [
      '{ "repositories": [{ "name": "a", "url": "ext::sh" }] }',
      /"a": Cannot use this repository: .*remote helper/,
    ],
    [
      '{ "repositories": [{ "name": "a", "url": "/x" }, { "name": "a", "url": "/y" }] }',
      /"a" stands there twice/,
    ],
  ];
  for (const [text, message] of refused) {
    it(`keep the service from starting on ${text}`, async () => {
      writeFileSync(path, text);
      await assert.rejects(world.restart(), { code: "bad-request", message });
      write();
      await world.restart();
    });
  }
});
