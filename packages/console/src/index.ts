export { type ConsoleOptions, type ConsoleRoute, consoleRoutes } from './routes.js';
