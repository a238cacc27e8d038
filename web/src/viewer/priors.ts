// Studies beside the page's own. Nothing of them is read before one is opened.
import { type Study, make, say } from "./page";
import type { Stage } from "./stage";

/** Opens a prior in place of following its link. */
export function startPriors(stage: Stage): void {
  const banner = document.querySelector<HTMLElement>("[data-banner]")?.dataset["banner"] ?? "";
  document.querySelector(".priors")?.addEventListener("click", (event) => {
    const click = event as MouseEvent;
    if (click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey) return;
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-contents]");
    if (!link) return;
    event.preventDefault();
    void open(stage, link, banner);
  });
}

async function open(stage: Stage, link: HTMLAnchorElement, banner: string): Promise<void> {
  link.setAttribute("aria-busy", "true");
  try {
    const headers = { "X-Musubi-Banner": banner, Accept: "application/json" };
    const answer = await fetch(link.dataset["contents"]!, { headers });
    if (answer.status === 401) return window.location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const prior = (await answer.json()) as Study;
    if (prior.series.length === 0) return window.location.assign(link.href);
    await stage.compare(prior);
    mark(link);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    link.append(make("span", "alert stop", say("prior-failed", { reason })));
  } finally {
    link.removeAttribute("aria-busy");
  }
}

function mark(link: HTMLAnchorElement): void {
  for (const item of document.querySelectorAll(".priors li.opened")) item.classList.remove("opened");
  for (const word of document.querySelectorAll<HTMLElement>(".priors [data-opened]")) word.hidden = true;
  link.closest("li")?.classList.add("opened");
  const word = link.querySelector<HTMLElement>("[data-opened]");
  if (word) word.hidden = false;
}
