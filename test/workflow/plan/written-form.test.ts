import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { writtenForm } from "#workflow/plan/written-form.js";

/** Parts of definitions, and how a file says them. */
const TABLE: readonly (readonly [what: string, part: object, written: object])[] = [
  [
    "durations and keys of ours",
    { timeoutMs: 5_400_000, maxParallelSteps: 3 },
    { timeout: "1h30m", max_parallel_steps: 3 },
  ],
  ["sizes", { memoryBytes: 2 * 1024 ** 3, diskBytes: 1536 }, { memory: "2Gi", disk: "1536" }],
  ["instants", { startsAt: 0, endsAt: null }, { starts: "1970-01-01T00:00:00Z" }],
  [
    "what is empty not at all",
    { needs: [], env: {}, if: null, params: { a: { kind: "literal", value: null } } },
    { params: { a: null } },
  ],
  [
    "names of authors as they are",
    { env: { fooBar: { kind: "secret", name: "KEY" } }, labels: { delayMs: "5" } },
    { env: { fooBar: "${{ secrets.KEY }}" }, labels: { delayMs: "5" } },
  ],
  [
    "templates",
    {
      body: {
        kind: "map",
        entries: { a: { kind: "list", items: [{ kind: "expression", source: " params.n " }] } },
      },
    },
    { body: { a: ["${{ params.n }}"] } },
  ],
  [
    "text with expressions",
    { url: { kind: "text", parts: ["a/", { source: "params.n" }] } },
    { url: "a/${{ params.n }}" },
  ],
  [
    "literals whatever they look like",
    { params: { p: { kind: "literal", value: { kind: "literal", needsMs: [] } } } },
    { params: { p: { kind: "literal", needsMs: [] } } },
  ],
  [
    "types",
    { outputs: { a: { name: "list", of: { name: "int" } } }, type: { name: "date" } },
    { outputs: { a: "list<int>" }, type: "date" },
  ],
  [
    "matches",
    {
      match: [
        { param: "t", operator: "eq", value: 1 },
        { param: "h", operator: "gte", value: 2 },
        { param: "h", operator: "lt", value: 5 },
      ],
    },
    { match: { t: 1, h: { gte: 2, lt: 5 } } },
  ],
  [
    "a kind of step that nobody has heard of",
    { kind: "teleport", toPlanet: "mars", everyMs: 1000 },
    { kind: "teleport", to_planet: "mars", every: "1s" },
  ],
];

describe("writtenForm()", () => {
  for (const [what, part, written] of TABLE) {
    it(`says ${what}`, () => assert.deepEqual(writtenForm({ id: "s", ...part }), { id: "s", ...written }));
  }
});
