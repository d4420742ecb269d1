// How the web app is built, served while developing, and unit-tested.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { precompress } from "./tools/precompress";
import { roomShell } from "./tools/roomShell";

const backend = process.env.PROCTOR_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), roomShell(), precompress()],
  resolve: {
    alias: {
      "@": fileURLToPath(new URL("./src", import.meta.url)),
      "@locales": fileURLToPath(new URL("../locales", import.meta.url)),
    },
  },
  // Inlined assets would become data: URLs, which the Content-Security-Policy would have to allow.
  build: {
    outDir: "dist",
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    manifest: true,
    // Two applications, one build: a student on a slow line does not download the teacher's.
    rolldownOptions: { input: { index: "index.html", exam: "exam.html" } },
  },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    fs: { allow: [".."] },
    proxy: { "/api": { target: backend, ws: true } },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
