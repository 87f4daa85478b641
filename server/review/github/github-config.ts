import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isTrusted } from "../trusted-url.js";

/** A GitHub App of the operator's. */
export interface GithubConfig {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** What GitHub may have signed a webhook with, the current one first. */
  readonly webhookSecrets: readonly string[];
  readonly apiUrl: string;
}

/**
 * The App that the environment names, and what is wrong with how it does. Null without `HEADWATER_GITHUB_APP_ID`: then there are no
 * reviews.
 */
export function readGithubConfig(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): { readonly github: GithubConfig | null; readonly problems: readonly string[] } {
  const text = (name: string): string => environment[name] ?? "";
  const id = text("HEADWATER_GITHUB_APP_ID");
  if (id === "") return { github: null, problems: [] };
  const appId = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
  const key = readKey(text("HEADWATER_GITHUB_PRIVATE_KEY_FILE"), cwd);
  const secrets = [text("HEADWATER_GITHUB_WEBHOOK_SECRET"), text("HEADWATER_GITHUB_WEBHOOK_SECRET_BEFORE")];
  const apiUrl = (text("HEADWATER_GITHUB_API_URL") || "https://api.github.com").replace(/\/+$/, "");
  const problems: readonly (readonly [isWrong: boolean, words: string])[] = [
    [appId === 0, `HEADWATER_GITHUB_APP_ID must be the number of a GitHub App, is "${id}"`],
    [key.pem === "", key.problem],
    [secrets[0] === "", UNSIGNED],
    [
      !isApiUrl(apiUrl),
      `HEADWATER_GITHUB_API_URL must be like "https://github.example.com/api/v3", is "${apiUrl}"`,
    ],
  ];
  return {
    github: { appId, privateKey: key.pem, webhookSecrets: secrets.filter((secret) => secret !== ""), apiUrl },
    problems: problems.flatMap(([isWrong, words]) => (isWrong ? [words] : [])),
  };
}

const UNSIGNED =
  "HEADWATER_GITHUB_APP_ID needs HEADWATER_GITHUB_WEBHOOK_SECRET: anybody could send hooks without it";

/** The key, or an empty one and why. */
function readKey(file: string, cwd: string): { readonly pem: string; readonly problem: string } {
  if (file === "") return { pem: "", problem: NO_KEY };
  try {
    const pem = readFileSync(resolve(cwd, file), "utf8");
    // What signs tokens takes both forms; a file that is neither is told at the start, and without a word of it.
    createPrivateKey(pem);
    return { pem, problem: "" };
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    const why = isAbsent ? "there is no such file" : "it is not a private key in PEM, or may not be read";
    return {
      pem: "",
      problem: `HEADWATER_GITHUB_PRIVATE_KEY_FILE is "${file}", which cannot be used: ${why}`,
    };
  }
}

const NO_KEY =
  "HEADWATER_GITHUB_APP_ID needs HEADWATER_GITHUB_PRIVATE_KEY_FILE, the .pem file that GitHub gave you";

function isApiUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === "" && isTrusted(url);
}
