import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Names what compiles and what activates: the text of these programs, and the versions of what they run on, such as that of the time zone data.
 * Equal names make the same of the same files. Null where that cannot be told.
 */
export async function readBuildId(
  versions: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  try {
    const compiler = fileURLToPath(import.meta.resolve("@headwater/workflow"));
    const programs = [
      join(compiler, ".."),
      ...["./", "../store/"].map((own) => fileURLToPath(new URL(own, import.meta.url))),
    ];
    const hash = createHash("sha256").update(JSON.stringify(versions));
    // What it depends on is pinned there.
    hash.update(await readFile(join(compiler, "..", "..", "package.json")));
    for (const folder of programs) await addPrograms(folder, hash);
    return hash.digest("hex");
  } catch {
    return null;
  }
}

async function addPrograms(folder: string, hash: ReturnType<typeof createHash>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.name.endsWith(".js")).map(({ name }) => name);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name))));
  for (const [index, text] of texts.entries()) hash.update(names[index] ?? "").update(text);
  for (const entry of entries) if (entry.isDirectory()) await addPrograms(join(folder, entry.name), hash);
}
