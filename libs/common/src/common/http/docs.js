// Shows the API of this service: Swagger UI, served from the management port.
window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  showExtensions: true, // x-permissions: who may
  tagsSorter: "alpha",
  validatorUrl: null, // nothing is asked of anybody else
  supportedSubmitMethods: [], // the API itself is at another address, which takes no requests of pages from here
});
