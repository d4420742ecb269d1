// The student application's start: language first, then the page; the service worker keeps it for the day without network.
import "@fontsource/noto-sans-bengali/bengali-400.css";
import "./room.css";
import "./examRoom.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startLanguages } from "@/lib/languages";
import { App } from "./App";
import { Media } from "./engine/media";
import { openRoomDatabase } from "./engine/store";
import { ToolsContext } from "./tools";

await startLanguages(["room", "question", "violations", "states", "errors", "challenges", "messages"]);

const root = document.getElementById("root");
if (!root) throw new Error("exam.html has no #root");

const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } });
const database = openRoomDatabase();
// Who needs it hears of it; a browser that stores nothing is no fault of the page.
database.catch(() => undefined);
const tools = { media: new Media(), database };

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <ToolsContext value={tools}>
        <App />
      </ToolsContext>
    </QueryClientProvider>
  </StrictMode>,
);

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register("/room-worker.js").catch(() => undefined);
}
