import { BilingualError, knowInstances, type Text } from '@coupon-media/apiv3';

/** The service cannot be started. The message says why, and what to do about it. */
export class StartError extends BilingualError {
  override readonly name = 'StartError';
  readonly code:
    | 'PORT_TAKEN'
    | 'KEY_PUBLISHED'
    | 'ADDRESS_UNUSABLE'
    | 'PUBLIC_URL_DIFFERS'
    | 'PUBLIC_URL_MISSING'
    | 'ENGINES_MISSING'
    | 'METRICS_MISSING'
    | 'TRACING_MISSING';

  constructor(code: StartError['code'], texts: Text, options?: ErrorOptions) {
    super(texts, options);
    this.code = code;
  }
}
knowInstances('@coupon-media/server', { StartError });

/**
 * @param cause the error of the operating system
 * @param names the settings that give host and port
 * @returns the error of a port that cannot be opened
 */
export function cannotListen(
  { host, port }: { host: string; port: number },
  cause: unknown,
  names: { host: string; port: string },
): StartError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new StartError(
      'PORT_TAKEN',
      {
        en: `port ${port} on ${host} is in use; stop the program that uses it, or choose another ${names.port}`,
        'zh-CN': `${host} 的端口 ${port} 已被占用；请停止占用它的程序，或换一个 ${names.port}`,
      },
      { cause },
    );
  }
  return new StartError(
    'ADDRESS_UNUSABLE',
    {
      en: `cannot listen on ${host} port ${port} (${code}); choose another ${names.host} or ${names.port}`,
      'zh-CN': `无法监听 ${host} 的端口 ${port}（${code}）；请换一个 ${names.host} 或 ${names.port}`,
    },
    { cause },
  );
}
