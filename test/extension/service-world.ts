import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client } from "@headwater/api";
import { cloneIn } from "#test/cli/clone.js";
import { startServiceProcess } from "#test/faults/service-process.js";
import { until } from "#test/until.js";
import { createServiceGate, type ServiceGate } from "./service-gate.js";

export const TOKEN = "a-long-secret";

/** The real service, with a repository that is deployed. */
export interface ServiceWorld {
  readonly client: Client;
  /** Where the editor finds it. */
  readonly gate: ServiceGate;
  /** Lets the step of a workflow go on that waits for it. */
  letGoOn(workflow: string): void;
  /** Commits to the branch that is deployed. */
  push(files: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the service for the pages of one origin, and deploys these files. */
export async function createServiceWorld(
  files: Readonly<Record<string, string>>,
  allowedOrigin: string,
): Promise<ServiceWorld> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-extension-"));
  const repository = join(folder, "repository");
  mkdirSync(repository);
  const clone = cloneIn(repository);
  clone.git("init", "--quiet", "--initial-branch=main");
  clone.commit(files);
  const flag = join(folder, "may-go-on");
  const service = await startServiceProcess(join(folder, "data"), {
    HEADWATER_TOKEN: TOKEN,
    HEADWATER_ALLOWED_ORIGINS: allowedOrigin,
    HEADWATER_STEP_ENV: "MAY_GO_ON",
    MAY_GO_ON: flag,
  });
  const client = createClient({ baseUrl: service.url, fetch, token: TOKEN });
  await client.addRepository({ body: { url: repository, name: "shop" } });
  await until("the deployment", async () => (await client.listWorkflows()).workflows.length > 0, 90_000);
  const gate = await createServiceGate(service.url);
  return {
    client,
    gate,
    letGoOn: (workflow) => writeFileSync(`${flag}-${workflow}`, ""),
    async push(changed) {
      clone.commit(changed);
      await client.hintGit({ body: {} });
    },
    async stop() {
      await gate.shut();
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A service of its own for each edition that is tried, whose workspace names it. */
export interface ServiceWorlds {
  /** For `describeInEditions`. */
  readonly world: {
    readonly files: Readonly<Record<string, string>>;
    prepare(server: { readonly origin: string }): Promise<Readonly<Record<string, unknown>>>;
  };
  /** That of the edition that is tried. */
  service(): ServiceWorld;
  /** To be called after each edition. */
  stop(): Promise<void>;
}

/** Services that deploy these files. */
export function createServiceWorlds(files: Readonly<Record<string, string>>): ServiceWorlds {
  const services: ServiceWorld[] = [];
  return {
    world: {
      files,
      async prepare({ origin }) {
        const service = await createServiceWorld(files, origin);
        services.push(service);
        return { "headwater.service.url": service.gate.url };
      },
    },
    service() {
      const [last] = services.slice(-1);
      assert.ok(last);
      return last;
    },
    async stop() {
      await services.pop()?.stop();
    },
  };
}
