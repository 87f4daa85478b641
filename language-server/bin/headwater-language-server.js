#!/usr/bin/env node
import { BUNDLE, isBundleFresh } from "./fresh-bundle.js";

// Hundreds of modules take a second to load, one file a quarter of that. Where only the compiler ran there is no bundle, or an old one.
await import(isBundleFresh() ? BUNDLE.href : "../dist/node.js");
