import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createClient } from "@headwater/api";
import { createContext } from "#cli/context.js";
import { processIo } from "#cli/io.js";
import { tellDeployments } from "#cli/tell-deployments.js";
import { createHttpWorld } from "../server/http/http-world.js";
import { deployment } from "../server/store/store-rows.js";
import { until } from "../until.js";

const finding = {
  file: "a.workflow.yaml",
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 2,
  severity: "error",
  code: "unknown-key",
  message: "No such key",
} as const;

const NAMES = {
  live: "69e2bb30aaaaaaaaaaaa",
  refused: "69e2bb31aaaaaaaaaaaa",
  elsewhere: "69e2bb32aaaaaaaaaaaa",
};
const ROWS = [
  deployment("dep_1", { commit: NAMES.live, reason: "2 workflows: 1 changed, 1 unchanged" }),
  deployment("dep_2", { commit: NAMES.refused, status: "refused", diagnostics: [finding, finding] }),
  deployment("dep_3", { commit: NAMES.elsewhere, status: "refused", reason: "Another repository has it" }),
];

describe("tellDeployments()", () => {
  it("prints a line for each commit that goes live and each that does not, once it may", async () => {
    const world = await createHttpWorld();
    const [stop, told] = [new AbortController(), [] as string[]];
    let letGo: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (letGo = resolve));
    const io = processIo();
    const stdout = { ...io.stdout, isTerminal: false, write: (text: string) => void told.push(text) };
    const client = createClient({ baseUrl: world.url, token: null, fetch: io.fetch });
    try {
      const telling = tellDeployments(
        createContext({ ...io, stdout }, () => undefined),
        client,
        {
          signal: stop.signal,
          ready,
        },
      );
      for (const row of ROWS) await world.store.recordDeployment(row);
      // Nothing says when the stream is open, so the first is told until it is heard.
      letGo();
      await until("the first is heard", () => {
        publish(ROWS.slice(0, 1));
        return told.length > 0;
      });
      publish(ROWS.slice(1));
      await until("all are heard", () => told.some((line) => line.includes("69e2bb32")));
      assert.deepEqual(
        [...new Set(told)],
        [
          "sales: 69e2bb30 is live: 1 changed, 1 unchanged\n",
          "sales: 69e2bb31 was refused, 2 errors: npx headwater deployments\n",
          "sales: 69e2bb32 was refused: npx headwater deployments\n",
        ],
      );
      stop.abort();
      await telling;
    } finally {
      await world.stop();
    }

    function publish(rows: typeof ROWS): void {
      for (const { repositoryId, project, commit, status } of rows) {
        world.feed.publish([{ kind: "deployment", repositoryId, project, commit, status }]);
      }
    }
  });
});
