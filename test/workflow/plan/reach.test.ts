import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { renderPlanMarkdown, renderPlanText } from "@headwater/workflow";
import { planned } from "./planned.js";

/** What a plan says of reach, a line each: `+ secret TOKEN: a b`, with `!` for the first or last use in the project. */
function check(before: Readonly<Record<string, string>>, after: typeof before, expected: readonly string[]) {
  const { reach } = planned(filesOf(before), filesOf(after));
  assert.deepEqual(
    reach.map(
      ({ change, kind, name, workflows, isOfProject }) =>
        `${change === "gained" ? "+" : "-"} ${kind} ${name}${isOfProject ? "!" : ""}: ${workflows.join(" ")}`,
    ),
    expected,
  );
}

/** Workflows by their id, each given by its steps. */
function filesOf(steps: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const files: Record<string, string> = { "headwater.yaml": SETTINGS };
  for (const [id, text] of Object.entries(steps))
    files[`${id}.workflow.yaml`] = `workflow: ${id}\nparams: { host: string }\nsteps:\n${text}\n`;
  return files;
}

const SETTINGS = [
  "project: p",
  "connections:",
  '  orders: { postgres: "postgres://app@db.example/orders", password: "${{ secrets.DB }}" }',
  "",
].join("\n");

const IDLE = "  s: { noop: {} }";
const secret = (name: string): string => `  s: { run: ./x, env: { T: "\${{ secrets.${name} }}" } }`;
const request = (url: string): string => `  s: { http: { url: "${url}" } }`;

describe("the reach of a plan", () => {
  it("is a secret that a workflow reads, with whether it is the first of the project", () => {
    check({ a: IDLE, b: IDLE }, { a: secret("A"), b: secret("A") }, ["+ secret A!: a b"]);
    check({ a: IDLE, b: secret("A") }, { a: secret("A"), b: secret("A") }, ["+ secret A: a"]);
    check({ a: secret("A") }, { a: secret("B") }, ["+ secret B!: a", "- secret A!: a"]);
  });

  it("is of workflows that come and go, too", () => {
    check({}, { a: secret("A") }, ["+ secret A!: a"]);
    check({ a: secret("A"), b: secret("A") }, { b: secret("A") }, ["- secret A: a"]);
  });

  it("is nothing where only what is done with it changes", () => {
    check({ a: request("https://x.example/1") }, { a: request("https://X.example/2") }, []);
  });

  it("is a connection with its server and its password", () => {
    check({ a: IDLE }, { a: '  s: { sql: { connection: orders, query: "select 1" } }' }, [
      "+ secret DB!: a",
      "+ host db.example!: a",
      "+ connection orders!: a",
    ]);
    check({ a: IDLE }, { a: '  s: { sql: { query: "select 1" } }' }, []);
  });

  it("is an image and a permit, in a loop too", () => {
    const loop =
      "  l:\n    foreach: { x: [1] }\n    steps:\n      s: { run: ./x, image: busybox, permits: [api] }";
    check({ a: IDLE }, { a: loop }, ["+ image busybox!: a", "+ permit api!: a"]);
  });

  const hosts: readonly (readonly [url: string, host: string])[] = [
    ["https://x.example/a", "x.example"],
    ["https://x.example:8443", "x.example:8443"],
    ["https://x.example/${{ params.host }}", "x.example"],
    ["https://good.example@evil.example/", "evil.example"],
    ["https://evil.example\\\\@good.example/", "evil.example"],
    ["https://${{ params.host }}/a", "https://${{ params.host }}/a"],
    ["https://good.example${{ params.host }}/a", "https://good.example${{ params.host }}/a"],
    ["${{ params.host }}", "${{ params.host }}"],
  ];
  for (const [url, host] of hosts) {
    it(`has ${host} of ${url}`, () => check({ a: IDLE }, { a: request(url) }, [`+ host ${host}!: a`]));
  }

  it("is a section of its own before the workflows, in text as in Markdown", () => {
    const plan = planned(filesOf({ a: IDLE }), filesOf({ a: secret("A"), b: secret("A") }));
    const context = { from: "x", to: "y", runsInFlight: null };
    assert.match(
      renderPlanMarkdown(plan, context),
      /\n#### Reach: 1 gained, 0 lost\n\n- \*\*\+\*\* secret `A`, for the first time in the project: `a`, `b`\n\n#### changed `a`/,
    );
    assert.match(
      renderPlanText(plan, context),
      /\n\nReach: 1 gained, 0 lost\n {2}\+ secret A, for the first time in the project: a, b\n\n/,
    );
  });
});
