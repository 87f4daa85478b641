import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { Secrets, SecretValues } from "./secrets.js";
import { SecretsError } from "./secrets-error.js";

const MAX_BYTES = 1024 * 1024;
/** Permissions of anybody but the owner. */
const OTHERS = 0o077;

/**
 * One file of JSON, `{ "NAME": "value", "preview/NAME": "value", … }`, that only its owner may read. It is read whole at each use, which costs less than a
 * tenth of a millisecond: a rotation counts from the next attempt on, and nothing is remembered.
 */
export function fileSecrets(path: string): Secrets {
  return {
    check: async () => void (await readSecretsFile(path)),
    read: async (names, scope) => {
      const values = await readSecretsFile(path);
      const prefix = scope === "preview" ? "preview/" : "";
      return new Map(
        names.flatMap((name) => {
          const value = values.get(`${prefix}${name}`);
          return value === undefined ? [] : [[name, value] as const];
        }),
      );
    },
  };
}

async function readSecretsFile(path: string): Promise<SecretValues> {
  // A FIFO would wait for its writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw refusal(path, cause instanceof Error ? cause.message : String(cause), cause);
  });
  try {
    return parseSecrets(path, await readText(path, file));
  } finally {
    await file.close();
  }
}

async function readText(path: string, file: FileHandle): Promise<string> {
  const stats = await file.stat();
  if (!stats.isFile()) throw refusal(path, "it is not a plain file");
  const mode = stats.mode & 0o777;
  if ((mode & OTHERS) !== 0) {
    throw refusal(
      path,
      `others than its owner may use it (mode ${mode.toString(8)}); run chmod 600 "${path}"`,
    );
  }
  const buffer = Buffer.alloc(Math.min(stats.size, MAX_BYTES) + 1);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  if (bytesRead > MAX_BYTES) throw refusal(path, `it has ${stats.size} bytes, limit is ${MAX_BYTES} bytes`);
  return buffer.toString("utf8", 0, bytesRead).replace(/^\uFEFF/, "");
}

function parseSecrets(path: string, text: string): SecretValues {
  const parsed = parseJson(path, text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw refusal(path, 'it must hold one object of JSON, such as { "API_KEY": "…" }');
  }
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value !== "string") throw refusal(path, `"${name}" must be a text in quotes`);
    values.set(name, value);
  }
  return values;
}

/** What the parser of JSON says quotes the text, which is secret: only the place is told. */
function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1];
    const line =
      position === undefined ? "" : ` in line ${text.slice(0, Number(position)).split("\n").length}`;
    throw refusal(path, `it is not valid JSON${line}`);
  }
}

function refusal(path: string, state: string, cause?: unknown): SecretsError {
  return new SecretsError(`Cannot read the secrets file "${path}": ${state}`, { cause });
}
