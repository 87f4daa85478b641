import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** In a bundle, the sum of the programs that it is made of, as `sumOfPrograms` told it when they were taken. */
declare const BUNDLED_PROGRAMS: string | undefined;

export interface BuildOptions {
  /** Of what the programs run on, such as that of the time zone data. */
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** When the process began, in epoch milliseconds: programs that were put there since need not be those that it runs. */
  readonly startedAt: number;
  /** Files, and folders of them. Default: what compiles and what activates. */
  readonly programs?: readonly string[];
}

/**
 * Names what compiles and what activates in this process: the text of these programs, and the versions of what they run on. Equal names make
 * the same of the same files. Null where that cannot be told.
 *
 * The programs are read now, not when the name is first asked for: until then somebody may have built others in their place. Where they could
 * not be read they are read when it is asked for.
 */
export function createBuildReader(options: BuildOptions): () => Promise<string | null> {
  let build = readBuildId(options);
  return async () => (build ??= readBuildId(options));
}

function readBuildId(options: BuildOptions): string | null {
  try {
    const isBundled = typeof BUNDLED_PROGRAMS !== "undefined" && options.programs === undefined;
    const sum = isBundled ? BUNDLED_PROGRAMS : sumOfPrograms(options);
    if (sum === null) return null;
    return createHash("sha256")
      .update(JSON.stringify([options.versions, sum]))
      .digest("hex");
  } catch {
    return null;
  }
}

/** Null where one of them was put there since. @throws Error where one cannot be read */
export function sumOfPrograms({
  startedAt = Infinity,
  programs = ownPrograms(),
}: Partial<Pick<BuildOptions, "startedAt" | "programs">> = {}): string | null {
  const hash = createHash("sha256");
  for (const program of programs) {
    const names = namesOf(program);
    hash.update(JSON.stringify(names));
    for (const name of names) {
      const path = join(program, name);
      const text = readFileSync(path);
      if (statSync(path).ctimeMs > startedAt) return null;
      hash.update(`${text.length}\n`).update(text);
    }
  }
  return hash.digest("hex");
}

function ownPrograms(): readonly string[] {
  const compiler = fileURLToPath(import.meta.resolve("@headwater/workflow"));
  return [
    // What it depends on is pinned there.
    join(compiler, "..", "..", "package.json"),
    join(compiler, ".."),
    ...["./", "../store/"].map((own) => fileURLToPath(new URL(own, import.meta.url))),
  ];
}

/** Of the programs in a folder, in an order that is always the same. Of a file the empty one. */
function namesOf(program: string): readonly string[] {
  if (!statSync(program).isDirectory()) return [""];
  const names = readdirSync(program, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".js")).sort();
}
