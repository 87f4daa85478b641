import { createVerify, generateKeyPairSync, randomUUID } from "node:crypto";
import type { Answered } from "./fake-answer.js";

/** For how long a token is good. Source: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app */
const TOKEN_MS = 3_600_000;

/** To make them takes longer than many a test. */
const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });

interface FakeToken {
  readonly installation: number;
  /** It may read the repository, and do nothing else. */
  readonly isOfReader: boolean;
  readonly endsAt: number;
}

/** Who may ask the fake GitHub: the App with its key, and whoever has one of its tokens. */
export class FakeTokens {
  readonly privateKey = KEYS.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  made = 0;
  readonly #appId: number;
  readonly #now: () => number;
  readonly #publicKey = KEYS.publicKey.export({ type: "spki", format: "pem" }).toString();
  readonly #tokens = new Map<string, FakeToken>();

  constructor(appId: number, now: () => number) {
    this.#appId = appId;
    this.#now = now;
  }

  make(installation: number, { repositories, permissions }: Readonly<Record<string, unknown>>): Answered {
    this.made += 1;
    // As long as GitHub's new ones are.
    const token = `ghs_${this.#appId}_${randomUUID().repeat(12)}`;
    const isOfReader = JSON.stringify([repositories, permissions]) === '[["flows"],{"contents":"read"}]';
    const endsAt = this.#now() + TOKEN_MS;
    this.#tokens.set(token, { installation, isOfReader, endsAt });
    const expiresAt = new Date(endsAt).toISOString();
    return { status: 201, body: { token, expires_at: expiresAt, permissions: { checks: "write" } } };
  }

  /** Those that were given out are no longer good. */
  revoke(): void {
    this.#tokens.clear();
  }

  /** Whose token it is; null when it is not good for this. */
  installationOf(authorization: string): number | null {
    const token = this.#find(authorization.replace(/^token /, ""));
    return token === null || token.isOfReader ? null : token.installation;
  }

  /** Whether git may read with this. */
  isReader(authorization: string): boolean {
    const proof = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
    return this.#find(proof.split(":")[1] ?? "")?.isOfReader === true;
  }

  /** Whether the App itself asks. */
  isApp(authorization: string): boolean {
    const [header = "", claims = "", signature = ""] = authorization.replace(/^bearer /i, "").split(".");
    const isSigned = createVerify("RSA-SHA256")
      .update(`${header}.${claims}`)
      .verify(this.#publicKey, signature, "base64url");
    const { iss } = JSON.parse(Buffer.from(claims, "base64url").toString() || "{}") as { iss?: unknown };
    return isSigned && Number(iss) === this.#appId;
  }

  #find(token: string): FakeToken | null {
    const found = this.#tokens.get(token);
    return found !== undefined && found.endsAt > this.#now() ? found : null;
  }
}
