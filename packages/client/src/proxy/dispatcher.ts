import { type ClientRequest, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect, type Socket } from 'node:net';
// Imported by their files: the index also loads fetch, WebSocket, caches and mocks, which takes 100 ms, and for the bare name
// `undici`, Bun supplies a replacement without dispatchers.
import type { buildConnector as BuildConnector, Dispatcher } from 'undici/index.js';
import methods from 'undici/lib/api/index.js';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { ProxyFailure } from './failure.js';
import { createRoutes, type ProxyOption, type ProxyRoute } from './route.js';
import { throughSocks5 } from './socks5.js';

// The index gives dispatchers `request`, `stream` and others in this way.
Object.assign(Object.getPrototypeOf(Object.getPrototypeOf(Agent.prototype)), methods);

/**
 * Makes a dispatcher with direct connections or connections through proxies.
 *
 * To an https origin it asks an HTTP proxy for a tunnel (CONNECT). Requests to an http origin go to the proxy itself, with the whole
 * URL in their first line, as curl and browsers send them: many proxies allow tunnels to port 443 only.
 *
 * @param proxy a URL, false for none; by default the environment decides, see {@link proxyFor}
 * @param connectMilliseconds the time to make a connection, to the proxy or to the host
 */
export function createDispatcher(proxy: ProxyOption, connectMilliseconds: number): Dispatcher {
  const routes = createRoutes(proxy);
  const direct = buildConnector({ timeout: connectMilliseconds });
  const proxies = new Set<string>();
  const agent = new Agent({
    connect(options, callback) {
      const origin = `${options.protocol}//${options.host ?? options.hostname}`;
      if (proxies.has(origin)) return direct({ ...options, servername: options.hostname }, callback);
      const route = routes(origin);
      if (!route) return direct(options, callback);
      tunnel(route, options, connectMilliseconds).then(
        (httpSocket) => {
          if (options.protocol === 'https:') direct({ ...options, httpSocket }, callback);
          else callback(null, httpSocket);
        },
        (error: Error) => callback(error, null),
      );
    },
  });
  return agent.compose((dispatch) => (options, handler) => {
    const target = new URL(String(options.origin));
    const route = routes(target.origin);
    if (!route || route.protocol === 'socks5' || target.protocol !== 'http:')
      return dispatch(options, handler);
    const { origin } = originOf(route);
    proxies.add(origin);
    const headers = {
      ...(options.headers as Record<string, string>),
      host: target.host,
      ...authorizationFor(route),
    };
    return dispatch({ ...options, origin, path: target.origin + options.path, headers }, handler);
  });
}

function originOf({ protocol, place }: ProxyRoute): URL {
  return new URL(`${protocol}://${place}`);
}

/** @throws ProxyFailure */
async function tunnel(
  route: ProxyRoute,
  options: BuildConnector.Options,
  milliseconds: number,
): Promise<Socket> {
  const host = options.hostname;
  const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
  if (route.protocol !== 'socks5') return tunnelByConnect(route, `${host}:${port}`, milliseconds);
  const socket = await connected(route, milliseconds);
  try {
    await throughSocks5(socket, route, host, port);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function tunnelByConnect(route: ProxyRoute, target: string, milliseconds: number): Promise<Socket> {
  const { hostname, port } = originOf(route);
  const options: RequestOptions = {
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...authorizationFor(route) },
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port || (route.protocol === 'https' ? 443 : 80),
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = (route.protocol === 'https' ? requestHttps : requestHttp)(options);
    const late = setTimeout(() => asked.destroy(timeOut()), milliseconds);
    const settle = (): void => clearTimeout(late);
    asked.once('connect', ({ statusCode: status = 0, headers }, socket, head) => {
      settle();
      if (status >= 200 && status < 300) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket as Socket);
        return;
      }
      socket.destroy();
      reject(new ProxyFailure(route, { status, wants: headers['proxy-authenticate'] }));
    });
    asked.once('error', (cause) => {
      settle();
      reject(new ProxyFailure(route, {}, cause));
    });
    asked.end();
  });
}

function connected(route: ProxyRoute, milliseconds: number): Promise<Socket> {
  const { hostname, port } = new URL(`http://${route.place}`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 80 });
    const late = setTimeout(() => socket.destroy(timeOut()), milliseconds);
    socket.once('connect', () => {
      clearTimeout(late);
      resolve(socket);
    });
    socket.once('error', (cause) => {
      clearTimeout(late);
      reject(new ProxyFailure(route, {}, cause));
    });
  });
}

function timeOut(): Error {
  return Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' });
}

function authorizationFor({ url }: ProxyRoute): { 'proxy-authorization'?: string } {
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
