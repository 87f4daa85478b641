/** Who sits at this browser, in their own words: kept by it, and said with what they do. */
const NAME = "headwater-name";

/** Empty until they have said it. */
export function savedName() {
  return localStorage.getItem(NAME) ?? "";
}

export function saveName(name) {
  localStorage.setItem(NAME, name);
}

/** What is kept with the run. */
export function who() {
  return savedName() || "page";
}
