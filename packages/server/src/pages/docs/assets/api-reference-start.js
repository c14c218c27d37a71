// Starts the API reference on this server's own description of the API. Nothing is asked of anybody else.
globalThis.Scalar.createApiReference("#reference", {
  title: "Stanchion",
  slug: "stanchion",
  url: "/openapi.json",
  theme: "none",
  layout: "modern",
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  persistAuth: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideDarkModeToggle: true,
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  documentDownloadType: "direct",
});
