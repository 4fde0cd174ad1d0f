export { type OpenApiDocument, openApiDocument } from './document.js';
export { homePage } from './home.js';
export { PAGE_POLICY, referencePage } from './page.js';
