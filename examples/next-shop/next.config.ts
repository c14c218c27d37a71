import { join } from "node:path";
import type { NextConfig } from "next";

/** The packages are taken from the sources beside it; where they are installed, nothing of this is needed. */
export default {
  transpilePackages: ["@stanchion/sdk", "@stanchion/react"],
  turbopack: { root: join(import.meta.dirname, "../..") },
  // The repository's own check of types is the one that counts.
  typescript: { ignoreBuildErrors: true },
} satisfies NextConfig;
