export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly type: string | null;
  readonly body: unknown;
}

/** Posts bytes with a token, in English unless it is said otherwise. */
export async function post(
  url: string,
  token: string,
  bytes: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return answerOf(
    await fetch(url, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'image/png',
        'Accept-Language': 'en',
        ...headers,
      },
      body: new Uint8Array(bytes),
    }),
  );
}

export async function get(url: string, token: string): Promise<Answer> {
  return answerOf(
    await fetch(url, { headers: { Authorization: `Bearer ${token}`, 'Accept-Language': 'en' } }),
  );
}

async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  return { status, headers, type: headers.get('content-type'), body: await response.json() };
}

/** @returns the body of a problem, which must be one */
export async function problemOf(response: Response): Promise<unknown> {
  if (response.headers.get('content-type') !== 'application/problem+json') {
    throw new Error(`${response.status} ${await response.text()}`);
  }
  return response.json();
}
