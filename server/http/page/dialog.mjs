/** What is asked before something is done: a dialog, which stays while the page behind it is read anew. */
import { button, text } from "./elements.js";

/**
 * Asks for words, a field each: `{ name, label, hint, value }`. Each choice is a button; the first is what Enter means.
 * Answers `{ choice, words }` by the names of the fields, or null when it is taken back.
 */
export function askFor(title, fields, choices) {
  const dialog = document.createElement("dialog");
  const form = document.createElement("form");
  const heading = document.createElement("h2");
  heading.append(title);
  const inputs = fields.map((field) => inputOf(field));
  form.append(heading, ...inputs.flatMap(({ label, input }) => [label, input]));
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.remove();
      resolve(answer);
    };
    const choose = (choice) => {
      end({ choice, words: Object.fromEntries(inputs.map(({ input }) => [input.name, input.value])) });
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      choose(choices[0]);
    });
    dialog.addEventListener("cancel", () => end(null));
    form.append(rowOf(choices, choose, () => end(null)));
    dialog.showModal();
    inputs[0]?.input.focus();
  });
}

function rowOf(choices, choose, takeBack) {
  const row = document.createElement("div");
  row.className = "choices";
  const [first, ...others] = choices;
  const submit = button(first, () => undefined);
  submit.type = "submit";
  row.append(
    submit,
    ...others.map((choice) => button(choice, () => choose(choice), "other")),
    button("Back", takeBack, "other"),
  );
  return row;
}

function inputOf({ name, label: words, hint, value = "" }) {
  const label = document.createElement("label");
  label.append(text(words, hint));
  const input = document.createElement("input");
  Object.assign(input, { id: `asked-${name}`, name, value, autocomplete: "off" });
  label.htmlFor = input.id;
  return { label, input };
}
