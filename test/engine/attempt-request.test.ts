import assert from "node:assert/strict";
import type { HttpStep, SqlStep } from "@headwater/workflow";
import { describe, it } from "mocha";
import { expression, literal, noop, run, workflow } from "./builder.js";
import { World } from "./world.js";

describe("attemptRequest()", () => {
  it("evaluates the environment of a script, and leaves secrets as names", () => {
    const env = {
      ID: expression("run.id"),
      OWNER: { kind: "text", parts: ["by ", { source: "workflow.owner" }] },
      KEY: { kind: "secret", name: "API_KEY" },
      LIST: literal([1, 2]),
      NOTHING: literal(null),
    } as const;
    assert.deepEqual(World.start(workflow([run("a", { env, timeoutMs: 5 })])).request("a"), {
      ok: true,
      request: {
        kind: "run",
        script: "true",
        shell: "sh",
        workingDirectory: null,
        image: null,
        resources: null,
        pool: null,
        timeoutMs: 5,
        outputs: {},
        env: { ID: "run-1", OWNER: "by growth-data", KEY: { secret: "API_KEY" }, LIST: "[1,2]", NOTHING: "" },
      },
    });
  });

  it("evaluates what a query binds, with its types", () => {
    const { id, ...common } = noop("q");
    const query = {
      kind: "sql",
      connection: "duckdb",
      server: null,
      query: "select $n",
      file: null,
      params: { n: expression("1 + 1") },
      pool: null,
    } as const;
    const step: SqlStep = { ...common, id, ...query };
    const request = World.start(workflow([step])).request("q");
    assert.deepEqual(request.ok && request.request.kind === "sql" ? request.request.params : null, { n: 2 });
  });

  it("evaluates address, headers and body of a call", () => {
    const step: HttpStep = {
      ...noop("h"),
      kind: "http",
      method: "POST",
      url: { kind: "text", parts: ["http://x/", { source: "run.number" }] },
      headers: { "x-n": expression("run.number") },
      body: { kind: "map", entries: { n: expression("run.number") } },
      expect: [],
      poll: null,
      pool: null,
    };
    const request = World.start(workflow([step])).request("h");
    assert.ok(request.ok && request.request.kind === "http");
    const { url, headers, body } = request.request;
    assert.deepEqual({ url, headers, body }, { url: "http://x/1", headers: { "x-n": "1" }, body: { n: 1 } });
  });

  it("says which expression cannot be evaluated, and never throws", () => {
    const world = World.start(workflow([run("a", { env: { X: expression("params.nothing") } })]));
    const request = world.request("a");
    assert.match(request.ok ? "" : request.message, /^Cannot prepare "a": env\.X: /);
    assert.equal(world.request("nobody").ok, false);
  });
});
