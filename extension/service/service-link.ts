import { ApiError, createClient, type ChangeEvent, type Client } from "@headwater/api";
import * as vscode from "vscode";
import type { Clock } from "../clock.js";

/** How it stands with the service of this workspace. */
export type LinkState =
  | { readonly kind: "none" }
  | { readonly kind: "connecting"; readonly url: string }
  | { readonly kind: "connected"; readonly url: string; readonly client: Client }
  | { readonly kind: "lost"; readonly url: string; readonly code: string; readonly message: string };

/** What happened at the service; null: too much was missed, or it is another one, so everything is to be loaded anew. */
export type LinkEvent = ChangeEvent | null;

const RETRY_MS = 10_000;
const RECONNECT_PAUSE_MS = 500;

/**
 * The service that the workspace names: none → connecting → connected ⇄ lost. It follows the live changes, takes them up again where they
 * broke, and says once what it cannot reach. A token belongs to one address: another workspace cannot make us send it elsewhere.
 */
export class ServiceLink implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #clock: Clock;
  readonly #stateChanged = new vscode.EventEmitter<LinkState>();
  readonly #happened = new vscode.EventEmitter<LinkEvent>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #state: LinkState = { kind: "none" };
  #following = new AbortController();
  #told = "";
  readonly onDidChangeState = this.#stateChanged.event;
  readonly onDidHappen = this.#happened.event;

  constructor(secrets: vscode.SecretStorage, clock: Clock) {
    this.#secrets = secrets;
    this.#clock = clock;
    this.#subscriptions = [
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("headwater.service")) this.connect();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.connect()),
      this.#stateChanged,
      this.#happened,
    ];
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The client while there is a connection. */
  get client(): Client | null {
    return this.#state.kind === "connected" ? this.#state.client : null;
  }

  /** Which environment is shown. */
  get environment(): string {
    return vscode.workspace.getConfiguration("headwater").get("service.environment", "production");
  }

  /** Begins anew, with the settings and the token as they now are. */
  connect(): void {
    this.#following.abort();
    this.#following = new AbortController();
    const url = urlOfWorkspace();
    if (url === "") return this.#become({ kind: "none" });
    this.#become({ kind: "connecting", url });
    void this.#follow(url, this.#following.signal);
  }

  /** Keeps a token for the service of this workspace, null: forgets it, and connects with it. */
  async signIn(token: string | null): Promise<void> {
    const key = keyOf(urlOfWorkspace());
    if (token === null) await this.#secrets.delete(key);
    else await this.#secrets.store(key, token);
    this.#told = "";
    this.connect();
  }

  dispose(): void {
    this.#following.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #follow(url: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#followOnce(url, signal);
      } catch (error) {
        if (!signal.aborted) this.#lose(url, error);
      }
      await this.#clock.wait(RETRY_MS);
    }
  }

  async #followOnce(url: string, signal: AbortSignal): Promise<void> {
    const token = (await this.#secrets.get(keyOf(url))) ?? null;
    const client = createClient({
      baseUrl: url,
      token,
      fetch: (input, init) => fetch(input, init),
      pause: (delayMs) => this.#clock.wait(Math.max(delayMs, RECONNECT_PAUSE_MS)),
    });
    for await (const event of client.followEvents(null, signal)) {
      if (signal.aborted) return;
      if (this.#state.kind !== "connected") this.#become({ kind: "connected", url, client });
      this.#happened.fire(event.kind === "reset" ? null : event.change);
    }
  }

  #lose(url: string, error: unknown): void {
    const code = error instanceof ApiError ? error.code : "service-unreachable";
    const message = error instanceof Error ? error.message : String(error);
    this.#become({ kind: "lost", url, code, message });
    const telling = `${url} ${code}`;
    if (this.#told === telling) return;
    this.#told = telling;
    void tellLoss(
      code,
      code === "unauthorized" ? `the service at ${url} asks for its HEADWATER_TOKEN` : message,
    );
  }

  #become(state: LinkState): void {
    this.#state = state;
    if (state.kind === "connected") this.#told = "";
    this.#stateChanged.fire(state);
  }
}

/** Without trust nothing is asked: the address comes from the workspace. */
function urlOfWorkspace(): string {
  if (!vscode.workspace.isTrusted) return "";
  return vscode.workspace.getConfiguration("headwater").get("service.url", "").trim().replace(/\/+$/, "");
}

function keyOf(url: string): string {
  return `headwater.token ${url}`;
}

async function tellLoss(code: string, message: string): Promise<void> {
  const action = code === "unauthorized" ? "Sign In" : "Open Settings";
  const chosen = await vscode.window.showWarningMessage(`Headwater: ${message}`, action);
  if (chosen === undefined) return;
  await (code === "unauthorized"
    ? vscode.commands.executeCommand("headwater.signIn")
    : vscode.commands.executeCommand("workbench.action.openSettings", "headwater.service"));
}
