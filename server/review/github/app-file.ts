import { createPrivateKey } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { ServiceError } from "../../errors.js";
import type { GithubConfig } from "./github-config.js";

/** A GitHub App that was made from here. */
export interface MadeApp extends GithubConfig {
  readonly name: string;
  /** Its page at GitHub, where it is installed. */
  readonly url: string;
}

const file = z.strictObject({
  appId: z.int().positive(),
  name: z.string(),
  url: z.url(),
  apiUrl: z.url(),
  privateKey: z.string(),
  webhookSecrets: z.array(z.string().min(1)).min(1),
});

/** Where the App is kept that was made from here, with its key: only its owner reads it. */
export function appFileOf(dataFolder: string): string {
  return join(dataFolder, "github-app.json");
}

/** Null when none was made. @throws ServiceError bad-request without a word of what is in it */
export async function readMadeApp(path: string): Promise<MadeApp | null> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw unusable(path, "it cannot be read");
  });
  if (text === null) return null;
  const read = file.safeParse(parseJson(text));
  if (!read.success) throw unusable(path, "it does not hold an App");
  try {
    createPrivateKey(read.data.privateKey);
  } catch {
    throw unusable(path, "its key is not a private key in PEM");
  }
  return read.data;
}

/** Whole or not at all, and on the disk when it resolves: GitHub gives a key once. */
export async function writeMadeApp(path: string, app: MadeApp): Promise<void> {
  const unfinished = `${path}.new`;
  await rm(unfinished, { force: true });
  const handle = await open(unfinished, "wx", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(app, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, path);
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync();
  await handle.close();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says quotes the text, which is secret.
    return null;
  }
}

function unusable(path: string, why: string): ServiceError {
  return new ServiceError(
    "bad-request",
    `Cannot use the GitHub App of "${path}": ${why}. Restore the file, or delete it and make another App`,
  );
}
