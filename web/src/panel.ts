// The panel beside the timeline: a link to a record opens there instead of as a page.

interface Htmx {
  ajax(verb: string, path: string, context: object): Promise<void>;
}

declare const htmx: Htmx | undefined;

let opened: HTMLAnchorElement | undefined;

export function startPanel(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const target = event.target as Element;
    if (target.closest("[data-panel-close]")) {
      event.preventDefault();
      closePanel();
      return;
    }
    const link = target.closest<HTMLAnchorElement>("a[data-e]:not([data-page]), [data-panel-links] a.e:not([data-page])");
    const panel = document.getElementById("panel");
    if (!link || !panel || typeof htmx === "undefined") return;
    event.preventDefault();
    openInPanel(link, panel);
  });
}

/** Shows a record in the panel; the banner's mark goes along, so that the server can refuse a
 *  fragment of another patient. */
function openInPanel(link: HTMLAnchorElement, panel: HTMLElement): void {
  const banner = document.querySelector<HTMLElement>("[data-banner]")?.dataset["banner"] ?? "";
  opened?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  opened = link;
  panel.setAttribute("aria-busy", "true");
  void htmx!
    .ajax("GET", link.href, { target: "#panel", swap: "innerHTML", headers: { "X-Musubi-Banner": banner } })
    .finally(() => {
      panel.removeAttribute("aria-busy");
      panel.hidden = false;
      panel.closest(".split")?.classList.remove("closed");
    });
}

function closePanel(): void {
  const panel = document.getElementById("panel");
  if (!panel) return;
  panel.hidden = true;
  panel.closest(".split")?.classList.add("closed");
  opened?.removeAttribute("aria-current");
  opened?.focus();
}
