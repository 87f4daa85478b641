import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { AppMaker } from "#server/review/github/app-maker.js";
import { until } from "../../../until.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "../review-world.js";

const PUBLIC_URL = "https://flows.example";

interface Answer {
  readonly app: { readonly appId: number; readonly name: string; readonly url: string } | null;
  readonly url: string;
  readonly error: { readonly code: string; readonly message: string };
}

describe("a GitHub App that is made from the service", () => {
  let world: ReviewWorld;
  let code = "";
  /** Where a person comes back who began before there was an App. */
  let late = "";
  before(async () => {
    world = await createReviewWorld(FLOWS, { HEADWATER_PUBLIC_URL: PUBLIC_URL }, { hasApp: false });
  });
  after(() => world.stop());

  it("is not there before, and hooks say so", async () => {
    assert.deepEqual(await ask(world), { status: 200, body: { app: null, installations: [] } });
    assert.equal((await fetch(world.github.hookUrl, { method: "POST", body: "{}" })).status, 404);
  });

  it("is not made for a state that nobody was given", async () => {
    for (const path of [
      "/github/app/new?state=x",
      "/github/app/made?state=x&code=y",
      "/github/app/made?code=y",
    ]) {
      const { status, text } = await open(world, path);
      assert.deepEqual([path, [400, 403].includes(status)], [path, true]);
      assert.match(text, /<h2>No GitHub App was made<\/h2><p role="alert">Cannot make a GitHub App: /);
    }
  });

  it("is refused at what is no GitHub, and of what is no organization", async () => {
    for (const wanted of [
      { enterprise: "http://github.example.com" },
      { enterprise: "https://ann:secret@github.example.com" },
      { enterprise: "ftp://github.example.com" },
      { organization: "acme/../other" },
    ])
      assert.equal((await ask(world, wanted)).status, 400);
  });

  it("reviews pull requests at once when a person comes back, also when they load the page again, and not when they bring another code", async () => {
    late = (await goToGithub(world, { enterprise: world.github.url })).back;
    const { enterprise, organization } = { enterprise: world.github.url, organization: "acme" };
    const { state, back } = await goToGithub(world, { enterprise, organization });
    code = new URLSearchParams(back.split("?")[1]).get("code") ?? "";
    assert.equal(code.length, 40);
    const [, asked] = world.github.apps.asked;
    assert.equal(asked?.organization, "acme");
    assert.deepEqual(
      [asked.manifest.hook_attributes.url, asked.manifest.public],
      [`${PUBLIC_URL}/api/v1/hooks/github`, false],
    );
    const refusals = [{ status: 502, body: {} }];
    world.github.refuseMaking = () => refusals.shift() ?? null;
    assert.equal((await open(world, back)).status, 503);
    const made = await open(world, back);
    assert.equal(made.status, 200);
    assert.match(made.text, /\/apps\/headwater\/installations\/new"/);
    assert.deepEqual(await open(world, back), made);
    assert.equal((await open(world, `/github/app/made?state=${state}&code=other`)).status, 403);

    const { body } = await ask(world);
    assert.deepEqual([body.app?.appId, body.app?.name], [world.github.appId, "Headwater flows.example"]);
    const head = await world.change(1, { "README.md": "hello" });
    assert.equal(await world.github.propose(1, head), 202);
    await until("it is reviewed", () =>
      world.github.checks.some((check) => check.head === head && check.status === "completed"),
    );
    assert.deepEqual(world.github.violations, []);
  });

  it("is not made twice, and whoever had begun a second one is told to delete it", async () => {
    const { status, body } = await ask(world, {});
    assert.deepEqual([status, body.error.code], [409, "action-not-allowed"]);
    const second = await open(world, late);
    assert.equal(second.status, 409);
    assert.match(second.text, /Delete &quot;Headwater flows\.example&quot; on GitHub, which nothing uses/);
  });

  it("is kept where only the service's user reads it, without what nobody needs", async () => {
    const file = join(world.dataFolder, "github-app.json");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const kept = await readFile(file, "utf8");
    assert.match(kept, /PRIVATE KEY/);
    assert.doesNotMatch(kept, /client/);
  });

  it("is used by the next life of the service too", async () => {
    await world.restart();
    const head = await world.change(2, { "README.md": "hello again" });
    assert.equal(await world.github.propose(2, head), 202);
    await until("it is reviewed", () =>
      world.github.checks.some((check) => check.head === head && check.status === "completed"),
    );
  });

  it("takes two secrets from its file while one takes the place of the other, and then the new one alone", async () => {
    const file = join(world.dataFolder, "github-app.json");
    const kept = await readFile(file, "utf8");
    const head = await world.change(3, { "README.md": "hello once more" });
    const restartWith = async (webhookSecrets: readonly string[]): Promise<void> => {
      // Written by the service.
      await writeFile(file, JSON.stringify({ ...(JSON.parse(kept) as object), webhookSecrets }));
      await world.restart();
    };
    await restartWith(["the new one", world.github.secret]);
    assert.equal(await world.github.propose(3, head), 202);
    await restartWith(["the new one"]);
    assert.equal(await world.github.propose(3, head), 401);
    await writeFile(file, kept);
    await world.restart();
  });

  it("opens a private repository to git, in no URL, no command line and no log, also from the first moment of a life", async () => {
    world.git.admit((authorization) => world.github.tokens.isReader(authorization));
    const proofs = world.git.proofs.length;
    await world.restart();
    const commit = await world.push({ ...FLOWS, "README.md": "private" });
    const { repositories } = await read<{ repositories: { headCommit: string; problem: string | null }[] }>(
      world,
      "/repositories",
    );
    assert.deepEqual(
      repositories.map(({ headCommit, problem }) => [headCommit, problem]),
      [[commit, null]],
    );
    assert.ok(world.git.proofs.slice(proofs).some((proof) => proof !== undefined));
    assert.deepEqual(world.github.violations, []);
    world.git.admit(() => true);
  });

  it("is told of without its key, its secret or its code, by the API as in the log", async () => {
    const said = [...world.logged, JSON.stringify(await ask(world))].join("\n");
    assert.match(said, /A GitHub App was made/);
    assert.doesNotMatch(said, /ghs_|PRIVATE KEY|Secret to Everybody|client/);
    assert.ok(!said.includes(code));
  });
});

describe("a service that nobody has said the address of", () => {
  it("says what to set before an App can be made", () => {
    const maker = new AppMaker({ publicUrl: null, clock: systemClock, onMade: async () => undefined });
    assert.throws(
      () => maker.begin({ enterprise: null, organization: null }),
      /Start it with HEADWATER_PUBLIC_URL/,
    );
  });
});

/** Asks which App there is, or to make one. */
async function ask(
  { url }: ReviewWorld,
  wanted?: object,
): Promise<{ readonly status: number; readonly body: Answer }> {
  const request =
    wanted === undefined
      ? {}
      : {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(wanted),
        };
  const response = await fetch(`${url}/api/v1/github/app`, request);
  // Held to the contract where the routes are tested.
  return { status: response.status, body: (await response.json()) as Answer };
}

async function read<Answered>({ url }: ReviewWorld, path: string): Promise<Answered> {
  // Held to the contract where the routes are tested.
  return (await (await fetch(`${url}/api/v1${path}`)).json()) as Answered;
}

async function open({ url }: ReviewWorld, path: string) {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, text: await response.text() };
}

/** What a person does with a browser: opens the page that the service gave, sends its form to GitHub, and is sent back. */
async function goToGithub(world: ReviewWorld, wanted: object) {
  const { body } = await ask(world, wanted);
  const path = body.url.replace(PUBLIC_URL, "");
  const { text } = await open(world, path);
  const [, action = ""] = /<form method="post" action="([^"]+)"/.exec(text) ?? [];
  const [, manifest = ""] = /name="manifest" value="([^"]+)"/.exec(text) ?? [];
  const form = new URLSearchParams({ manifest: manifest.replaceAll("&quot;", '"') });
  const sent = await fetch(action, { method: "POST", body: form, redirect: "manual" });
  assert.equal(sent.status, 302);
  const back = (sent.headers.get("location") ?? "").replace(PUBLIC_URL, "");
  return { state: new URLSearchParams(path.split("?")[1]).get("state") ?? "", back };
}
