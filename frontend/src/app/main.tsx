// The staff application's start: language first, then the page.
import "@fontsource/noto-sans-bengali/bengali-400.css";
import "@fontsource/noto-sans-bengali/bengali-600.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { onCredentialsChange, currentCredentials } from "@/api/credentials";
import { startLanguages } from "@/lib/languages";
import { makeQueryClient } from "./queryClient";
import { makeRouter } from "./router/router";
import { theme } from "./theme";

await startLanguages(["ui", "staff", "review", "authoring", "analytics", "question", "violations", "states", "errors"]);

const queryClient = makeQueryClient();
const router = makeRouter(queryClient);

// Signed out anywhere (button, refused refresh): nothing of the last user stays in memory, and the page asks to sign in.
onCredentialsChange(() => {
  if (currentCredentials()) return;
  queryClient.clear();
  void router.invalidate();
});

// The server was updated while this page was open, and a part of the old build is gone: the page is loaded anew, once.
window.addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem("proctor.reloaded") ?? 0);
  if (Date.now() - last < 60_000) return;
  event.preventDefault();
  sessionStorage.setItem("proctor.reloaded", String(Date.now()));
  window.location.reload();
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-center" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
