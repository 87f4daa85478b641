/** What is asked before something is done: a dialog, which stays while the page behind it is read anew. */
import { button, text } from "./elements.js";

/**
 * Asks for words, a field each: `{ name, label, hint, value, required, options, type, min }`. Each choice is a button; the first is what
 * Enter means. `act` does it, with `{ choice, words }` by the names of the fields; when it is refused, the dialog says why
 * and stays, with all that was typed. Answers what `act` answers, or null when it is taken back.
 */
export function askFor({ title, fields = [], choices }, act) {
  const dialog = document.createElement("dialog");
  const form = document.createElement("form");
  const heading = document.createElement("h2");
  heading.id = "asked";
  heading.append(title);
  dialog.setAttribute("aria-labelledby", heading.id);
  const refusal = document.createElement("p");
  refusal.setAttribute("role", "alert");
  refusal.className = "refusal";
  const inputs = fields.map((field) => inputOf(field));
  form.append(heading, ...inputs.flatMap(({ label, input }) => [label, input]), refusal);
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.remove();
      resolve(answer);
    };
    const choose = async (choice) => {
      if (!form.reportValidity()) return;
      const words = Object.fromEntries(inputs.map(({ input }) => [input.name, input.value]));
      const answer = await busy(form, refusal, () => act({ choice, words }));
      if (answer !== null) end(answer.value);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void choose(choices[0]);
    });
    dialog.addEventListener("cancel", () => end(null));
    form.append(rowOf(choices, choose, () => end(null)));
    dialog.showModal();
    (inputs[0]?.input ?? form.querySelector("button")).focus();
  });
}

/** Nobody presses twice. Answers what `work` has answered; null when it was refused, which the form then says. */
async function busy(form, refusal, work) {
  const buttons = [...form.querySelectorAll("button")];
  for (const each of buttons) each.disabled = true;
  try {
    return { value: await work() };
  } catch (error) {
    refusal.textContent = error.message;
    return null;
  } finally {
    for (const each of buttons) each.disabled = false;
  }
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

function inputOf({ name, label: words, hint, value = "", required = false, options, ...kind }) {
  const label = document.createElement("label");
  label.append(text(words, hint));
  const input = document.createElement(options === undefined ? "input" : "select");
  if (options !== undefined) input.append(...["", ...options].map((option) => new Option(option)));
  Object.assign(input, { ...kind, id: `asked-${name}`, name, value, required, autocomplete: "off" });
  label.htmlFor = input.id;
  return { label, input };
}
