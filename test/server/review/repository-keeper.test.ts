import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { capturedMain } from "../../cli/captured-main.js";
import { until } from "../../until.js";
import type { FakeRepository } from "./fake-installation.js";
import { createReviewWorld, type ReviewWorld } from "./review-world.js";

describe("what the App is installed on", () => {
  let world: ReviewWorld;
  let flows: FakeRepository;
  before(async () => {
    world = await createReviewWorld();
    const { cloneUrl, installation } = world.github;
    flows = { id: 11, owner: "acme", name: "flows", cloneUrl, archived: false };
    installation.repositories.push(flows, ...Array.from({ length: 120 }, (_, index) => other(index)));
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.github.violations, []));

  it("is listed, all of it, and none of it is followed by itself", async () => {
    assert.equal(await world.github.deliver("installation_repositories", () => undefined), 202);
    const lines = await until("it is known", async () => {
      const { stdout } = await headwater("github", "repositories");
      return stdout.includes("acme/other-119") && stdout.trimEnd().split("\n");
    });
    assert.equal(lines.filter((line) => line.startsWith("acme/")).length, 121);
    assert.match(lines.find((line) => line.startsWith("acme/flows ")) ?? "", /main +flows +http/);
    assert.match(lines.find((line) => line.startsWith("acme/other-7 ")) ?? "", /main +– +archived$/);
    assert.equal(lines.at(-1), "Follow one with: headwater repo add URL");
    assert.deepEqual(await urls(), [world.github.cloneUrl]);
  });

  it("is listed in every account, also while one of them takes the App off", async () => {
    const { github } = world;
    const beta = github.install(6, "beta");
    beta.repositories.push({ ...other(7), id: 7, owner: "beta", name: "kept" });
    github.installations.reverse();
    await github.deliver("installation", () => undefined);
    await until("it is known", async () => (await listed()).includes("beta/kept"));
    beta.isGoing = true;
    flows.archived = true;
    await github.deliver("installation", () => undefined);
    await until("the other one is looked at", async () => /^acme\/flows .*archived$/m.test(await listed()));
    assert.match(await listed(), /^beta\/kept /m);
    assert.ok(isLogged("Cannot list what an account lets us see"));
    beta.isThere = flows.archived = false;
    await github.deliver("installation", () => undefined);
    await until("it is gone", async () => !(await listed()).includes("beta/kept"));
  });

  it("is known by its number when a check is asked for anew before it is followed to another name", async () => {
    const head = await world.change(1, {
      "wrong.workflow.yaml": "workflow: wrong\nsteps: { a: { run: echo, nedes: [] } }\n",
    });
    const checks = () => world.github.checks.filter((check) => check.head === head);
    await world.github.propose(1, head);
    await until("it is looked at", () => checks().at(-1)?.conclusion === "failure");
    const { cloneUrl } = world.github;
    world.github.cloneUrl = cloneUrl.replace("flows", "renamed");
    await world.github.deliver("check_run", (payload) =>
      Object.assign(payload["check_run"] as object, { head_sha: head, pull_requests: [] }),
    );
    await until("it is looked at again", () => checks()[1]?.status === "completed");
    assert.equal(checks()[1]?.conclusion, "failure");
    world.github.cloneUrl = cloneUrl;
    world.github.closeAll();
  });

  it("is followed to where it is now when it was renamed there, at the latest when it can be read", async () => {
    const { folder } = world.origin;
    Object.assign(flows, { name: "streams", cloneUrl: world.github.cloneUrl.replace("flows", "streams") });
    await world.github.deliver("repository", () => undefined);
    await until("it could not be read", () => isLogged("Cannot follow a repository to where it is now"));
    await rename(folder, join(dirname(folder), "streams.git"));
    await world.github.deliver("repository", () => undefined);
    await until("it is followed", async () => (await urls())[0] === flows.cloneUrl);
    await rename(join(dirname(folder), "streams.git"), folder);
  });

  it("is shown with the permissions that nobody has accepted", async () => {
    const { installation } = world.github;
    const { deployments, ...rest } = installation.permissions;
    assert.equal(deployments, "write");
    installation.permissions = rest;
    await world.github.deliver("installation", () => undefined);
    await until("it is known", async () => {
      const { stdout } = await headwater("github", "app", "show");
      return /^acme lacks deployments: write: accept it at https:/m.test(stdout);
    });
    assert.ok(isLogged("The host lets us do less than is needed"));
  });

  it("stays as it was while the App is suspended, and is followed still when it is taken away", async () => {
    const { installation } = world.github;
    installation.suspendedAt = "2026-11-27T08:00:00Z";
    await world.github.deliver("installation", () => undefined);
    await until("it is known", async () => {
      const { stdout } = await headwater("github", "app");
      return stdout.includes("acme is suspended, and reviews nothing");
    });
    assert.match((await headwater("github", "repositories")).stdout, /^acme\/streams /m);
    installation.isThere = false;
    await world.github.deliver("installation", () => undefined);
    await until("it is known", async () =>
      (await headwater("github", "repositories")).stdout.includes("installed on no repository"),
    );
    assert.ok(isLogged("A repository is followed that the host does not show any more"));
    assert.deepEqual(await urls(), [flows.cloneUrl]);
  });

  async function listed(): Promise<string> {
    return (await headwater("github", "repositories")).stdout;
  }

  function headwater(...args: readonly string[]) {
    return capturedMain([...args, "--url", world.url]);
  }

  function isLogged(words: string): boolean {
    return world.logged.some((line) => line.startsWith(words));
  }

  async function urls(): Promise<readonly string[]> {
    const response = await fetch(`${world.url}/api/v1/repositories`);
    // Held to the contract where the routes are tested.
    const { repositories } = (await response.json()) as { readonly repositories: { readonly url: string }[] };
    return repositories.map(({ url }) => url);
  }
});

function other(index: number): FakeRepository {
  const name = `other-${index}`;
  const cloneUrl = `https://github.example/acme/${name}.git`;
  return { id: 1000 + index, owner: "acme", name, cloneUrl, archived: index === 7 };
}
