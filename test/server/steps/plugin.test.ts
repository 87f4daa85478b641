import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compileProject } from "#workflow/index.js";
import { findPlugins } from "#server/steps/plugins/find-plugins.js";
import { World as EngineWorld } from "#test/engine/world.js";
import { until } from "#test/until.js";
import { treeOfTexts } from "#test/workflow/findings-fixture.js";
import { openWorld, pluginRequest, type World } from "../workers/attempts.js";

describe("plugin", () => {
  let folder: string;
  let world: World;
  let chat: Server | null = null;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "headwater-plugins-"))));
  afterEach(async () => {
    await world.close();
    chat?.close();
    chat = null;
    rmSync(folder, { recursive: true });
  });

  async function openPlugin(code: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    writeFileSync(join(folder, "own.mjs"), code);
    const { modules, problems } = findPlugins(["own=./own.mjs", "send-message=./own.mjs"], folder);
    assert.deepEqual(problems, []);
    world = await openWorld({ plugins: modules, environment, killAfterMs: 2000 });
  }

  it("is what the guide shows: compiled, executed, with its secret masked", async () => {
    const [module, project, workflow] = exampleOfTheGuide();
    const told: string[] = [];
    const port = await openChat((body) => (told.push(body), told.length === 1 ? 503 : 201));
    const webhook = `http://127.0.0.1:${port}/hook`;
    await openPlugin(module, { HEADWATER_SECRET_CHAT: webhook });
    const files = { "headwater.yaml": project, "tell.workflow.yaml": workflow };
    const { workflows, diagnostics } = compileProject(treeOfTexts(files));
    assert.deepEqual(diagnostics, []);
    const prepared = EngineWorld.start(workflows[0]!.definition).request("tell");
    assert.ok(prepared.ok, JSON.stringify(prepared));
    const failed = await world.execute(prepared.request);
    assert.deepEqual(failed.status === "failed" && [failed.class, failed.message, failed.retryable], [
      "error",
      "exited with code 1: the chat answered 503",
      true,
    ]);
    assert.deepEqual(await world.execute(prepared.request), {
      status: "succeeded",
      outputs: { status: 201 },
    });
    assert.equal(told[1], '{"channel":"#pipelines","text":"tell is done"}');
    assert.equal(world.log(), "out sending to #pipelines\n");
    assert.deepEqual(readdirSync(join(world.folder, "outputs")), []);
  });

  it("hands outputs of every type over as they are", async () => {
    await openPlugin(
      'export default { execute: async ({ inputs }) => ({ ...inputs, none: "END\\nEND_" }) };',
    );
    const inputs = { text: " a=b\nEND\n", list: [1, null, "x"], map: { k: [true] }, number: 1.5 };
    const json = { name: "json" } as const;
    const outputs = {
      text: { name: "string" },
      list: json,
      map: json,
      number: { name: "double" },
      none: { name: "string" },
    } as const;
    const result = await world.execute(pluginRequest("own", { inputs, outputs }));
    assert.deepEqual(result, { status: "succeeded", outputs: { ...inputs, none: "END\nEND_" } });
  });

  it("may be a package of an ES module alone, found by its name; one that leads nowhere says so", async () => {
    const modern = join(folder, "node_modules/modern");
    mkdirSync(modern, { recursive: true });
    const exports = { ".": { import: "./index.js" }, "./gone": { import: "./gone.js" } };
    writeFileSync(join(modern, "package.json"), JSON.stringify({ name: "modern", type: "module", exports }));
    writeFileSync(
      join(modern, "index.js"),
      "export const execute = async () => ({ from: import.meta.url });",
    );
    const { modules, problems } = findPlugins(["modern=modern", "gone=modern/gone"], folder);
    assert.deepEqual(problems, []);
    world = await openWorld({ plugins: modules });
    const outputs = { from: { name: "string" } } as const;
    assert.deepEqual(await world.execute(pluginRequest("modern", { inputs: {}, outputs })), {
      status: "succeeded",
      outputs: { from: pathToFileURL(join(modern, "index.js")).href },
    });
    assert.equal(world.log(), "");
    const gone = await world.execute(pluginRequest("gone", { inputs: {}, outputs: {} }));
    assert.match(JSON.stringify(gone), /"status":"failed".*Cannot find module .*gone\.js/);
  });

  it("gives a secret to the step that names it only, and masks it", async () => {
    const code = `export const execute = async ({ inputs }) => {
      console.log(inputs.key, JSON.stringify(process.env));
      throw new Error("refused " + inputs.key);
    };`;
    await openPlugin(code, {
      HEADWATER_SECRET_KEY: "correct horse",
      HEADWATER_SECRET_OTHER: "battery staple",
    });
    const result = await world.execute(pluginRequest("own", { secrets: { key: "KEY" } }));
    assert.match(result.status === "failed" ? result.message : "", /refused \*\*\*$/);
    assert.doesNotMatch(world.log(), /correct horse|battery staple/);
    const missing = await world.execute(pluginRequest("own", { secrets: { key: "NONE" } }));
    assert.match(missing.status === "failed" ? missing.message : "", /Cannot read secret "NONE"/);
  });

  it("is aborted when it is canceled, and killed when it does not heed that", async () => {
    const code = `export const execute = ({ signal }) => new Promise(() => {
      console.log("begun");
      signal.addEventListener("abort", () => console.log("aborted"));
      setInterval(() => undefined, 1000);
    });`;
    await openPlugin(code);
    const cancel = new AbortController();
    const executing = world.workers.execute(world.attempt(pluginRequest("own")), cancel, () => undefined);
    await until("it has begun", () => world.log().includes("begun"));
    cancel.abort();
    assert.deepEqual(await executing, { status: "canceled" });
    assert.match(world.log(), /out aborted\nsys did not end within 2 s of SIGTERM: killed/);
  });

  for (const { name, code, message, retryable = true } of [
    {
      name: "throws",
      code: 'export const execute = async () => { throw new Error("no\\nroom"); };',
      message: "exited with code 1: no room",
    },
    {
      name: "throws what is final",
      code: 'export const execute = async () => { throw Object.assign(new Error("gone"), { retryable: false }); };',
      message: "exited with code 1: gone",
      retryable: false,
    },
    { name: "cannot be loaded", code: "export const execute = ;", message: /Unexpected token/ },
    {
      name: "has no execute",
      code: "export const run = 1;",
      message: /it exports no function "execute"$/,
      retryable: false,
    },
    {
      name: "ends its process",
      code: "export const execute = async () => process.exit(7);",
      message: "exited with code 7",
    },
    {
      name: "waits for what never comes",
      code: "export const execute = () => new Promise(() => undefined);",
      message:
        'exited with code 1: its "execute" never ends: its promise is pending, and nothing is left that could settle it',
    },
    {
      name: "gives undefined for an output",
      code: "export const execute = async () => ({ rows: undefined });",
      message: 'exited with code 1: output "rows" is undefined, which is no JSON',
    },
    {
      name: "does not give an output",
      code: "export const execute = async () => ({});",
      message: /^Output "rows" is missing/,
    },
    {
      name: "gives an output of another type",
      code: 'export const execute = async () => ({ rows: "many" });',
      message: /^Cannot read the outputs: output "rows"/,
    },
  ]) {
    it(`fails in words when the module ${name}`, async () => {
      await openPlugin(code);
      const result = await world.execute(pluginRequest("own", { outputs: { rows: { name: "int" } } }));
      assert.ok(result.status === "failed" && result.class === "error", JSON.stringify(result));
      if (typeof message === "string") assert.equal(result.message, message);
      else assert.match(result.message, message);
      assert.equal(result.retryable, retryable);
    });
  }

  it("is refused for good when the service has none of its name", async () => {
    await openPlugin("");
    const result = await world.execute(pluginRequest("constructor"));
    assert.match(
      result.status === "failed" ? result.message : "",
      /the service has none of this name, HEADWATER_PLUGINS/,
    );
  });

  function openChat(answer: (body: string) => number): Promise<number> {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => response.writeHead(answer(body)).end());
    });
    chat = server;
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  }
});

/** The module, the settings and the workflow, as the page has them. */
function exampleOfTheGuide(): readonly [string, string, string] {
  const page = readFileSync(new URL("../../../../docs/guide/step-kinds.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/^```(?:js|yaml)\n([^]*?)^```$/gm)].map(([, text = ""]) => text);
  const [module = "", project = "", workflow = ""] = blocks;
  return [module, project, workflow];
}
