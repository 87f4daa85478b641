import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** A name of this machine that is not known as one: what a browser allows only to the machine itself, it does not allow here. */
export const ELSEWHERE = "headwater.test";

/** In words why no browser can be driven here. */
export type NoChromium = string;

/** Starts the Chromium of this machine, without a window; nothing is downloaded. `CHROMIUM` names another one. */
export async function openChromium(): Promise<Browser | NoChromium> {
  const executablePath = process.env["CHROMIUM"] ?? findChromium();
  if (executablePath === undefined) return "there is no Chromium (apt-get install chromium)";
  const args = [
    // It needs rights that root and many containers do not have; this one sees our own pages only.
    "--no-sandbox",
    // Where there is none one is played, which takes a tenth of the processor.
    "--disable-gpu",
    "--disable-dev-shm-usage",
    `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`,
  ];
  return chromium.launch({ executablePath, args });
}

function findChromium(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((path) => existsSync(path));
}
