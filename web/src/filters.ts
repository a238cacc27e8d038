// Filters act at once; without this script the button of the form does the same.

export function startFilters(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-filters]")) {
    form.addEventListener("change", (event) => {
      const changed = event.target as HTMLElement;
      if (changed instanceof HTMLInputElement && changed.type === "text") return;
      form.requestSubmit();
    });
    form.addEventListener("submit", () => shorten(form));
  }
}

/** What filters nothing stays out of the address: groups with every box ticked, empty fields. */
function shorten(form: HTMLFormElement): void {
  for (const group of form.querySelectorAll<HTMLFieldSetElement>("fieldset[data-group]")) {
    const boxes = [...group.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    if (boxes.every((box) => box.checked)) boxes.forEach((box) => (box.disabled = true));
  }
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
    if (field.type !== "checkbox" && field.value === "") field.disabled = true;
  }
  // Coming back to this page must find the fields as they were.
  window.setTimeout(() => {
    for (const field of form.querySelectorAll<HTMLInputElement>("[disabled]")) field.disabled = false;
  }, 0);
}
