import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { Text } from '@coupon-media/apiv3';
import { cannotListen, StartError } from '@coupon-media/server';
import { LOOPBACK } from './names.js';

/** Ports to try, in this order. */
export interface Ports {
  /** The port that was asked for: no other is tried. */
  readonly asked: number | undefined;
  /** Tried first, if this is given: the port that programs expect. */
  readonly best?: number | undefined;
  /** Tried next, and then those after it. 0 takes any free port. */
  readonly first: number;
  /** The option that chooses another one, for messages. */
  readonly option: string;
}

/** The port that was taken, and why it is not the best one. */
export interface TakenPort {
  readonly port: number;
  /** `EACCES`: only an administrator may open it. `EADDRINUSE`: another program has it. */
  readonly notBest: 'EACCES' | 'EADDRINUSE' | undefined;
}

const PORTS_TRIED = 100;

/** @throws StartError if the port that was asked for cannot be opened, or none of those that were tried */
export async function listenOn(server: Server, { asked, best, first, option }: Ports): Promise<TakenPort> {
  if (asked !== undefined) return { port: await attempt(server, asked, option), notBest: undefined };
  let notBest: TakenPort['notBest'];
  if (best !== undefined) {
    try {
      return { port: await attempt(server, best, option), notBest: undefined };
    } catch (error) {
      notBest = reasonOf(error);
      if (notBest === undefined) throw error;
    }
  }
  for (let port = first; ; port += 1) {
    try {
      return { port: await attempt(server, port, option), notBest };
    } catch (error) {
      if (reasonOf(error) === undefined || first === 0 || port >= first + PORTS_TRIED - 1) throw error;
    }
  }
}

async function attempt(server: Server, port: number, option: string): Promise<number> {
  try {
    const listening = once(server, 'listening');
    server.listen({ host: LOOPBACK, port });
    await listening;
    return (server.address() as AddressInfo).port;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EACCES')
      throw new StartError('ADDRESS_UNUSABLE', noRight(port, option), { cause });
    throw cannotListen({ host: LOOPBACK, port }, cause, { host: '127.0.0.1', port: option });
  }
}

function reasonOf(error: unknown): TakenPort['notBest'] {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EADDRINUSE' ? code : undefined;
}

function noRight(port: number, option: string): Text {
  return {
    en: `this user may not open port ${port} on ${LOOPBACK}; omit ${option}, or choose one above 1023: programs reach the sandbox through its proxy, which needs no such right`,
    'zh-CN': `当前用户无权打开 ${LOOPBACK} 的端口 ${port}；请去掉 ${option}，或改用大于 1023 的端口：程序经代理访问沙箱，不需要该权限`,
  };
}
