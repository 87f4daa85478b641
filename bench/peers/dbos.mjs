// DBOS on PostgreSQL with its defaults (fsync on): 40 steps in a row, and 1,000 steps at once, in one workflow.
import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { answerRounds, freePort } from "./rounds.mjs";

const versions = "/usr/lib/postgresql";
const bin = join(versions, readdirSync(versions).sort().at(-1), "bin");
const folder = mkdtempSync(join(tmpdir(), "headwater-pg-"));
const port = await freePort();
const isRoot = process.getuid() === 0;
if (isRoot)
  chownSync(
    folder,
    Number(execFileSync("id", ["-u", "postgres"])),
    Number(execFileSync("id", ["-g", "postgres"])),
  );
const asPostgres = (command, ...args) =>
  isRoot
    ? execFileSync("runuser", ["-u", "postgres", "--", join(bin, command), ...args], {
        stdio: "ignore",
        cwd: folder,
      })
    : execFileSync(join(bin, command), args, { stdio: "ignore", cwd: folder });
asPostgres("initdb", "-D", join(folder, "db"), "-U", "postgres", "--auth=trust");
asPostgres(
  "pg_ctl",
  "-D",
  join(folder, "db"),
  "-w",
  "-l",
  join(folder, "log"),
  "-o",
  `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`,
  "start",
);

const noop = async () => undefined;
const chain = DBOS.registerWorkflow(
  async (steps) => {
    for (let step = 0; step < steps; step += 1) await DBOS.runStep(noop, { name: "noop" });
  },
  { name: "chain" },
);
const fan = DBOS.registerWorkflow(
  async (jobs) =>
    void (await Promise.all(Array.from({ length: jobs }, () => DBOS.runStep(noop, { name: "noop" })))),
  { name: "fan" },
);
DBOS.setConfig({
  name: "peer",
  systemDatabaseUrl: `postgresql://postgres@127.0.0.1:${port}/dbos`,
  logLevel: "error",
  runAdminServer: false,
});
await DBOS.launch();
await answerRounds({ chain: (steps) => chain(steps), fan: (jobs) => fan(jobs) });
await DBOS.shutdown();
asPostgres("pg_ctl", "-D", join(folder, "db"), "-m", "immediate", "stop");
rmSync(folder, { recursive: true, force: true });
