import { defineConfig } from "vite";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic" } },
  // One React for all, wherever a package is linked from.
  resolve: { dedupe: ["react", "react-dom"] },
});
