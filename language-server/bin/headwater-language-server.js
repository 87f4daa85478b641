#!/usr/bin/env node
import module from "node:module";
import { fileURLToPath } from "node:url";
import { BUNDLE, isBundleFresh } from "./fresh-bundle.js";

// Node.js 22.1 and newer keep what they have compiled, and start in three quarters of the time. It is executed as it is, so it is kept
// where the code itself is, and in no folder that others may write to; where it cannot be written, all is compiled each time.
module.enableCompileCache?.(fileURLToPath(new URL("../out/compiled", import.meta.url)));

// Hundreds of modules take a second to load, one file a quarter of that. Where only the compiler ran there is no bundle, or an old one.
await import(isBundleFresh() ? BUNDLE.href : "../dist/node.js");
