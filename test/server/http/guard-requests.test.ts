import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { until } from "#test/until.js";
import { post, withWorld, type HttpWorld } from "./http-world.js";

const token = "a-long-secret";
const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } });

const wrongHook = { method: "POST", ...bearer("wrong") };

describe("who may ask", () => {
  it(
    "with a token nobody does without it, but for the health check and the page, which holds nothing",
    withWorld(
      async (world) => {
        for (const path of ["/api/v1/runs", "/api/v1/events", "/nothing", `/api/v1/runs?token=${token}`]) {
          const { status, body, headers } = await world.ask(path);
          assert.deepEqual(
            [status, body.error.code, headers.get("www-authenticate")],
            [401, "unauthorized", "Bearer"],
            path,
          );
        }
        assert.equal((await world.ask("/api/v1/runs", bearer("another"))).status, 401);
        assert.equal((await world.ask("/api/v1/runs", bearer(token))).status, 200);
        assert.equal((await world.ask("/api/v1/health")).status, 200);
        assert.equal((await world.ask("/api/v1/health", { method: "POST" })).status, 401);
        for (const path of ["/", "/page.css", "/page.js"])
          assert.equal((await fetch(world.url + path)).status, 200, path);
      },
      { token },
    ),
  );

  it(
    "without a token a host name that was made to point here is refused",
    withWorld(async (world) => {
      const { port } = new URL(world.url);
      const answers = [
        "evil.example",
        `evil.example:${port}`,
        "127.0.0.1.evil.example",
        `localhost:${port}`,
        `127.0.0.1:${port}`,
        `[::1]:${port}`,
      ];
      assert.deepEqual(
        await Promise.all(answers.map((host) => statusFor(world, { headers: { host } }))),
        [403, 403, 403, 200, 200, 200],
      );
    }),
  );

  it(
    "without a token a page of another origin is refused",
    withWorld(async (world) => {
      const { host } = new URL(world.url);
      const origins = ["https://evil.example", "null", "http://127.0.0.1:1", `http://${host}`];
      assert.deepEqual(
        await Promise.all(origins.map((origin) => statusFor(world, { headers: { origin } }))),
        [403, 403, 403, 200],
      );
    }),
  );
});

describe("a browser", () => {
  it(
    "signs in with the token, gets a cookie that does not hold it, and signs out again",
    withWorld(
      async (world) => {
        const wrong = await world.ask("/api/v1/session", post({ token: "another" }));
        assert.deepEqual([wrong.status, wrong.headers.get("set-cookie")], [401, null]);
        const { status, headers } = await world.ask("/api/v1/session", post({ token }));
        const [cookie = "", ...attributes] = (headers.get("set-cookie") ?? "").split("; ");
        assert.equal(status, 201);
        assert.deepEqual(attributes, ["Path=/", "Max-Age=604800", "HttpOnly", "SameSite=Strict"]);
        assert.ok(!cookie.includes(token));
        const session = await world.ask("/api/v1/session", { headers: { cookie } });
        assert.deepEqual([session.status, session.body], [200, { tokenNeeded: true }]);
        assert.equal((await world.ask("/api/v1/runs", { headers: { cookie } })).status, 200);
        const ended = await world.ask("/api/v1/session", {
          method: "DELETE",
          headers: { cookie, "sec-fetch-site": "same-origin" },
        });
        assert.match(ended.headers.get("set-cookie") ?? "", /^headwater_session=; Path=\/; Max-Age=0;/);
        assert.equal((await world.ask("/api/v1/runs", { headers: { cookie } })).status, 401);
      },
      { token },
    ),
  );

  it(
    "loses its session when somebody ends all of them, and only those that there were",
    withWorld(
      async (world) => {
        const cookies = [await signIn(world), await signIn(world)];
        const statuses = () =>
          Promise.all(
            cookies.map(async (cookie) => (await world.ask("/api/v1/runs", { headers: { cookie } })).status),
          );
        assert.deepEqual(await statuses(), [200, 200]);
        const end = { method: "DELETE", headers: { authorization: `Bearer ${token}` } };
        assert.equal((await world.ask("/api/v1/session?everywhere=true", end)).status, 200);
        assert.deepEqual(await statuses(), [401, 401]);
        const before = systemClock.now();
        await until("the next millisecond", () => systemClock.now() > before);
        cookies.push(await signIn(world));
        assert.deepEqual(await statuses(), [401, 401, 200]);
      },
      { token },
    ),
  );

  it(
    "is told to wait after ten wrong tokens, while who is signed in goes on",
    withWorld(
      async (world) => {
        const cookie = await signIn(world);
        for (let time = 0; time < 10; time += 1)
          assert.equal((await world.ask("/api/v1/session", post({ token: `wrong-${time}` }))).status, 401);
        const { status, body, headers } = await world.ask("/api/v1/session", post({ token }));
        assert.deepEqual([status, body.error.code], [429, "too-many-tries"]);
        assert.match(
          body.error.message,
          /^Cannot sign in: 10 wrong tokens came from 127\.0\.0\.1 within 10m/,
        );
        assert.ok(Number(headers.get("retry-after")) > 0);
        assert.equal((await world.ask("/api/v1/runs", { headers: { cookie } })).status, 200);
        assert.equal((await world.ask("/api/v1/runs", bearer(token))).status, 200);
      },
      { token },
    ),
  );

  it(
    "is told to wait after a hundred wrong bearer tokens, while who at that address has the right one goes on",
    withWorld(
      async (world) => {
        const cookie = await signIn(world);
        for (let time = 0; time < 99; time += 1)
          assert.equal((await world.ask("/api/v1/runs", bearer(`wrong-${time}`))).status, 401);
        assert.equal((await world.ask("/api/v1/runs")).status, 401);
        assert.equal((await world.ask("/api/v1/hooks/git", wrongHook)).status, 401);
        const { status, body } = await world.ask("/api/v1/runs", bearer("wrong"));
        assert.deepEqual([status, body.error.code], [429, "too-many-tries"]);
        assert.match(
          body.error.message,
          /^Cannot answer: 100 wrong tokens came from 127\.0\.0\.1 within 10m/,
        );
        assert.equal((await world.ask("/api/v1/runs", { headers: { cookie } })).status, 200);
        assert.equal((await world.ask("/api/v1/hooks/git", wrongHook)).status, 429);
        assert.equal((await world.ask("/api/v1/runs", bearer(token))).status, 200);
        const rightHook = { method: "POST", ...bearer("a-secret-of-hooks") };
        assert.equal((await world.ask("/api/v1/hooks/git", rightHook)).status, 202);
        assert.equal((await world.ask("/api/v1/runs", bearer("wrong"))).status, 429);
      },
      { token, hookSecrets: ["a-secret-of-hooks"] },
    ),
  );

  it(
    "is told to keep the cookie to HTTPS when it came by it",
    withWorld(
      async (world) => {
        const answer = await world.ask("/api/v1/session", {
          method: "POST",
          body: JSON.stringify({ token }),
          headers: { "content-type": "application/json", "x-forwarded-proto": "https" },
        });
        assert.match(answer.headers.get("set-cookie") ?? "", /; Secure$/);
      },
      { token },
    ),
  );

  it(
    "has no access with a cookie that was made up, changed, or is over",
    withWorld(
      async (world) => {
        const cookie = await signIn(world);
        const [endsAt, id, signature] = (cookie.split("=")[1] ?? "").split(".");
        const forged = [
          `headwater_session=${Number(endsAt) + 1}.${id}.${signature}`,
          `headwater_session=${endsAt}.another.${signature}`,
          `headwater_session=${endsAt}.${id}.${"0".repeat(64)}`,
          "headwater_session=",
          `other=${endsAt}.${id}.${signature}`,
          `headwater_session=1.a.${sign(token, "headwater session a until 1")}`,
        ];
        for (const one of forged)
          assert.equal((await world.ask("/api/v1/runs", { headers: { cookie: one } })).status, 401, one);
      },
      { token },
    ),
  );

  it(
    "writes from our own page only, whatever other page of this machine makes it ask",
    withWorld(
      async (world) => {
        const { host } = new URL(world.url);
        const cookie = await signIn(world);
        const from = (headers: Readonly<Record<string, string>>): Promise<number> =>
          statusFor(world, {
            method: "DELETE",
            path: "/api/v1/repositories/none",
            headers: { cookie, ...headers },
          });
        assert.equal(await from({}), 403);
        assert.equal(await from({ origin: "http://127.0.0.1:1" }), 403);
        assert.equal(await from({ origin: "null" }), 403);
        assert.equal(await from({ "sec-fetch-site": "same-site", origin: `http://${host}` }), 403);
        assert.equal(await from({ origin: `http://${host}` }), 404);
        assert.equal(await from({ "sec-fetch-site": "same-origin", origin: "https://behind.example" }), 404);
      },
      { token },
    ),
  );

  it(
    "needs no sign-in where there is no token",
    withWorld(async (world) => {
      assert.deepEqual((await world.ask("/api/v1/session")).body, { tokenNeeded: false });
      assert.equal((await world.ask("/api/v1/session", post({ token }))).body.error.code, "bad-request");
    }),
  );
});

describe("the hook of a Git host", () => {
  const hookSecret = "only-for-hooks";
  const body = JSON.stringify({ repository: { clone_url: "https://git.example/flows.git" } });
  const json = { "content-type": "application/json" };
  const hook = (world: HttpWorld, headers: Readonly<Record<string, string>>, sent = body) =>
    world.ask("/api/v1/hooks/git", { method: "POST", body: sent, headers: { ...json, ...headers } });

  const proofs: readonly (readonly [host: string, headers: Readonly<Record<string, string>>])[] = [
    ["GitHub and Gitea by a signature", { "x-hub-signature-256": `sha256=${sign(hookSecret, body)}` }],
    ["Bitbucket by a signature", { "x-hub-signature": `sha256=${sign(hookSecret, body)}` }],
    ["an older Gitea by a signature", { "x-gitea-signature": sign(hookSecret, body) }],
    ["GitLab by the secret", { "x-gitlab-token": hookSecret }],
    ["GitHub by the secret of before", { "x-hub-signature-256": `sha256=${sign("the-one-before", body)}` }],
    ["GitLab by the secret of before", { "x-gitlab-token": "the-one-before" }],
    ["a script by the secret of before", { authorization: "Bearer the-one-before" }],
    ["a script by the secret as its bearer token", { authorization: `Bearer ${hookSecret}` }],
    ["a script by the token", { authorization: `Bearer ${token}` }],
  ];
  for (const [host, headers] of proofs) {
    it(
      `is heard from ${host}`,
      withWorld(
        async (world) => {
          assert.deepEqual((await hook(world, headers)).status, 202);
          assert.deepEqual(world.hints, ["https://git.example/flows.git"]);
        },
        { token, hookSecrets: [hookSecret, "the-one-before"] },
      ),
    );
  }

  const refusals: readonly (readonly [
    what: string,
    headers: Readonly<Record<string, string>>,
    why: RegExp,
  ])[] = [
    ["without a proof", {}, /carries no proof\. Give the Git host the secret of HEADWATER_HOOK_SECRET/],
    [
      "with the signature of another secret",
      { "x-hub-signature-256": `sha256=${sign("x", body)}` },
      /does not fit/,
    ],
    [
      "with the signature of another body",
      { "x-hub-signature-256": `sha256=${sign(hookSecret, "{}")}` },
      /does not fit/,
    ],
    ["with a signature that is none", { "x-hub-signature-256": "sha256=" }, /not an HMAC-SHA256/],
    ["with another secret of GitLab", { "x-gitlab-token": "x" }, /X-Gitlab-Token is not/],
    ["with another bearer token", { authorization: "Bearer x" }, /the token is not/],
  ];
  for (const [what, headers, why] of refusals) {
    it(
      `is refused ${what}, and hints at nothing`,
      withWorld(
        async (world) => {
          const answer = await hook(world, headers);
          assert.deepEqual([answer.status, answer.body.error.code], [401, "unauthorized"]);
          assert.match(answer.body.error.message, why);
          assert.deepEqual(world.hints, []);
        },
        { token, hookSecrets: [hookSecret, "the-one-before"] },
      ),
    );
  }

  it(
    "hints where it tells of an event that moves a branch, and is answered and left where it tells of another one",
    withWorld(async (world) => {
      for (const named of [
        { "x-github-event": "push" },
        // It was renamed, or another branch is its default.
        { "x-github-event": "repository" },
        { "x-gitlab-event": "Tag Push Hook" },
        { "x-event-key": "repo:refs_changed" },
      ])
        assert.deepEqual((await hook(world, named)).body, { repositories: 1 }, JSON.stringify(named));
      world.hints.length = 0;
      for (const named of [
        { "x-github-event": "workflow_run" },
        { "x-gitlab-event": "Issue Hook" },
        { "x-event-key": "pullrequest:updated" },
        // Gitea sends both.
        { "x-github-event": "issues", "x-gitea-event": "issues" },
      ]) {
        const { status, body: answer } = await hook(world, named);
        assert.deepEqual([status, answer], [202, { repositories: 0 }], JSON.stringify(named));
      }
      assert.deepEqual(world.hints, []);
    }),
  );

  it(
    "is heard from a host that signs a form, and with nothing in it",
    withWorld(
      async (world) => {
        const form = new URLSearchParams({ payload: body }).toString();
        const headers = {
          "content-type": "application/x-www-form-urlencoded",
          "x-hub-signature-256": `sha256=${sign(hookSecret, form)}`,
        };
        assert.equal((await hook(world, headers, form)).status, 202);
        const nothing = { method: "POST", headers: { "x-gitlab-token": hookSecret } };
        assert.equal((await world.ask("/api/v1/hooks/git", nothing)).status, 202);
        assert.deepEqual(world.hints, ["https://git.example/flows.git", null]);
      },
      { token, hookSecrets: [hookSecret, "the-one-before"] },
    ),
  );

  it(
    "looks at nothing for a delivery that names no repository, such as a ping, or that cannot be read",
    withWorld(
      async (world) => {
        const proof = { "x-gitlab-token": hookSecret };
        const form = { ...proof, "content-type": "application/x-www-form-urlencoded" };
        const large = JSON.stringify({
          ref: "refs/heads/main",
          repository: { topics: ["x".repeat(70_000)] },
        });
        const deliveries = [
          [proof, "{}"],
          [proof, '{"zen":"Speak like a human.","organization":{"url":"https://git.example/orgs/acme"}}'],
          [proof, large],
          [form, new URLSearchParams({ payload: "{" }).toString()],
          [form, "zen=x"],
        ] as const;
        for (const [headers, sent] of deliveries) {
          const answer = await hook(world, headers, sent);
          assert.deepEqual([answer.status, answer.body], [202, { repositories: 0 }]);
        }
        assert.deepEqual(world.hints, []);
      },
      { token, hookSecrets: [hookSecret, "the-one-before"] },
    ),
  );

  it(
    "needs the bearer token where there is no secret for hooks: hosts never learn the token",
    withWorld(
      async (world) => {
        assert.equal((await hook(world, { "x-gitlab-token": token })).status, 401);
        assert.equal(
          (await hook(world, { "x-hub-signature-256": `sha256=${sign(token, body)}` })).status,
          401,
        );
        assert.equal((await hook(world, { authorization: `Bearer ${token}` })).status, 202);
      },
      { token },
    ),
  );

  it(
    "is heard with 24 MB of files in it, as JSON and as a form, and refused with 30",
    withWorld(
      async (world) => {
        const file = '"data/€/{[\\"x\\\\.sql"';
        const pushOf = (bytes: number): string =>
          `{"ref": "refs/heads/main", "commits": [{"url": "https://git.example/no", "added": [${file}${`,${file}`.repeat(bytes / 26)}]}],` +
          `"repository": {"clone_url": "https://git.example/flows.git", "topics": ["a,b", {}]}, "head_commit": null}`;
        const send = (sent: string, headers: Readonly<Record<string, string>> = {}) =>
          hook(world, { "x-hub-signature-256": `sha256=${sign(hookSecret, sent)}`, ...headers }, sent);
        assert.equal((await send(pushOf(24_000_000))).status, 202);
        const form = new URLSearchParams({ payload: pushOf(5_000_000), more: "x" }).toString();
        assert.equal((await send(form, { "content-type": "application/x-www-form-urlencoded" })).status, 202);
        const large = await send(pushOf(30_000_000));
        assert.deepEqual([large.status, large.body.error.code], [413, "payload-too-large"]);
        const changed = pushOf(5_000_000);
        const proof = { "x-hub-signature-256": `sha256=${sign(hookSecret, `${changed} `)}` };
        assert.equal((await hook(world, proof, changed)).status, 401);
        assert.deepEqual(world.hints, Array(2).fill("https://git.example/flows.git"));
        assert.deepEqual(world.refs, Array(2).fill("refs/heads/main"));
      },
      { token, hookSecrets: [hookSecret, "the-one-before"] },
    ),
  );

  it(
    "opens nothing but the hook: its secret is not the token",
    withWorld(
      async (world) => assert.equal((await world.ask("/api/v1/runs", bearer(hookSecret))).status, 401),
      { token, hookSecrets: [hookSecret, "the-one-before"] },
    ),
  );

  it(
    "needs its proof also where nothing else needs a token",
    withWorld(
      async (world) => {
        assert.equal((await hook(world, {})).status, 401);
        assert.equal((await hook(world, { "x-gitlab-token": hookSecret })).status, 202);
        assert.equal((await world.ask("/api/v1/runs")).status, 200);
      },
      { hookSecrets: [hookSecret] },
    ),
  );
});

async function signIn(world: HttpWorld): Promise<string> {
  const { headers } = await world.ask("/api/v1/session", post({ token }));
  return (headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

function sign(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

/** By hand: fetch does not let a caller set these headers. */
function statusFor(
  world: HttpWorld,
  {
    method = "GET",
    path = "/api/v1/runs",
    headers,
  }: { readonly method?: string; readonly path?: string; readonly headers: Readonly<Record<string, string>> },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(world.url + path, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject).end();
  });
}
