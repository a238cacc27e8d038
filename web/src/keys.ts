// Single keys (WCAG 2.1.4: they can be turned off in the settings; the server then leaves out
// the attribute).

type Action = () => void;

export function startKeys(): void {
  if (!document.body.hasAttribute("data-single-keys")) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target as Element)) return;
    const action = actionOf(event.key);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function isTyping(target: Element): boolean {
  return target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], [data-own-keys]") !== null;
}

function actionOf(key: string): Action | undefined {
  switch (key) {
    case "/":
      return focusOf("#q") ?? followOf("[data-key='/']");
    case "g":
      return focusOf("#jump");
    case "j":
      return () => step(1);
    case "k":
      return () => step(-1);
    case "[":
    case "]":
    case "?":
      return followOf(`[data-key='${key}']`);
    default:
      return /^[1-9]$/.test(key) ? followOf(`.tabs li:nth-child(${key}) a`) : undefined;
  }
}

function focusOf(selector: string): Action | undefined {
  const field = document.querySelector<HTMLInputElement>(selector);
  if (!field) return undefined;
  return () => {
    field.focus();
    field.select();
  };
}

function followOf(selector: string): Action | undefined {
  const link = document.querySelector<HTMLElement>(selector);
  return link ? () => link.click() : undefined;
}

/** Moves the focus to the next or previous record, result or patient of the page. */
function step(by: number): void {
  const stops = [...document.querySelectorAll<HTMLElement>("[data-stops] a.e, [data-stops] a[data-e], a.ptn")];
  const here = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[here < 0 ? (by > 0 ? 0 : stops.length - 1) : here + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
