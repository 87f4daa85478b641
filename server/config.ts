import { resolve } from "node:path";
import { DEFAULT_POOL, parseDuration } from "@headwater/workflow";
import { readGithubConfig, type GithubConfig } from "./review/github/github-config.js";
import { readGitlabConfig, type GitlabConfig } from "./review/gitlab/gitlab-config.js";
import type { AlertConfig } from "./alerts/alert-options.js";
import { findPlugins, type PluginModule } from "./steps/plugins/find-plugins.js";
import { isHostEntry } from "./steps/http/allowed-hosts.js";
import { ENGINE_CHOICES, type EngineChoice } from "./steps/containers/choose-engine.js";
import { isOriginPattern } from "./http/allowed-origins.js";

const MEBIBYTE = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What an operator may set; every one has a default. A flag wins over the environment. Empty text counts as not set. */
export interface ConfigOptions {
  /** TCP port; 0 picks a free one. Default 7474, environment `PORT`. */
  readonly port?: number | undefined;
  /** Address to listen on. Default 127.0.0.1, environment `HEADWATER_HOST`. Any other than loopback needs a token. */
  readonly host?: string | undefined;
  /** Folder for everything durable. Default `.headwater` in the current folder, environment `HEADWATER_DATA_FOLDER`. */
  readonly dataFolder?: string | undefined;
}

/** The service's configuration, complete and frozen. Sizes are bytes, times milliseconds. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  /** Every request must carry it as a bearer token, or come from a browser that has signed in with it, when set. `HEADWATER_TOKEN`. */
  readonly token: string | null;
  /** Pages of which origins may ask from a browser, with the token: `https://editor.example`, `https://*.editor.example`. `HEADWATER_ALLOWED_ORIGINS`, comma-separated, default none. */
  readonly allowedOrigins: readonly string[];
  /** What Git hosts prove their hooks with, any of them; none: hooks need what every other request needs. `HEADWATER_HOOK_SECRET`, while it is rotated `HEADWATER_HOOK_SECRET_BEFORE`. Never the token, which would go to every host. */
  readonly hookSecrets: readonly string[];
  /** How often each repository is asked for new commits, jitter apart. `HEADWATER_POLL_SECONDS`, default 5. */
  readonly pollIntervalMs: number;
  /** Slots by pool: attempts that execute at once. `HEADWATER_PARALLEL_ATTEMPTS` for `default`, 8; others by `HEADWATER_POOLS`, such as `gpu=1,heavy=2`. */
  readonly pools: Readonly<Record<string, number>>;
  /** Limits of permits that nobody has set otherwise while the service ran. `HEADWATER_PERMITS`, such as `orders_api=20`. */
  readonly permits: Readonly<Record<string, number>>;
  /** Of one attempt's log; what is beyond is dropped and said so. `HEADWATER_MAX_LOG_MB`, default 10. */
  readonly maxLogBytes: number;
  /** Logs of runs are kept this long after the last was written to. `HEADWATER_KEEP_LOGS_DAYS`, default 90. */
  readonly keepLogsMs: number;
  /** Runs are kept this long after their end; null for ever. `HEADWATER_KEEP_RUNS`, such as `90d`, default `all`. */
  readonly keepRunsMs: number | null;
  /** Signals are kept this long after they were recorded; null for ever. `HEADWATER_KEEP_SIGNALS`, such as `90d`, default `all`. */
  readonly keepSignalsMs: number | null;
  /** Deployments are listed this long; null for ever. `HEADWATER_KEEP_DEPLOYMENTS`, such as `365d`, default `all`. */
  readonly keepDeploymentsMs: number | null;
  /** Between SIGTERM and SIGKILL of a canceled attempt. `HEADWATER_KILL_AFTER_SECONDS`, default 10. */
  readonly killAfterMs: number;
  /** Names of the service's own variables that `run` steps may see besides PATH, HOME, LANG, TZ and TMPDIR. `HEADWATER_STEP_ENV`, comma-separated. */
  readonly stepEnv: readonly string[];
  /** Hosts that `http` steps may call: names, `*.example.com`, addresses and networks. `HEADWATER_HTTP_HOSTS`, comma-separated, default all. */
  readonly httpHosts: readonly string[];
  /** What runs steps with an image. `HEADWATER_CONTAINERS`: `podman`, `docker`, `off`, or by default `auto`, the first of them that answers. */
  readonly containers: EngineChoice;
  /** The modules of plug-ins, by name. `HEADWATER_PLUGINS`, such as `send-message=./plugins/send-message.mjs,dbt=@acme/headwater-dbt`, from the current folder. */
  readonly plugins: Readonly<Record<string, PluginModule>>;
  /** A file of JSON with what is proven to Git hosts, only for its owner. `HEADWATER_GIT_CREDENTIALS_FILE`, default none. */
  readonly gitCredentialsFile: string | null;
  /** Who may sign commits with which ssh keys, a file of ssh-keygen. `HEADWATER_ALLOWED_SIGNERS_FILE`, default none. */
  readonly allowedSignersFile: string | null;
  /** A folder of GnuPG with the keys of those who may sign commits. `HEADWATER_GNUPG_FOLDER`, default none. */
  readonly gnupgFolder: string | null;
  /** A file of JSON with repositories to follow, read at each start. `HEADWATER_REPOSITORIES_FILE`, default none. */
  readonly repositoriesFile: string | null;
  /** The GitHub App that reviews pull requests; null: nothing does. `HEADWATER_GITHUB_APP_ID`, `HEADWATER_GITHUB_PRIVATE_KEY_FILE`, `HEADWATER_GITHUB_WEBHOOK_SECRET`, while it is rotated `HEADWATER_GITHUB_WEBHOOK_SECRET_BEFORE`, for Enterprise `HEADWATER_GITHUB_API_URL`. */
  readonly github: GithubConfig | null;
  /** The GitLab whose merge requests are reviewed; null: none is. `HEADWATER_GITLAB_URL`, default `https://gitlab.com`, `HEADWATER_GITLAB_TOKEN_FILE` or `HEADWATER_GITLAB_TOKEN`, `HEADWATER_GITLAB_WEBHOOK_SECRET`, while it is rotated `HEADWATER_GITLAB_WEBHOOK_SECRET_BEFORE`. */
  readonly gitlab: GitlabConfig | null;
  /** A file of JSON with secrets, only for its owner. `HEADWATER_SECRETS_FILE`, default none. */
  readonly secretsFile: string | null;
  /** The address by which people reach the service in a browser, without a slash at the end; null for where it listens. `HEADWATER_PUBLIC_URL`. */
  readonly publicUrl: string | null;
  /** How people are told. `HEADWATER_ALERT_SECONDS`, default 60, `HEADWATER_SLACK_URL`, `HEADWATER_PAGERDUTY_URL`, `HEADWATER_SMTP_URL`, `HEADWATER_MAIL_FROM`. */
  readonly alerts: AlertConfig;
  /** The service's own environment, for `stepEnv` and for secrets (`HEADWATER_SECRET_<NAME>`). */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads the options, then the environment, then the defaults. @throws ConfigError with every problem in one message */
export function resolveConfig(
  options: ConfigOptions,
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Config {
  const problems: string[] = [];
  const text = (name: string, byDefault: string): string => environment[name] || byDefault;
  const whole = wholeNumbers(environment, problems);
  const counts = (
    name: "HEADWATER_POOLS" | "HEADWATER_PERMITS",
    list: string,
  ): Readonly<Record<string, number>> => {
    const read = countsIn(name, list);
    problems.push(...read.problems);
    return read.counts;
  };
  const kept = (name: string): number | null => keeping(name, text(name, "all"), problems);
  const plugins = findPlugins(namesIn(text("HEADWATER_PLUGINS", "")), cwd);
  problems.push(...plugins.problems);
  const config: Config = {
    port: options.port ?? whole("PORT", { byDefault: 7474, min: 0, max: 65_535 }),
    host: options.host || text("HEADWATER_HOST", "127.0.0.1"),
    dataFolder: resolve(cwd, options.dataFolder || text("HEADWATER_DATA_FOLDER", ".headwater")),
    token: text("HEADWATER_TOKEN", "") || null,
    hookSecrets: [text("HEADWATER_HOOK_SECRET", ""), text("HEADWATER_HOOK_SECRET_BEFORE", "")].filter(
      (secret) => secret !== "",
    ),
    allowedOrigins: namesIn(text("HEADWATER_ALLOWED_ORIGINS", "")),
    pollIntervalMs: 1000 * whole("HEADWATER_POLL_SECONDS", { byDefault: 5, min: 1, max: 86_400 }),
    pools: {
      ...counts("HEADWATER_POOLS", text("HEADWATER_POOLS", "")),
      [DEFAULT_POOL]: whole("HEADWATER_PARALLEL_ATTEMPTS", { byDefault: 8, min: 1, max: COUNT_MAX }),
    },
    permits: counts("HEADWATER_PERMITS", text("HEADWATER_PERMITS", "")),
    maxLogBytes: MEBIBYTE * whole("HEADWATER_MAX_LOG_MB", { byDefault: 10, min: 1, max: 10_000 }),
    keepLogsMs: DAY_MS * whole("HEADWATER_KEEP_LOGS_DAYS", { byDefault: 90, min: 1, max: 36_500 }),
    ...retentionIn(kept),
    killAfterMs: 1000 * whole("HEADWATER_KILL_AFTER_SECONDS", { byDefault: 10, min: 1, max: 3600 }),
    ...stepsIn(text, problems),
    plugins: plugins.modules,
    ...pathsIn(environment, cwd),
    ...reviewsIn(environment, cwd, problems),
    publicUrl: webAddress("HEADWATER_PUBLIC_URL", text("HEADWATER_PUBLIC_URL", ""), problems) || null,
    alerts: alertConfig({ text, whole, problems }),
    environment,
  };
  problems.push(...problemsOfAccess(config), ...problemsOfSecrets(environment));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/** Where changes are reviewed. */
function reviewsIn(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
  problems: string[],
): Pick<Config, "github" | "gitlab"> {
  const [ofGithub, ofGitlab] = [readGithubConfig(environment, cwd), readGitlabConfig(environment, cwd)];
  problems.push(...ofGithub.problems, ...ofGitlab.problems);
  return { github: ofGithub.github, gitlab: ofGitlab.gitlab };
}

/** How long runs, signals and deployments are kept. */
function retentionIn(
  kept: (name: string) => number | null,
): Pick<Config, "keepRunsMs" | "keepSignalsMs" | "keepDeploymentsMs"> {
  return {
    keepRunsMs: kept("HEADWATER_KEEP_RUNS"),
    keepSignalsMs: kept("HEADWATER_KEEP_SIGNALS"),
    keepDeploymentsMs: kept("HEADWATER_KEEP_DEPLOYMENTS"),
  };
}

/** Every problem of a configuration at once, in words. */
export class ConfigError extends Error {
  readonly code = "bad-configuration";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Cannot use this configuration: ${problems.join("; ")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

type ReadWhole = (
  name: string,
  limits: { readonly byDefault: number; readonly min: number; readonly max: number },
) => number;

function wholeNumbers(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): ReadWhole {
  return (name, { byDefault, min, max }) => {
    const text = environment[name] ?? "";
    const value = text === "" ? byDefault : Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    problems.push(`${name} must be a whole number from ${min} to ${max}, is "${text}"`);
    return byDefault;
  };
}

/** `all`, or a duration of a day or more: what is kept for less is gone before people have looked at it. */
function keeping(name: string, text: string, problems: string[]): number | null {
  if (text === "all") return null;
  const keptMs = parseDuration(text);
  if (keptMs !== null && keptMs >= DAY_MS) return keptMs;
  problems.push(`${name} must be "all" or a duration of a day or more, such as "90d", is "${text}"`);
  return null;
}

function alertConfig({
  text,
  whole,
  problems,
}: {
  readonly text: (name: string, byDefault: string) => string;
  readonly whole: ReadWhole;
  readonly problems: string[];
}): AlertConfig {
  return {
    gatherMs: 1000 * whole("HEADWATER_ALERT_SECONDS", { byDefault: 60, min: 1, max: 86_400 }),
    slackUrl: webAddress("HEADWATER_SLACK_URL", text("HEADWATER_SLACK_URL", SLACK_URL), problems),
    pagerdutyUrl: webAddress(
      "HEADWATER_PAGERDUTY_URL",
      text("HEADWATER_PAGERDUTY_URL", PAGERDUTY_URL),
      problems,
    ),
    smtpUrl: mailAddress(text("HEADWATER_SMTP_URL", ""), problems),
    mailFrom: text("HEADWATER_MAIL_FROM", "Headwater <headwater@localhost>"),
  };
}

const SLACK_URL = "https://slack.com/api";
const PAGERDUTY_URL = "https://events.pagerduty.com";

/** An address of HTTP without what does not belong to it: paths are put behind it. */
function webAddress(name: string, address: string, problems: string[]): string {
  if (address !== "" && !isAddressOf(address, ["http:", "https:"]))
    problems.push(`${name} must be like "https://headwater.example", is "${address}"`);
  return address.replace(/\/+$/, "");
}

/** It may hold a password, so that it is not told. */
function mailAddress(address: string, problems: string[]): string | null {
  if (address === "") return null;
  if (!isAddressOf(address, ["smtp:", "smtps:"]))
    problems.push('HEADWATER_SMTP_URL must be like "smtp://user@mail.example:587" or "smtps://mail.example"');
  return address;
}

function isAddressOf(address: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, search, hash } = new URL(address);
  return protocols.includes(protocol) && hostname !== "" && search === "" && hash === "";
}

/** What steps may see and use. */
function stepsIn(
  text: (name: string, byDefault: string) => string,
  problems: string[],
): Pick<Config, "stepEnv" | "httpHosts" | "containers"> {
  return {
    stepEnv: namesIn(text("HEADWATER_STEP_ENV", "")),
    httpHosts: hostsIn(text("HEADWATER_HTTP_HOSTS", ""), problems),
    containers: engineChoice(text("HEADWATER_CONTAINERS", "auto"), problems),
  };
}

function hostsIn(list: string, problems: string[]): readonly string[] {
  const hosts = namesIn(list);
  for (const host of hosts.filter((entry) => !isHostEntry(entry)))
    problems.push(
      `HEADWATER_HTTP_HOSTS must be like "api.example.com,*.example.com,10.0.0.0/8", has "${host}"`,
    );
  return hosts;
}

function engineChoice(text: string, problems: string[]): EngineChoice {
  const choice = ENGINE_CHOICES.find((each) => each === text);
  if (choice !== undefined) return choice;
  problems.push(`HEADWATER_CONTAINERS must be one of ${ENGINE_CHOICES.join(", ")}, is "${text}"`);
  return "auto";
}

/** Files and folders that operators name, from the current folder; null where they name none. */
function pathsIn(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Pick<
  Config,
  "gitCredentialsFile" | "allowedSignersFile" | "gnupgFolder" | "repositoriesFile" | "secretsFile"
> {
  const text = (name: string): string => environment[name] ?? "";
  return {
    gitCredentialsFile: pathOrNull(text("HEADWATER_GIT_CREDENTIALS_FILE"), cwd),
    allowedSignersFile: pathOrNull(text("HEADWATER_ALLOWED_SIGNERS_FILE"), cwd),
    gnupgFolder: pathOrNull(text("HEADWATER_GNUPG_FOLDER"), cwd),
    repositoriesFile: pathOrNull(text("HEADWATER_REPOSITORIES_FILE"), cwd),
    secretsFile: pathOrNull(text("HEADWATER_SECRETS_FILE"), cwd),
  };
}

function pathOrNull(path: string, cwd: string): string | null {
  return path === "" ? null : resolve(cwd, path);
}

function namesIn(list: string): readonly string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

const COUNT_MAX = 10_000;

/** Reads `gpu=1,heavy=2`. A pool needs a slot; a permit with the limit 0 is closed. */
function countsIn(
  variable: "HEADWATER_POOLS" | "HEADWATER_PERMITS",
  list: string,
): { readonly counts: Readonly<Record<string, number>>; readonly problems: readonly string[] } {
  const min = variable === "HEADWATER_POOLS" ? 1 : 0;
  const entries = namesIn(list).map((entry) => {
    const [, name = "", count = ""] = /^([A-Za-z][A-Za-z0-9._-]{0,62})\s*=\s*(\d{1,9})$/.exec(entry) ?? [];
    return { entry, name, count: count === "" ? NaN : Number(count) };
  });
  const wrong = entries.filter(({ count }) => !(count >= min && count <= COUNT_MAX));
  const isOverridden = variable === "HEADWATER_POOLS" && entries.some(({ name }) => name === DEFAULT_POOL);
  return {
    counts: Object.fromEntries(entries.map(({ name, count }) => [name, count])),
    problems: [
      ...wrong.map(
        ({ entry }) =>
          `${variable} must be like "name=2,other=3", from ${min} to ${COUNT_MAX}, has "${entry}"`,
      ),
      ...(isOverridden
        ? [`${variable} has "${DEFAULT_POOL}", whose slots are set by HEADWATER_PARALLEL_ATTEMPTS`]
        : []),
    ],
  };
}

function problemsOfAccess({
  host,
  token,
  allowedOrigins,
}: Pick<Config, "host" | "token" | "allowedOrigins">): readonly string[] {
  const reachable = !isLoopback(host) && token === null;
  return [
    ...(reachable
      ? [
          `listening on "${host}" needs HEADWATER_TOKEN: whoever reaches the service may run code on this machine`,
        ]
      : []),
    ...(allowedOrigins.length > 0 && token === null
      ? ["HEADWATER_ALLOWED_ORIGINS needs HEADWATER_TOKEN: whatever runs in such a page could ask without it"]
      : []),
    ...allowedOrigins
      .filter((origin) => !isOriginPattern(origin))
      .map(
        (origin) =>
          `HEADWATER_ALLOWED_ORIGINS must be like "https://editor.example,https://*.editor.example", has "${origin}"`,
      ),
  ];
}

/** Of what is compared with headers. */
function problemsOfSecrets(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = ["HEADWATER_TOKEN", "HEADWATER_HOOK_SECRET", "HEADWATER_HOOK_SECRET_BEFORE"];
  return names
    .filter((name) => /\s/.test(environment[name] ?? ""))
    .map((name) => `${name} must have no white space: a header could not carry it`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
