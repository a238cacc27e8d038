// Tools of the mouse: window, pan, zoom, and what is measured.
import * as tools from "@cornerstonejs/tools";

const GROUP = "ports";
const { MouseBindings } = tools.Enums;

/** What the left button does. */
export type Tool = "window" | "pan" | "length" | "angle" | "value";

const CLASSES = {
  window: tools.WindowLevelTool,
  pan: tools.PanTool,
  length: tools.LengthTool,
  angle: tools.AngleTool,
  value: tools.ProbeTool,
} as const;

export const MEASURING: readonly Tool[] = ["length", "angle", "value"];

export function startTools(): void {
  tools.init();
  for (const tool of [...Object.values(CLASSES), tools.ZoomTool]) tools.addTool(tool);
  const group = tools.ToolGroupManager.createToolGroup(GROUP)!;
  for (const tool of [...Object.values(CLASSES), tools.ZoomTool]) group.addTool(tool.toolName);
  group.setToolActive(tools.ZoomTool.toolName, { bindings: [{ mouseButton: MouseBindings.Secondary }] });
  choose("window");
}

export function join(viewportId: string, engineId: string): void {
  tools.ToolGroupManager.getToolGroup(GROUP)!.addViewport(viewportId, engineId);
}

export function leave(viewportId: string, engineId: string): void {
  tools.ToolGroupManager.getToolGroup(GROUP)!.removeViewports(engineId, viewportId);
}

/** Gives the left button to a tool; the middle one always pans. */
export function choose(chosen: Tool): void {
  const group = tools.ToolGroupManager.getToolGroup(GROUP)!;
  for (const [name, tool] of Object.entries(CLASSES)) {
    if (name !== chosen) group.setToolPassive(tool.toolName, { removeAllBindings: true });
  }
  const middle = { mouseButton: MouseBindings.Auxiliary };
  const left = { mouseButton: MouseBindings.Primary };
  if (chosen === "pan") {
    group.setToolActive(tools.PanTool.toolName, { bindings: [left, middle] });
  } else {
    group.setToolActive(tools.PanTool.toolName, { bindings: [middle] });
    group.setToolActive(CLASSES[chosen].toolName, { bindings: [left] });
  }
}

/** Takes everything away that was measured; nothing of it is kept. */
export function clearMeasures(): void {
  tools.annotation.state.removeAllAnnotations();
}
