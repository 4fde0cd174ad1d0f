export { type OpenApiDocument, openApiDocument } from './document.js';
export { PAGE_POLICY, referencePage } from './page.js';
