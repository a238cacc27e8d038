// What every page runs: keys, filters, the panel beside the timeline, and the way back.
import { startFilters } from "./filters";
import { startKeys } from "./keys";
import { startPanel } from "./panel";

// A page out of the browser's memory would show a record after sign-out: ask the server again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

startFilters();
startPanel();
startKeys();
