import assert from "node:assert/strict";
import type { HttpStep, PluginStep, SqlStep } from "@headwater/workflow";
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

  it("names the secrets of a query's server, and says that the project has no such connection", () => {
    const query = { kind: "sql", query: "select 1", file: null, params: {}, pool: null } as const;
    const url = literal("postgres://a@b/c");
    const password = { kind: "secret", name: "PASSWORD" } as const;
    const requestOf = (server: SqlStep["server"]): unknown => {
      const step: SqlStep = { ...noop("q"), ...query, connection: "warehouse", server };
      const request = World.start(workflow([step])).request("q");
      return request.ok && request.request.kind === "sql" ? request.request.server : request;
    };
    assert.deepEqual(requestOf({ url, password }), {
      url: "postgres://a@b/c",
      password: { secret: "PASSWORD" },
    });
    assert.deepEqual(requestOf({ url: password, password: null }), {
      url: { secret: "PASSWORD" },
      password: null,
    });
    assert.deepEqual(requestOf(null), {
      ok: false,
      message: 'Cannot prepare "q": the project has no connection "warehouse"',
    });
  });

  it("keeps the inputs of a plug-in apart from its secrets, and checks what an expression gives", () => {
    const requestOf = (given: PluginStep["with"]): unknown => {
      const step: PluginStep = {
        ...noop("p"),
        kind: "plugin",
        plugin: "send",
        with: given,
        inputs: { text: { name: "string" } },
        pool: null,
      };
      const request = World.start(workflow([step])).request("p");
      if (!request.ok || request.request.kind !== "plugin") return request;
      return { inputs: request.request.inputs, secrets: request.request.secrets };
    };
    // What a run brings along may look like a secret, and is none.
    const forged = literal({ secret: "OTHER" });
    assert.deepEqual(
      requestOf({ text: expression('"a" + "b"'), forged, key: { kind: "secret", name: "KEY" } }),
      { inputs: { text: "ab", forged: { secret: "OTHER" } }, secrets: { key: "KEY" } },
    );
    assert.deepEqual(requestOf({ text: expression("1 + 1") }), {
      ok: false,
      message: 'Cannot prepare "p": with.text must be string, is 2',
    });
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
