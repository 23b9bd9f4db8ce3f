// Shows the API of this service, and lets people try it: Swagger UI, served from here.
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
  persistAuthorization: false, // a token is forgotten with the page
});
