import { randomBytes } from "node:crypto";

interface Answered {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** An App as somebody asked for it. */
interface AskedApp {
  readonly name: string;
  readonly redirect_url: string;
  readonly hook_attributes: { readonly url: string };
  readonly default_permissions: Readonly<Record<string, string>>;
  readonly default_events: readonly string[];
  readonly public: boolean;
}

/** What GitHub allows of a manifest. Source: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
const NAME_MAX = 34;
const PAGES = /^(?:\/organizations\/([\w-]+))?\/settings\/apps\/new$/;

/** The pages of GitHub by which a person makes an App of a manifest, and the operation that gives its key for a code, once. */
export class FakeAppMaking {
  /** Of whom each App was asked for, null for the person, and as what. */
  readonly asked: { readonly organization: string | null; readonly manifest: AskedApp }[] = [];
  readonly #codes = new Map<string, AskedApp>();
  readonly #app: (parts: object) => object;

  /** @param app the App that is made, with these parts of the manifest in it */
  constructor(app: (parts: object) => object) {
    this.#app = app;
  }

  /** Null for a path that is none of these pages. A person agrees, and is sent back. */
  post(url: URL, form: string): Answered | null {
    const page = PAGES.exec(url.pathname);
    if (page === null) return null;
    // As our own page has written it.
    const manifest = JSON.parse(new URLSearchParams(form).get("manifest") ?? "{}") as AskedApp;
    if (manifest.name.length > NAME_MAX || !URL.canParse(manifest.hook_attributes.url))
      return { status: 422, body: { message: "Invalid GitHub App configuration" } };
    this.asked.push({ organization: page[1] ?? null, manifest });
    const code = randomBytes(20).toString("hex");
    this.#codes.set(code, manifest);
    const back = new URL(manifest.redirect_url);
    back.searchParams.set("code", code);
    back.searchParams.set("state", url.searchParams.get("state") ?? "");
    return { status: 302, headers: { location: back.href } };
  }

  convert(code: string): Answered {
    const manifest = this.#codes.get(code);
    this.#codes.delete(code);
    if (manifest === undefined) return { status: 404, body: { message: "Not Found" } };
    const { name, default_permissions: permissions, default_events: events } = manifest;
    return { status: 201, body: this.#app({ name, permissions, events }) };
  }
}
