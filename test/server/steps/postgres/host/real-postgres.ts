import { execFileSync, spawn } from "node:child_process";
import { accessSync, chownSync, constants, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { until } from "#test/until.js";

/** A server of this machine's PostgreSQL with an empty database, only for the tests of one file. */
export interface RealPostgres {
  readonly port: number;
  /** Of the user `loader`, whose password is `PASSWORD`. */
  readonly url: string;
  /** What the server's owner asks: the first column of each row. */
  ask(query: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** Of the user `loader`. */
export const PASSWORD = "p@ss/wörd: 1";

/** In words why there is no server. */
export type NoPostgres = string;

/** Starts it on a free port, as a user who is not root; nothing is forced to the disk. */
export async function openPostgres(): Promise<RealPostgres | NoPostgres> {
  const programs = findPrograms();
  if (programs === null) return "there is no PostgreSQL (apt-get install postgresql)";
  const folder = mkdtempSync(join(tmpdir(), "headwater-postgres-"));
  const owner = whoOwns(folder);
  const run = { ...owner, cwd: folder, stdio: "ignore" as const };
  const data = join(folder, "data");
  execFileSync(join(programs, "initdb"), ["-D", data, "-U", "owner", "--auth=trust", "--no-sync"], run);
  const port = await freePort();
  const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: folder, fsync: "off" };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(join(programs, "postgres"), ["-D", data, ...flags], run);
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const ask = async (query: string): Promise<readonly unknown[]> => {
    const client = new Client({ host: "127.0.0.1", port, user: "owner", database: "postgres" });
    try {
      await client.connect();
      const { rows } = await client.query<unknown[]>({ text: query, rowMode: "array" });
      return rows.map(([first]) => first);
    } finally {
      await client.end();
    }
  };
  await until("PostgreSQL answers", () => ask("select 1").catch(() => null));
  await ask(`create role loader login password '${PASSWORD}'`);
  await ask("create database sales owner loader");
  return {
    port,
    url: `postgres://loader:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/sales`,
    ask,
    close: async () => {
      server.kill("SIGINT");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The folder of its programs: `POSTGRES`, or where Debian puts the newest. */
function findPrograms(): string | null {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort() : [];
  const found = process.env["POSTGRES"] ?? join(debian, versions.at(-1) ?? "", "bin");
  try {
    accessSync(join(found, "initdb"), constants.X_OK);
    return found;
  } catch {
    return null;
  }
}

/** PostgreSQL refuses to run as root. */
function whoOwns(folder: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid = 0, gid = 0] = ["-u", "-g"].map((flag) =>
    Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" })),
  );
  chownSync(folder, uid, gid);
  return { uid, gid };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
