import * as vscode from "vscode";

/** Folders in which no file is the project's own. */
const FOREIGN = new Set([".git", ".headwater", "node_modules"]);

/** The file that makes a folder an environment of Python: of all that is in there only this one is listed. */
const ENVIRONMENT_FILE = "pyvenv.cfg";

/** As many as of a folder on a disk; such as a whole disk is given up there. */
const FILES_MAX = 200_000;

/** Folders that are read at once: each may be a request to a host. */
const READS_MAX = 32;

/** The addresses of all files below a folder, as many as can be read; of a file its own. */
export async function listFiles(root: vscode.Uri): Promise<readonly string[]> {
  if (await isFile(root)) return [root.toString()];
  const files: string[] = [];
  const folders = [root];
  while (folders.length > 0 && files.length < FILES_MAX) {
    const read = await Promise.all(folders.splice(-READS_MAX).map(readFolder));
    for (const [uri, type] of read.flat()) {
      // A link may lead around in a circle, so one to a folder is not followed.
      if (type === vscode.FileType.Directory) folders.push(uri);
      else if ((type & vscode.FileType.File) !== 0) files.push(uri.toString());
    }
  }
  return files;
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    // It is gone, or nobody may look.
    return false;
  }
}

/** What is in a folder and may be the project's own. */
async function readFolder(folder: vscode.Uri): Promise<readonly (readonly [vscode.Uri, vscode.FileType])[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    const environment = entries.filter(([name]) => name === ENVIRONMENT_FILE);
    const own = environment.length > 0 ? environment : entries.filter(([name]) => !FOREIGN.has(name));
    return own.map(([name, type]) => [vscode.Uri.joinPath(folder, name), type] as const);
  } catch {
    // What cannot be read has no files; a folder may vanish while one looks.
    return [];
  }
}

/** The content of a file in base64; null when it cannot be read. */
export async function readFile(uri: vscode.Uri): Promise<string | null> {
  try {
    return toBase64(await vscode.workspace.fs.readFile(uri));
  } catch {
    // The language server asks for what was there a moment ago.
    return null;
  }
}

const PIECE = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
