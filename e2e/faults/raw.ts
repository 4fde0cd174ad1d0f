import { request } from 'node:http';

/** Sends an empty POST. @returns its status, or the code of the error */
export function raw(url: string, headers: Record<string, string>): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end();
  });
}
