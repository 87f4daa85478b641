import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isTrusted } from "../trusted-url.js";

/** A GitLab, and what lets us in. */
export interface GitlabConfig {
  /** Where people are, without a slash at the end: GitLab may be below a path. */
  readonly url: string;
  /** An access token, or the file that holds one, which is read at each use: a new one counts at once. */
  readonly token: { readonly text: string } | { readonly file: string };
  /** What a webhook may carry, the current one first; none: webhooks are not taken, and all is found by looking. */
  readonly webhookSecrets: readonly string[];
}

/** What the environment says of a GitLab, and what is wrong with that. Null without a token: then there are no reviews there. */
export function readGitlabConfig(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): { readonly gitlab: GitlabConfig | null; readonly problems: readonly string[] } {
  const text = (name: string): string => environment[name] ?? "";
  const given = { text: text("HEADWATER_GITLAB_TOKEN"), file: text("HEADWATER_GITLAB_TOKEN_FILE") };
  const secrets = [text("HEADWATER_GITLAB_WEBHOOK_SECRET"), text("HEADWATER_GITLAB_WEBHOOK_SECRET_BEFORE")];
  const address = text("HEADWATER_GITLAB_URL");
  const url = (address || "https://gitlab.com").replace(/\/+$/, "");
  if (given.text === "" && given.file === "") {
    const isMeant = address !== "" || secrets[0] !== "";
    return { gitlab: null, problems: isMeant ? [NO_TOKEN] : [] };
  }
  const token = given.file === "" ? { text: given.text } : { file: resolve(cwd, given.file) };
  const problems: readonly (readonly [isWrong: boolean, words: string])[] = [
    [given.text !== "" && given.file !== "", TWO_TOKENS],
    ["text" in token && !isToken(token.text), "HEADWATER_GITLAB_TOKEN must be one word"],
    ["file" in token && readTokenSync(token.file) === null, unusable(given.file)],
    [!isUrl(url), `HEADWATER_GITLAB_URL must be like "https://gitlab.example.com", is "${url}"`],
  ];
  return {
    gitlab: { url, token, webhookSecrets: secrets.filter((secret) => secret !== "") },
    problems: problems.flatMap(([isWrong, words]) => (isWrong ? [words] : [])),
  };
}

const NO_TOKEN = "HEADWATER_GITLAB_URL and HEADWATER_GITLAB_WEBHOOK_SECRET need HEADWATER_GITLAB_TOKEN_FILE";
const TWO_TOKENS = "HEADWATER_GITLAB_TOKEN and HEADWATER_GITLAB_TOKEN_FILE are both set: give one of them";

function unusable(file: string): string {
  return `HEADWATER_GITLAB_TOKEN_FILE is "${file}", which cannot be used: it must be readable and hold an access token and nothing else`;
}

/** What stands in the file of a token is one, but for white space around it. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]{1,1000}$/.test(text);
}

function readTokenSync(file: string): string | null {
  try {
    const token = readFileSync(file, "utf8").trim();
    return isToken(token) ? token : null;
  } catch {
    // Why is told without a word of what stands there.
    return null;
  }
}

function isUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, search, hash } = new URL(text);
  return isTrusted(new URL(text)) && username === "" && search === "" && hash === "";
}
