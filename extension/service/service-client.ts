// Of the API only what the extension uses: a file of its own in its bundle, and nothing more in it.
export { createClient } from "@headwater/api";
