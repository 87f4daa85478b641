#!/usr/bin/env node
import { BUNDLE, isBundleFresh } from "./fresh-bundle.js";
import { runBundle } from "./run-bundle.js";

// Hundreds of modules take a second to load, one file that was compiled before a fifth of that. Where only the compiler ran there is no
// bundle, or an old one.
if (isBundleFresh()) runBundle(BUNDLE);
else await import("../dist/node.js");
