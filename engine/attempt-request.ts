import type { Json, ValueType } from "@headwater/workflow";

/** Everything a worker needs to execute one attempt, expressions evaluated; secrets are names, read at the last moment. */
export type AttemptRequest = {
  readonly timeoutMs: number | null;
  readonly outputs: Readonly<Record<string, ValueType>>;
} & (
  | {
      readonly kind: "run";
      readonly script: string;
      readonly shell: "sh" | "bash";
      readonly env: Readonly<Record<string, TextOrSecret>>;
      readonly workingDirectory: string | null;
    }
  | {
      readonly kind: "sql";
      readonly connection: string;
      readonly query: string;
      readonly params: Readonly<Record<string, Json>>;
    }
  | {
      readonly kind: "http";
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, TextOrSecret>>;
      readonly body: Json;
      readonly expect: readonly number[];
      readonly poll: { readonly until: string; readonly everyMs: number } | null;
    }
  | { readonly kind: "noop" }
);

export type TextOrSecret = string | { readonly secret: string };
