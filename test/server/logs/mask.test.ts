import assert from "node:assert/strict";
import { LineSplitter } from "#server/logs/line-splitter.js";
import { createMask } from "#server/logs/mask.js";

const KIB = 1024;
const SECRET = `p/ss "w+rd" <é>'s ?~*`;
const KEY = Array.from({ length: 12 }, (_, line) => `line-${line}-${"k3y/".repeat(12)}`).join("\n");

/** What programs make of a secret when they write it, and what may be left of it. */
const FORMS: readonly (readonly [name: string, encode: (secret: string) => string])[] = [
  ["as it is", (secret) => secret],
  ["in JSON", (secret) => JSON.stringify({ key: secret })],
  [
    "in JSON of ASCII only",
    (secret) =>
      JSON.stringify(secret).replaceAll(/[\u0080-\uffff]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  ],
  ["in JSON with escaped slashes", (secret) => JSON.stringify(secret).replaceAll("/", "\\/")],
  [
    "in JSON that is safe in HTML",
    (secret) => JSON.stringify(secret).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e"),
  ],
  ["in a URL", (secret) => `https://x.example/?key=${encodeURIComponent(secret)}&more=1`],
  [
    "in a URL with small digits",
    (secret) => encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
  ],
  ["in a form", (secret) => new URLSearchParams({ key: secret }).toString()],
  ["in a trace of the shell", (secret) => `+ login '${secret.replaceAll("'", String.raw`'\''`)}'`],
  ["in hexadecimal", (secret) => Buffer.from(secret).toString("hex")],
];

const SURROUNDINGS = ["", "u", "us", "user:"].flatMap((before) =>
  ["", "\n", "é", "xyz"].map((after) => [before, after] as const),
);

describe("createMask()", () => {
  for (const [name, encode] of FORMS) {
    it(`masks a secret ${name}`, () => {
      const masked = createMask([SECRET])(encode(SECRET));
      assert.match(masked, /\*\*\*/);
      assert.doesNotMatch(masked, /ss|rd|7373|7264/);
    });
  }

  it("masks base64 whatever stands before and after, in both alphabets, with and without padding", () => {
    for (const secret of [SECRET, "hunter2", "~~~???>>>", "ab+c"]) {
      for (const [before, after] of SURROUNDINGS) {
        const bytes = Buffer.from(`${before}${secret}${after}`);
        for (const form of [bytes.toString("base64"), bytes.toString("base64url")]) {
          const masked = createMask([secret])(form);
          // At each side a character that carries bits of a neighbour may stay.
          const most = 4 * Math.ceil((before.length + Buffer.byteLength(after)) / 3) + 4 + "***".length;
          assert.match(masked, /\*\*\*/, `${form} of ${before}${secret}${after}`);
          assert.ok(masked.length <= most, `${form} became ${masked}`);
        }
      }
    }
  });

  it("masks each line of a long secret, and of its base64 as wrapped by base64 and by openssl", () => {
    const mask = createMask([KEY]);
    for (const line of KEY.split("\n")) assert.equal(mask(`> ${line} <`), "> *** <");
    const text = Buffer.from(`${KEY}\n`).toString("base64");
    for (const width of [76, 64]) {
      for (const line of text.match(new RegExp(`.{1,${width}}`, "g")) ?? []) {
        assert.ok(mask(line).length <= "***".length + 4, `${line} became ${mask(line)}`);
      }
    }
  });

  it("leaves a secret of fewer than four characters, which would be found everywhere, and its encodings", () => {
    const mask = createMask(["1", "abc", " xy \n", ""]);
    assert.equal(mask("10:01 abc YWJj 616263 xy"), "10:01 abc YWJj 616263 xy");
    assert.equal(createMask(["abc"]).longestBytes, 0);
  });

  it("masks a secret within another as part of it", () => {
    assert.equal(createMask(["pass", "passphrase"])("passphrase pass"), "*** ***");
  });

  it("masks what is written of a secret with half a character", () => {
    assert.equal(createMask(["half \ud800 one"])("half \ufffd one"), "***");
  });
});

describe("LineSplitter", () => {
  it("masks an encoding at whatever place chunks cut it, also in a line that never ends", () => {
    const encoded = Buffer.from(`user:${SECRET}`).toString("base64");
    for (const length of [encoded.length + 20, 64 * KIB, 200 * KIB]) {
      for (let cut = 1; cut < encoded.length; cut += 5) {
        const splitter = new LineSplitter(createMask([SECRET]));
        const text = `${"-".repeat(length - 20)}${encoded}${"-".repeat(80 * KIB)}`;
        const at = length - 20 + cut;
        const lines = [
          ...splitter.feed(Buffer.from(text.slice(0, at))),
          ...splitter.feed(Buffer.from(text.slice(at))),
          ...splitter.end(),
        ];
        assert.equal(
          lines
            .join("")
            .replaceAll("-", "")
            .replace(/\*{3}.*$/, "***"),
          "dXNlcjp***",
        );
      }
    }
  });
});
