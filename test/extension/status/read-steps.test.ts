import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createClient } from "@headwater/api";
import { readSteps, type StepsOfRun } from "#extension/status/read-steps.js";
import { stepOf } from "./some-step.js";

const FAILED_AT = 6500;

describe("readSteps()", () => {
  /** A run whose loop has so many steps, one of which failed, before a last one of no loop; and what was asked. */
  async function read(count: number): Promise<StepsOfRun & { readonly asked: number }> {
    let asked = 0;
    const all = [
      ...Array.from({ length: count }, (_, index) =>
        stepOf({
          position: index + 1,
          path: `load[${index}].copy`,
          status: index === FAILED_AT ? "failed" : "succeeded",
        }),
      ),
      stepOf({ position: count + 1, path: "publish" }),
    ];
    const answer = async (input: unknown): Promise<Response> => {
      asked += 1;
      const query = new URL(String(input)).searchParams;
      const statuses = query.get("status")?.split(",");
      const meant = all.filter(
        ({ position, path, status }) =>
          position > Number(query.get("after") ?? 0) &&
          (query.get("loop") !== "" || !path.includes("[")) &&
          statuses?.includes(status) !== false,
      );
      const steps = meant.slice(0, 1000);
      return Response.json({ steps, next: meant.length > 1000 ? steps.at(-1)?.position : null });
    };
    const client = createClient({ baseUrl: "http://host:1", fetch: answer });
    return { ...(await readSteps(client, "r", "production")), asked };
  }

  it("reads all steps of a run of some thousand", async () => {
    const { steps, hasMore, asked } = await read(1500);
    assert.deepEqual([steps.length, hasMore, asked], [1501, false, 2]);
  });

  it("finds in a loop of ten thousand also what failed late, and what came after it, and says that there are more", async () => {
    const { steps, hasMore, asked } = await read(10_000);
    assert.deepEqual([steps.length, hasMore, asked], [5002, true, 7]);
    assert.deepEqual(
      steps.slice(-2).map(({ path, status }) => [path, status]),
      [
        [`load[${FAILED_AT}].copy`, "failed"],
        ["publish", "succeeded"],
      ],
    );
  });
});
