import type { Client } from "@headwater/api";
import * as vscode from "vscode";
import type { Clock } from "../clock.js";
import { showWarning } from "../messages.js";
import {
  ServiceConnection,
  type ConnectionState,
  type Failure,
  type LinkEvent,
} from "./service-connection.js";

/** How it stands with the service of this workspace. */
export type LinkState = { readonly kind: "none" } | ConnectionState;

/**
 * The service that the workspace names, by its settings and the token in the secret storage; none where it names none, or is not trusted.
 * A token belongs to one address: another workspace cannot make us send it elsewhere.
 */
export class ServiceLink implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #clock: Clock;
  readonly #stateChanged = new vscode.EventEmitter<LinkState>();
  readonly #happened = new vscode.EventEmitter<LinkEvent>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #state: LinkState = { kind: "none" };
  #connection: ServiceConnection | null = null;
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
    this.#connection?.stop();
    this.#connection = null;
    const url = urlOfWorkspace();
    if (url === "") return this.#become({ kind: "none" });
    this.#connection = new ServiceConnection({
      url,
      readToken: async () => (await this.#secrets.get(keyOf(url))) ?? null,
      fetch: (input, init) => fetch(input, init),
      clock: this.#clock,
      became: (state) => this.#become(state),
      happened: (event) => this.#happened.fire(event),
      tell: (failure) => void tell(failure),
    });
    this.#connection.start();
  }

  /** Keeps a token for the service of this workspace, null: forgets it, and connects with it. */
  async signIn(token: string | null): Promise<void> {
    const key = keyOf(urlOfWorkspace());
    if (token === null) await this.#secrets.delete(key);
    else await this.#secrets.store(key, token);
    this.connect();
  }

  dispose(): void {
    this.#connection?.stop();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #become(state: LinkState): void {
    this.#state = state;
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

async function tell({ code, message }: Failure): Promise<void> {
  const action = code === "unauthorized" ? "Sign In" : "Open Settings";
  if (!(await showWarning(message, action))) return;
  await (code === "unauthorized"
    ? vscode.commands.executeCommand("headwater.signIn")
    : vscode.commands.executeCommand("workbench.action.openSettings", "headwater.service"));
}
