import { join } from "node:path";

/** File systems allow 255 bytes in a name; what is longer becomes folders within folders. */
const LONGEST_NAME = 120;

/** Where the log of an attempt is: `<data>/logs/<run>/<step>/<attempt>.log`. The step is its path, made safe for file names. */
export function logFileOf(dataFolder: string, runId: string, attempt: LoggedAttempt): string {
  return join(runLogFolder(dataFolder, runId), safeName(attempt.path), `${attempt.attempt}.log`);
}

/** Where an attempt's executed notebook is kept: beside its log, and as long. */
export function notebookFileOf(logFile: string): string {
  return logFile.replace(/\.log$/, ".ipynb");
}

export interface LoggedAttempt {
  /** Such as `load[3].copy`. */
  readonly path: string;
  readonly attempt: number;
}

/** Everything that a run has said; whoever deletes a run deletes this folder. */
export function runLogFolder(dataFolder: string, runId: string): string {
  return join(dataFolder, "logs", safeName(runId));
}

/** Where the attempt's `$HEADWATER_OUTPUT` points: in the run's own folder, so that one folder serves all its attempts. */
export function outputFileOf(dataFolder: string, runId: string, attempt: LoggedAttempt): string {
  return join(dataFolder, "outputs", safeName(runId), `${safeName(attempt.path)}.${attempt.attempt}`);
}

/**
 * Step paths are of `[a-z0-9_.[]]` and stay as they are; anything else is escaped, so that no path leads elsewhere. A `+` ends
 * the parts of a long name: no other name has one, so the name can be read back.
 */
function safeName(name: string): string {
  const escaped = name.replaceAll(/[^A-Za-z0-9_.[\]-]/gu, escapeCharacter).replace(/^\.+/, escapeCharacters);
  const parts = escaped.match(new RegExp(`.{1,${LONGEST_NAME}}`, "gu")) ?? ["%"];
  return parts.join("+/");
}

function escapeCharacters(text: string): string {
  return text.replaceAll(/./gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}
