/** The service's own variables that git may need: to find programs, keys, proxies and certificates. Nothing else passes. */
const INHERITED = [
  "PATH",
  "HOME",
  "TMPDIR",
  "SSH_AUTH_SOCK",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
] as const;

/** Settings that stand above those of any file: a repository's own configuration cannot make git run anything. */
const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.askPass", ""],
  ["credential.helper", ""],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["submodule.recurse", "false"],
  ["http.lowSpeedLimit", "1000"],
  ["http.lowSpeedTime", "30"],
];

/** What one command of git needs beside that, to reach another side or to check a signature. Nothing of it stands in a command line but paths of keys. */
export interface GitAccess {
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly variables: Readonly<Record<string, string>>;
  /** Words of the shell, which git starts ssh by. */
  readonly sshOptions: readonly string[];
}

export const NO_ACCESS: GitAccess = { settings: [], variables: {}, sshOptions: [] };

const SSH = ["ssh", "-oBatchMode=yes", "-oConnectTimeout=15", "-oServerAliveInterval=15"];

/**
 * The whole environment of every git process: no configuration of the machine or the user, no prompt, no hook, four
 * protocols. ssh keeps HOME, because the user's keys and known hosts are there; it never asks. Messages are in
 * English, because `remote-failure.ts` reads them.
 */
export function gitEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  access: GitAccess = NO_ACCESS,
): Readonly<Record<string, string>> {
  const settings = [...SETTINGS, ...access.settings];
  const result: Record<string, string> = {
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "https:http:ssh:file",
    GIT_SSH_COMMAND: [...SSH, ...access.sshOptions].join(" "),
    // Refs are files, because some are read and made without git; what is newer than that default is not wanted.
    GIT_DEFAULT_REF_FORMAT: "files",
    GIT_CONFIG_COUNT: String(settings.length),
    ...access.variables,
  };
  for (const name of INHERITED) {
    const value = environment[name];
    if (value !== undefined) result[name] = value;
  }
  for (const [index, [name, value]] of settings.entries()) {
    result[`GIT_CONFIG_KEY_${index}`] = name;
    result[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return result;
}
