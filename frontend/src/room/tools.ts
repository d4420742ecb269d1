// What every screen works with: made once in main, carried by context.
import { createContext, use } from "react";
import type { Media } from "./engine/media";
import type { RoomDatabase } from "./engine/store";

export type Tools = { media: Media; database: Promise<RoomDatabase> };

export const ToolsContext = createContext<Tools | null>(null);

export function useTools(): Tools {
  const tools = use(ToolsContext);
  if (!tools) throw new Error("no tools above this screen");
  return tools;
}
