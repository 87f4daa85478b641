import * as vscode from "vscode";

/** Folders in which no file is the project's own. */
const FOREIGN = new Set([".git", "node_modules"]);

/** The addresses of all files below a folder, as many as can be read. */
export async function listFiles(folder: vscode.Uri): Promise<readonly string[]> {
  const entries = await readFolder(folder);
  const below = entries.map(async ([name, type]) => {
    const uri = vscode.Uri.joinPath(folder, name);
    // A link may lead around in a circle, so one to a folder is not followed.
    if (type === vscode.FileType.Directory) return FOREIGN.has(name) ? [] : listFiles(uri);
    return (type & vscode.FileType.File) === 0 ? [] : [uri.toString()];
  });
  return (await Promise.all(below)).flat();
}

async function readFolder(folder: vscode.Uri): Promise<readonly [string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
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
